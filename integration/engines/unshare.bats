#!/usr/bin/env bats
# cppinit in the namespaces of an ordinary user: unshare --user --pid.

load engines

setup_file() {
    requires setpriv unshare /bin/busybox
    # Not below bats' own folder, which others may not enter.
    rootfs=$(mktemp -d)
    export rootfs
    chmod 755 "$rootfs"
    busybox_root "$rootfs"
    # A user namespace can make none, and a shell opens it for what it starts in the background.
    cp -a /dev/null "$rootfs/dev/null"
}

teardown_file() { rm -rf "$rootfs"; }

setup() {
    volume=$rootfs/work
    rm -f "$volume"/*
    chmod 777 "$volume"
    # unshare of util-linux 2.38 means to end by the same signal, and fails: "sigprocmask unblock failed: Invalid argument".
    code_when_killed=$(code_of_killed unshare --fork)
}

# The output is a pipe of root's here, which nobody else may open again through /proc/1/fd/1, under whichever PID 1.
# unshare forwards no signal, and has no command to stop or to enter: its users signal what it runs, and enter it with nsenter.
engine() {
    command=(setpriv --reuid 65534 --regid 65534 --clear-groups unshare --user --map-root-user --pid --fork --kill-child
        --root "$rootfs" --mount-proc /cppinit -- "$@")
}
engine_stop() { signal_below TERM; }
engine_signal() { signal_below "$1"; }
engine_enter() { enter_below "$@"; }
engine_remove() { signal_below KILL; }

@test "unshare --user --pid: cppinit is PID 1, and nobody outside" {
    launch sh -c 'cat /proc/1/comm; id -u; exec /fixture sleep'
    eventually holds $'cppinit\n0' "$out"
    [ "$(stat -c %u "/proc/$(cppinit_below "$started")")" -eq 65534 ]
    engine_stop
    await 143
}

@test "unshare --user --pid: the exit code is the program's" { check_exit_code; }
@test "unshare --user --pid: orphans are reaped" { check_orphans; }
@test "unshare --user --pid: a TERM lets the program clean up" { check_stop; }
@test "unshare --user --pid: a TERM lets a worker in a session of its own finish" { check_worker; }
@test "unshare --user --pid: signals arrive once, and KILL ends everything" { check_kill; }
@test "nsenter into unshare --user --pid: a TERM lets a guest finish" { check_guest; }
@test "nsenter into unshare --user --pid: while the program is stopping, too" { check_enter_while_stopping; }
