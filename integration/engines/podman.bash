# podman, with one of its runtimes.

load engines

# prepare_podman RUNTIME: for setup_file.
prepare_podman() {
    requires podman "$1" jq /bin/busybox
    start_podman "$1"
    busybox_root "$BATS_FILE_TMPDIR/busybox"
    tar -C "$BATS_FILE_TMPDIR/busybox" -c . |
        podman import --quiet --change 'ENV PATH=/bin' - localhost/busybox:latest >/dev/null
}

teardown_file() { stop_podman; }

setup() {
    container=c$BATS_TEST_NUMBER
    volume=$BATS_TEST_TMPDIR/volume
    mkdir "$volume"
    how=(--entrypoint '["/cppinit", "--"]' localhost/busybox)
}

engine() {
    podman rm -f "$container" >/dev/null 2>&1 || true
    command=(podman run --network none --name "$container" -v "$volume:/work" "${how[@]}" "$@")
}
engine_stop() { podman stop "$container"; }
engine_signal() { podman kill -s "$1" "$container"; }
# podman refuses to enter a container that is being stopped ("container state improper").
engine_enter() { podman exec "$container" "$@"; }
engine_remove() {
    podman rm -f "$container"
    podman pod rm -f "$container"
}

# podman gives the init that it brings a name of its own.
with_init() {
    how=(--init --init-path "$CPPINIT" localhost/busybox)
    name_of_init=podman-init
}
