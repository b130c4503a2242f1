# A bundle of the OCI's runtime specification, and the runtime $runtime that runs it: runc or crun.

load engines

setup_file() { requires "$runtime" jq /bin/busybox; }

setup() {
    bundle=$BATS_TEST_TMPDIR/bundle
    volume=$bundle/rootfs/work
    container=cppinit-$$-$BATS_TEST_NUMBER
    busybox_root "$bundle/rootfs"
    (cd "$bundle" && "$runtime" spec)
}

engine() {
    local config
    # Limits cannot be set on machines without CAP_SYS_RESOURCE, and crun 1.8 raises one for rules about devices. The bundle is writable
    # for what the checks write.
    config=$(jq '.process.terminal = false | .process.rlimits = [] | del(.linux.resources) | .root.readonly = $ARGS.named.readonly
        | .process.args = ["/cppinit", "--"] + $ARGS.positional' \
        --argjson readonly "${readonly:-false}" "$bundle/config.json" --args -- "$@")
    echo "$config" >"$bundle/config.json"
    # crun leaves the container behind where cppinit was killed.
    engine_remove >/dev/null 2>&1 || true
    command=("$runtime" run --bundle "$bundle" "$container")
}
engine_stop() { engine_signal TERM; }
engine_signal() { "$runtime" kill "$container" "$1"; }
engine_enter() { "$runtime" exec "$container" "$@"; }
engine_remove() { "$runtime" delete --force "$container"; }

check_read_only_root() {
    readonly=true in_engine sh -c 'cat /proc/1/comm; touch /file || exit 7'
    [ "$status" -eq 7 ]
    [ "$output" = cppinit ]
}
