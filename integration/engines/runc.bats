#!/usr/bin/env bats
# cppinit as the first process of a bundle of runc.

load engines

setup_file() { requires runc jq /bin/busybox; }

setup() {
    bundle=$BATS_TEST_TMPDIR/bundle
    volume=$bundle/rootfs/work
    container=cppinit-$$-$BATS_TEST_NUMBER
    busybox_root "$bundle/rootfs"
    (cd "$bundle" && runc spec)
}

engine() {
    local config
    # The limit on files cannot be set on machines without CAP_SYS_RESOURCE. The bundle is writable for what the checks write.
    config=$(jq '.process.terminal = false | .process.rlimits = [] | .root.readonly = $ARGS.named.readonly
        | .process.args = ["/cppinit", "--"] + $ARGS.positional' \
        --argjson readonly "${readonly:-false}" "$bundle/config.json" --args -- "$@")
    echo "$config" >"$bundle/config.json"
    command=(runc run --bundle "$bundle" "$container")
}
engine_stop() { engine_signal TERM; }
engine_signal() { runc kill "$container" "$1"; }
engine_remove() { runc delete -f "$container"; }

@test "runc run: cppinit is PID 1, in a read-only root too" {
    readonly=true in_engine sh -c 'cat /proc/1/comm; touch /file || exit 7'
    [ "$status" -eq 7 ]
    [ "$output" = cppinit ]
}

@test "runc run: the exit code is the program's" { check_exit_code; }
@test "runc run: orphans are reaped" { check_orphans; }
@test "runc kill TERM: the program cleans up" { check_stop; }
@test "runc kill TERM: a worker in a session of its own finishes" { check_worker; }
@test "runc kill: signals arrive once, and KILL ends everything" { check_kill; }
