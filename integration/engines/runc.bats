#!/usr/bin/env bats
# cppinit as the first process of a bundle of runc.

load engines

setup_file() { requires runc jq /bin/busybox; }

setup() {
    bundle=$BATS_TEST_TMPDIR/bundle
    container=cppinit-$$-$BATS_TEST_NUMBER
    busybox_root "$bundle/rootfs"
    (cd "$bundle" && runc spec)
}

teardown() { runc delete -f "$container" >/dev/null 2>&1 || true; }

# bundle_runs WORD...: what the bundle starts, without a terminal.
bundle_runs() {
    local config
    # The limit on files cannot be set on machines without CAP_SYS_RESOURCE.
    config=$(jq '.process.terminal = false | .process.rlimits = [] | .process.args = $ARGS.positional' \
        "$bundle/config.json" --args -- "$@")
    echo "$config" >"$bundle/config.json"
}

@test "runc run: the exit code is the program's, in a read-only root" {
    bundle_runs /cppinit -- sh -c 'cat /proc/1/comm; exit 7'
    run runc run --bundle "$bundle" "$container"
    [ "$status" -eq 7 ]
    [ "$output" = cppinit ]
}

@test "runc kill: TERM reaches the program and ends the container with 143" {
    bundle_runs /cppinit -- /fixture sleep
    runc run --bundle "$bundle" "$container" 3>&- &
    local runner=$!
    runs() { [ "$(runc ps "$container" 2>/dev/null | grep -c fixture)" -ge 1 ]; }
    eventually runs
    runc kill "$container" TERM
    local status=0
    wait "$runner" || status=$?
    [ "$status" -eq 143 ]
}
