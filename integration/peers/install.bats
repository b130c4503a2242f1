#!/usr/bin/env bats
# The component of the installation that holds the peers' names.

load ../helpers

setup() { requires cmake; prefix=$BATS_TEST_TMPDIR/prefix; }

installs() {
    run timeout 60 cmake --install "$root/build/release" --prefix "$prefix" "$@" 3>&- </dev/null
    [ "$status" -eq 0 ]
}

@test "an installation has no peer's name by default" {
    installs
    [ -x "$prefix/bin/cppinit" ]
    run find "$prefix/bin" -mindepth 1
    [ "$output" = "$prefix/bin/cppinit" ]
}

@test "the component peer-names links each peer's name to the cppinit beside it" {
    installs
    installs --component peer-names
    local name version
    while read -r name version; do
        [ "$(readlink "$prefix/bin/$name")" = cppinit ]
        run "$prefix/bin/$name" --version
        [ "$status" -eq 0 ]
        [[ $output == "$version "* ]]
    done <<'NAMES'
tini tini version 0.19.0
tini-static tini version 0.19.0
docker-init tini version 0.19.0
dumb-init dumb-init v1.2.5
catatonit tini version 0.1.7_catatonit
NAMES
    # The links move with their folder.
    mv "$prefix" "$prefix-moved"
    run "$prefix-moved/bin/tini" -- sh -c 'exit 7'
    [ "$status" -eq 7 ]
}
