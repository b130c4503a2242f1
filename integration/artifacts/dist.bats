#!/usr/bin/env bats
# What `./dev dist` makes, and what `cmake --install` puts where.

load ../helpers

dist=$root/build/dist
architectures=$(awk '!/^#/ { print $1 }' "$root/cmake/architectures.txt")

setup_file() {
    requires ssh-keygen
    ssh-keygen -q -t ed25519 -N '' -C '' -f "$BATS_FILE_TMPDIR/key"
    "$root/dev" dist "$BATS_FILE_TMPDIR/key"
}

setup() {
    version=$("$dist/cppinit-amd64" --version)
    version=${version#cppinit }
}

# rpm_of ARCHITECTURE: its RPM package.
rpm_of() { echo "$dist/cppinit-$version-1.$(awk -v name="$1" '$1 == name { print $9 }' "$root/cmake/architectures.txt").rpm"; }

@test "every file of a release exists, and SHA256SUMS has its checksum" {
    local architecture
    {
        for architecture in $architectures; do
            printf '%s\n' "cppinit-$architecture" "cppinit-$version-$architecture.tar.gz" "cppinit_$version-1_$architecture.deb"
            basename "$(rpm_of "$architecture")"
        done
        printf '%s\n' "cppinit-$version.oci.tar" "cppinit-$version.spdx.json" RELEASE_NOTES.md
    } | sort >"$BATS_TEST_TMPDIR/expected"
    (cd "$dist" && sha256sum --check --strict --quiet SHA256SUMS)
    sed 's/^[0-9a-f]*  //' "$dist/SHA256SUMS" | sort | diff "$BATS_TEST_TMPDIR/expected" -
    find "$dist" -type f ! -name 'SHA256SUMS*' -printf '%f\n' | sort | diff "$BATS_TEST_TMPDIR/expected" -
}

@test "two builds in different folders are the same to the byte" {
    local copy="$BATS_TEST_TMPDIR/another place"
    mkdir -p "$copy"
    (cd "$root" && git ls-files -z --cached --others --exclude-standard | tar -c --null --files-from - | tar -x -C "$copy")
    # Who copies a folder has other modes and times, and no history.
    chmod -R go-rwx "$copy"
    find "$copy" -exec touch -d @86400 {} +
    SOURCE_DATE_EPOCH=$(cd "$root" && git log -1 --format=%ct) CPPINIT_SYSROOTS=$root/build/sysroots TZ=Asia/Kathmandu \
        LC_ALL=C "$copy/dev" dist
    diff "$dist/SHA256SUMS" "$copy/build/dist/SHA256SUMS"
    (cd "$copy/build/dist" && sha256sum --check --strict --quiet "$dist/SHA256SUMS")
}

@test "the signature of the sums verifies as the README says, and not for changed sums or another key" {
    requires ssh-keygen
    cd "$BATS_TEST_TMPDIR"
    cp "$dist"/* .
    local check verify
    check=$(sed -n 's/^    \(sha256sum --check .*\)/\1/p' "$root/README.md")
    verify=$(sed -n 's/^    \(ssh-keygen -Y verify .*\)/\1/p' "$root/README.md")
    echo "cppinit $(cat "$BATS_FILE_TMPDIR/key.pub")" >allowed_signers
    eval "$verify"
    rm cppinit-arm64
    eval "$check"
    echo changed >>cppinit-amd64
    run ! eval "$check"
    sed -i '1s/^./x/' SHA256SUMS
    run ! eval "$verify"
    cp "$dist/SHA256SUMS" .
    ssh-keygen -q -t ed25519 -N '' -C '' -f another
    echo "cppinit $(cat another.pub)" >allowed_signers
    run ! eval "$verify"
}

@test "a key that cannot be read is reported before anything is built" {
    run "$root/dev" dist "$BATS_TEST_TMPDIR/none"
    [ "$status" -eq 2 ]
    [[ $output == "dev: cannot read the key '$BATS_TEST_TMPDIR/none': "* ]]
    [ -e "$dist/SHA256SUMS" ]
}

@test "the release notes are the version's section of the changelog, with each paragraph in one line" {
    head -n 1 "$dist/RELEASE_NOTES.md" | grep -v '^#'
    run ! grep '^ ' "$dist/RELEASE_NOTES.md"
    words() { tr -s ' \n' '\n'; }
    sed "1,/^## $version /d; /^## /,\$d" "$root/CHANGELOG.md" | words | sed 1d | diff - <(words <"$dist/RELEASE_NOTES.md")
}

@test "lintian has nothing to say about the packages" {
    requires lintian
    strictly() {
        run lintian --allow-root --display-experimental --pedantic --fail-on error,warning,info,pedantic "$@"
        echo "$output"
        [ "$status" -eq 0 ]
        [ -z "$output" ]
    }
    local packages
    mapfile -t packages < <(find "$dist" -name '*.deb' ! -name '*_loong64.deb')
    strictly "${packages[@]}"
    # Debian 12's lintian is older than this architecture.
    strictly --suppress-tags unknown-architecture,binary-from-other-architecture "$dist"/*_loong64.deb
}

@test "rpm and rpmlint have nothing to say about the packages, and each is for its architecture" {
    requires rpm rpmlint
    local architecture
    for architecture in $architectures; do
        rpm --checksig "$(rpm_of "$architecture")"
        run rpm --query --queryformat '%{name}-%{version}-%{release}.%{arch}.rpm' --package "$(rpm_of "$architecture")"
        [ "$output" = "$(basename "$(rpm_of "$architecture")")" ]
        cmp <(rpm2archive - <"$(rpm_of "$architecture")" | tar -xz --to-stdout ./usr/bin/cppinit) "$dist/cppinit-$architecture"
    done
    run rpmlint --strict --config "$root/packaging/rpmlint.toml" "$dist"/*.rpm
    echo "$output"
    [ "$status" -eq 0 ]
    [[ $output == *" 0 errors, 0 warnings,"* ]]
}

@test "the RPM package installs, needs nothing, and puts files where Fedora wants them" {
    requires rpm
    local target=$BATS_TEST_TMPDIR/root package
    package=$(rpm_of amd64)
    mkdir "$target"
    rpm --root "$target" --initdb
    rpm --root "$target" --install "$package"
    rpm --root "$target" --verify cppinit
    run "$target/usr/bin/cppinit" --version
    [ "$output" = "cppinit $version" ]
    cd "$target/usr/share"
    cmp "$root/completions/cppinit.bash" bash-completion/completions/cppinit
    cmp "$root/completions/_cppinit" zsh/site-functions/_cppinit
    cmp "$root/completions/cppinit.fish" fish/vendor_completions.d/cppinit.fish
    cmp "$root/LICENSE" licenses/cppinit/LICENSE
    zcat man/man1/cppinit.1.gz | cmp - "$root/docs/cppinit.1"
    run rpm --query --docfiles --package "$package"
    [ "$output" = "$(printf '/usr/share/%s\n' doc/cppinit/CHANGELOG.md doc/cppinit/README.md man/man1/cppinit.1.gz)" ]
    # What is left is what rpm itself has to know to read the package.
    run ! grep -v '^rpmlib(' <(rpm --query --requires --package "$package")
}

@test "the Debian package puts the binary, the man page, the completions and the documents where Debian wants them" {
    dpkg-deb --extract "$dist/cppinit_$version-1_amd64.deb" "$BATS_TEST_TMPDIR/root"
    cmp "$BATS_TEST_TMPDIR/root/usr/bin/cppinit" "$dist/cppinit-amd64"
    gzip -t "$BATS_TEST_TMPDIR"/root/usr/share/{man/man1/cppinit.1.gz,doc/cppinit/changelog.gz,doc/cppinit/changelog.Debian.gz}
    [ -s "$BATS_TEST_TMPDIR/root/usr/share/doc/cppinit/copyright" ]
    cd "$BATS_TEST_TMPDIR/root/usr/share"
    cmp "$root/completions/cppinit.bash" bash-completion/completions/cppinit
    cmp "$root/completions/_cppinit" zsh/vendor-completions/_cppinit
    cmp "$root/completions/cppinit.fish" fish/vendor_completions.d/cppinit.fish
    run dpkg-deb --field "$dist/cppinit_$version-1_armel.deb" Architecture Depends
    [ "$output" = "Architecture: armel" ]
}

@test "the archive has one folder with the files of an installation" {
    tar -xzf "$dist/cppinit-$version-amd64.tar.gz" -C "$BATS_TEST_TMPDIR"
    cd "$BATS_TEST_TMPDIR/cppinit-$version-amd64"
    cmp bin/cppinit "$dist/cppinit-amd64"
    cmp share/man/man1/cppinit.1 "$root/docs/cppinit.1"
    cmp share/doc/cppinit/LICENSE "$root/LICENSE"
    run bash -c 'tar -tvzf "$0" | awk "{ print \$2 }" | sort -u' "$dist/cppinit-$version-amd64.tar.gz"
    [ "$output" = 0/0 ]
}

@test "cmake --install follows the GNU directories, into a DESTDIR" {
    DESTDIR=$BATS_TEST_TMPDIR/root cmake --install "$root/build/release" --prefix /opt/init
    cd "$BATS_TEST_TMPDIR/root/opt/init"
    local file
    for file in bin/cppinit share/man/man1/cppinit.1 share/doc/cppinit/{LICENSE,README.md,CHANGELOG.md}; do
        [ -s "$file" ]
    done
    cmp "$root/completions/cppinit.bash" share/bash-completion/completions/cppinit
    cmp "$root/completions/_cppinit" share/zsh/site-functions/_cppinit
    cmp "$root/completions/cppinit.fish" share/fish/vendor_completions.d/cppinit.fish
    [ -z "$(find "$BATS_TEST_TMPDIR/root" -type f ! -path '*/opt/init/*')" ]
    run bin/cppinit sh -c 'exit 7'
    [ "$status" -eq 7 ]
}

@test "the SBOM follows the rules of SPDX 2.3 and describes the files as they are" {
    python3 "$root/integration/fixtures/check_spdx.py" "$dist/cppinit-$version.spdx.json" "$dist"
}
