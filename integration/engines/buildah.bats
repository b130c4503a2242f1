#!/usr/bin/env bats
# cppinit in `buildah run` and in the RUN of a build. Without CAP_SYS_RESOURCE buildah's own isolation, chroot, is refused
# ("operation not permitted" for its limits): this is that with runc.
# bats file_tags=in-root

load engines

setup_file() {
    requires buildah runc jq /bin/busybox
    wrap_runtime runc
    mkdir "$BATS_FILE_TMPDIR/bin"
    cat >"$BATS_FILE_TMPDIR/bin/buildah" <<BUILDAH
#!/bin/sh
exec $(command -v buildah) --root $BATS_FILE_TMPDIR/storage --runroot $BATS_FILE_TMPDIR/state --storage-driver vfs "\$@" 3>&-
BUILDAH
    chmod +x "$BATS_FILE_TMPDIR/bin/buildah"
    export PATH=$BATS_FILE_TMPDIR/bin:$PATH
    busybox_root "$BATS_FILE_TMPDIR/root"
    local from
    from=$(buildah from scratch)
    buildah copy --quiet "$from" "$BATS_FILE_TMPDIR/root" /
    buildah config --env PATH=/bin "$from"
    buildah commit --quiet "$from" localhost/busybox
    buildah rm "$from"
}

setup() {
    volume=$BATS_TEST_TMPDIR/volume
    mkdir "$volume"
    container=$(buildah from --pull=never localhost/busybox)
    # It kills runc when it is asked to, and not what runs in it.
    code_when_killed=1
}

isolation=(--isolation oci --runtime "$BATS_FILE_TMPDIR/runtimes/runc" --network none)

# buildah forwards no signal and has no stop: its users signal what it runs.
engine() { command=(buildah run "${isolation[@]}" --volume "$volume:/work" "$container" /cppinit -- "$@"); }
engine_stop() { signal_below TERM; }
engine_signal() { signal_below "$1"; }
engine_enter() { enter_below "$@"; }
engine_remove() {
    signal_below KILL
    buildah rm "$container"
}

@test "buildah run: the exit code is the program's" { check_exit_code; }
@test "buildah run: orphans are reaped" { check_orphans; }
@test "buildah run: what a program writes to the streams of PID 1 is in the output" { check_log; }
@test "buildah run: a TERM lets the program clean up" { check_stop; }
@test "buildah run: a TERM lets a worker in a session of its own finish" { check_worker; }
@test "buildah run: signals arrive once, and KILL ends everything" { check_kill; }
@test "nsenter into buildah run: a TERM lets a guest finish" { check_guest; }

@test "buildah build: what a RUN below cppinit leaves behind does not hold the build, and its exit code is the build's" {
    cat >"$BATS_TEST_TMPDIR/Dockerfile" <<'DOCKERFILE'
FROM localhost/busybox
SHELL ["/cppinit", "--", "/bin/sh", "-c"]
RUN (setsid sleep 1000 &); echo "made by $(cat /proc/$PPID/comm)" >/made
RUN cat /made && exit 7
DOCKERFILE
    run timeout 60 buildah build "${isolation[@]}" --format docker --file "$BATS_TEST_TMPDIR/Dockerfile" "$BATS_TEST_TMPDIR"
    echo "$output"
    [ "$status" -eq 7 ]
    [[ $output == *"made by cppinit"* ]]
}
