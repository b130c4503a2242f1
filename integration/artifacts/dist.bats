#!/usr/bin/env bats
# What `./dev dist` makes, and what `cmake --install` puts where.

load ../helpers

dist=$root/build/dist
architectures=$(awk '!/^#/ { print $1 }' "$root/cmake/architectures.txt")

setup_file() { "$root/dev" dist; }

setup() {
    version=$("$dist/cppinit-amd64" --version)
    version=${version#cppinit }
}

@test "every file of a release exists, and SHA256SUMS has its checksum" {
    local architecture
    {
        for architecture in $architectures; do
            printf '%s\n' "cppinit-$architecture" "cppinit-$version-$architecture.tar.gz" "cppinit_$version-1_$architecture.deb"
        done
        printf '%s\n' "cppinit-$version.oci.tar" "cppinit-$version.spdx.json"
    } | sort >"$BATS_TEST_TMPDIR/expected"
    (cd "$dist" && sha256sum --check --strict --quiet SHA256SUMS)
    sed 's/^[0-9a-f]*  //' "$dist/SHA256SUMS" | sort | diff "$BATS_TEST_TMPDIR/expected" -
    find "$dist" -type f ! -name SHA256SUMS -printf '%f\n' | sort | diff "$BATS_TEST_TMPDIR/expected" -
}

@test "two builds in different folders are the same to the byte" {
    local copy=$BATS_TEST_TMPDIR/another/place
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

@test "the package puts the binary, the man page, the completions and the documents where Debian wants them" {
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
