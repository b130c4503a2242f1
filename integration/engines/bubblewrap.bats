#!/usr/bin/env bats
# cppinit as the first process of bubblewrap's PID namespace, in the place of the one that bubblewrap brings.

load engines

setup_file() {
    requires bwrap /bin/busybox
    busybox_root "$BATS_FILE_TMPDIR/root"
}

setup() {
    volume=$BATS_TEST_TMPDIR/volume
    mkdir "$volume"
}

# bubblewrap forwards no signal, and has no command to stop or to enter: its users signal what it runs, and enter it with nsenter. Under --as-pid-1 nothing but cppinit is in between.
engine() {
    command=(bwrap --bind "$BATS_FILE_TMPDIR/root" / --bind "$volume" /work --dev /dev --proc /proc --unshare-all
        --die-with-parent --as-pid-1 /cppinit -- "$@")
}
engine_stop() { signal_below TERM; }
engine_signal() { signal_below "$1"; }
engine_enter() { enter_below "$@"; }
engine_remove() { signal_below KILL; }

@test "bwrap --as-pid-1: cppinit is PID 1" {
    in_engine cat /proc/1/comm
    [ "$output" = cppinit ]
}

@test "bwrap --as-pid-1: the exit code is the program's" { check_exit_code; }
@test "bwrap --as-pid-1: orphans are reaped" { check_orphans; }
@test "bwrap --as-pid-1: a TERM lets the program clean up" { check_stop; }
@test "bwrap --as-pid-1: a TERM lets a worker in a session of its own finish" { check_worker; }
@test "bwrap --as-pid-1: signals arrive once, and KILL ends everything" { check_kill; }
@test "bwrap --as-pid-1: what a program writes to the streams of PID 1 is in the output" { check_log; }
@test "nsenter into bwrap --as-pid-1: a TERM lets a guest finish" { check_guest; }
@test "nsenter into bwrap --as-pid-1: while the program is stopping, too" { check_enter_while_stopping; }

@test "bwrap --as-pid-1: when bwrap itself is killed, everything ends with it" {
    local marker=bwrap-$$-$BATS_TEST_NUMBER
    launch sh -c 'setsid /fixture finish "/work/$0" 10000 & exec /fixture sleep' "$marker"
    eventually holds ready "$out"
    kill -KILL "$started"
    await 137
    none_left() { ! pgrep -f "$marker" >/dev/null; }
    eventually none_left
}

@test "bwrap without --as-pid-1: cppinit runs below the init of bubblewrap, and the exit code is the program's" {
    engine sh -c 'cat /proc/1/comm /proc/$PPID/comm; exit 7'
    run timeout 60 "${command[@]/#--as-pid-1/--new-session}"
    [ "$status" -eq 7 ]
    [ "$output" = $'bwrap\ncppinit' ]
}
