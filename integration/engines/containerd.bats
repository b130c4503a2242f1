#!/usr/bin/env bats
# cppinit as the first process of a container of containerd, by containerd's own client ctr. No image is needed.
# bats file_tags=in-root, controllers

load engines
load containerd

setup_file() {
    requires containerd ctr runc /bin/busybox
    busybox_root "$BATS_FILE_TMPDIR/root"
    start_containerd
}

teardown_file() { stop_containerd; }

setup() {
    container=c$BATS_TEST_NUMBER
    volume=$BATS_TEST_TMPDIR/volume
    mkdir "$volume"
    how=()
    init=(/cppinit --)
}

engine() {
    engine_remove >/dev/null 2>&1 || true
    command=(ctr run --rm "${how[@]}" --env PATH=/bin --mount "type=bind,src=$volume,dst=/work,options=rbind:rw"
        --rootfs "$BATS_FILE_TMPDIR/root" "$container" "${init[@]}" "$@")
}
engine_stop() { engine_signal TERM; }
engine_signal() { ctr task kill --signal "$1" "$container"; }
engine_enter() { ctr task exec --exec-id "enter${EPOCHREALTIME/./}" "$container" "$@"; }
engine_remove() {
    ctr task kill --signal KILL "$container"
    ctr task rm --force "$container"
    ctr container rm "$container"
}

# cppinit is a subreaper in the PID namespace that it shares with the machine. That namespace does not end with it: whoever kills
# cppinit leaves its processes behind, but for --kill-child.
in_shared_namespace() {
    how=(--with-ns pid:/proc/1/ns/pid)
    init=(/cppinit --kill-child --)
}

@test "ctr run: the exit code is the program's" { check_exit_code; }
@test "ctr run: orphans are reaped" { check_orphans; }
@test "ctr run: what a program writes to the streams of PID 1 is in the output" { check_log; }
@test "ctr task kill TERM: the program cleans up" { check_stop; }
@test "ctr task kill TERM: a worker in a session of its own finishes" { check_worker; }
@test "ctr task kill: signals arrive once, and KILL ends everything" { check_kill; }
@test "ctr task exec, ctr task kill TERM: a guest finishes" { check_guest; }
@test "ctr task exec: while the program is stopping, too" { check_enter_while_stopping; }

@test "ctr run in the machine's PID namespace: the exit code is the program's" { in_shared_namespace && check_exit_code; }
@test "ctr run in the machine's PID namespace, ctr task kill TERM: the program cleans up" { in_shared_namespace && check_stop; }
@test "ctr run in the machine's PID namespace, ctr task kill TERM: a worker in a session of its own finishes" {
    in_shared_namespace && check_worker
}
