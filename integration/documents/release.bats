#!/usr/bin/env bats
# What else names the version, and the workflow that tests and publishes.

load ../helpers

setup() {
    version=$("$CPPINIT" --version)
    version=${version#cppinit }
}

@test "the documents and examples name this version, and the changelog has it" {
    run bash -c 'cd "$0" && grep -oh "cppinit:[0-9][0-9.]*[0-9]" README.md Dockerfile.example examples/* | sort -u' "$root"
    [ "$output" = "cppinit:$version" ]
    grep "^## $version (" "$root/CHANGELOG.md"
}

# steps KEY: what the workflow's steps have for it, for example for `run`, each in a line.
steps() {
    /usr/bin/python3 - "$root/.github/workflows/ci.yml" "$1" <<'PROGRAM'
import sys
import yaml

with open(sys.argv[1], encoding="ascii") as file:
    jobs = yaml.safe_load(file)["jobs"]
for job in jobs.values():
    for step in job["steps"]:
        if sys.argv[2] in step:
            print(step[sys.argv[2]])
PROGRAM
}

@test "the workflow runs programs of the repository, apt-get and git, and only GitHub's own actions" {
    local command words
    steps run >"$BATS_TEST_TMPDIR/commands"
    grep -qx .ci/run "$BATS_TEST_TMPDIR/commands"
    grep -qx .github/publish "$BATS_TEST_TMPDIR/commands"
    while read -r command words; do
        case $command in
            apt-get | git) ;;
            *) [ -x "$root/$command" ] ;;
        esac
    done <"$BATS_TEST_TMPDIR/commands"
    run steps uses
    [ "$(sort -u <<<"$output")" = actions/checkout@v4 ]
}

# publish TAG: .github/publish of a repository whose ./dev dist makes one file, with a gh that only prints its arguments.
publish() {
    local copy=$BATS_TEST_TMPDIR/copy
    mkdir -p "$copy/.github" "$copy/tools" "$copy/bin"
    cp "$root/.github/publish" "$copy/.github/"
    cp "$root/tools/common.sh" "$copy/tools/"
    cp "$root/CMakeLists.txt" "$copy/"
    echo "## $version (${date-2026-11-28})" >"$copy/CHANGELOG.md"
    cat >"$copy/dev" <<'DEV'
#!/bin/sh
mkdir -p build/dist
ssh-keygen -y -f "$2" >build/dist/public
DEV
    printf '#!/bin/sh\nprintf "%%s\\n" "$@"\n' >"$copy/bin/gh"
    chmod +x "$copy/dev" "$copy/bin/gh"
    PATH=$copy/bin:$PATH GITHUB_REF_NAME=$1 GITHUB_REPOSITORY=a/b SIGNING_KEY=${key-} run "$copy/.github/publish"
}

@test "a tag becomes a release with the files that ./dev dist made and signed" {
    requires ssh-keygen
    ssh-keygen -q -t ed25519 -N '' -C '' -f "$BATS_TEST_TMPDIR/key"
    # As a secret comes: its last newline is lost.
    key=$(cat "$BATS_TEST_TMPDIR/key") publish "v$version"
    [ "$status" -eq 0 ]
    [ "$output" = "$(printf '%s\n' release create "v$version" --repo a/b --title "cppinit $version" \
        --notes-file build/dist/RELEASE_NOTES.md build/dist/public)" ]
    diff "$BATS_TEST_TMPDIR/copy/build/dist/public" <(cut -d ' ' -f 1,2 "$BATS_TEST_TMPDIR/key.pub")
}

@test "nothing is published under the tag of another version, without a date in the changelog or without a key" {
    key=key publish v0.0.1
    [ "$status" -eq 1 ]
    [ "$output" = "dev: the tag is v0.0.1, and the version in CMakeLists.txt is $version" ]
    date=unreleased key=key publish "v$version"
    [ "$status" -eq 1 ]
    [ "$output" = "dev: CHANGELOG.md has no date for version $version" ]
    publish "v$version"
    [ "$status" -eq 1 ]
    [ "$output" = "dev: there is no key to sign with: set the secret SIGNING_KEY" ]
    [ ! -e "$BATS_TEST_TMPDIR/copy/build" ]
}
