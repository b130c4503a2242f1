#!/usr/bin/env bats
# cppinit under systemd-nspawn, as PID 1 and as PID 2 below its stub init; no systemd runs on the host.

load engines

setup_file() {
    requires systemd-nspawn /bin/busybox
    busybox_root "$BATS_FILE_TMPDIR/root"
    # systemd-nspawn takes only what looks like a system.
    mkdir "$BATS_FILE_TMPDIR/root/usr"
}

setup() {
    machine=cppinit-$$-$BATS_TEST_NUMBER
    volume=$BATS_TEST_TMPDIR/volume
    mkdir "$volume"
    place=()
}

# Without --register=no it asks machined for a scope, without --keep-unit systemd ("Failed to open system bus: No such file or
# directory"); without --pipe its output goes through a terminal.
engine() {
    command=(systemd-nspawn --quiet --pipe --register=no --keep-unit --machine "$machine" --directory "$BATS_FILE_TMPDIR/root"
        --bind "$volume:/work" "${place[@]}" -- "$@")
}
engine_stop() { kill -TERM "$started"; }
engine_signal() { signal_below "$1"; }
# Only machined enters a container by name, and it is systemd's, too.
engine_enter() { enter_below "$@"; }
engine_remove() {
    signal_below KILL
    # systemd-nspawn refuses to remove its own folder where /run is not a file system of its own.
    rmdir "/run/systemd/nspawn/propagate/$machine"
}

# Without --kill-signal a TERM to systemd-nspawn kills the container at once.
as_pid_1() {
    place=(--kill-signal=SIGTERM /cppinit)
    code_when_killed=1
}

# The stub init takes SIGRTMIN+3 for a power-off, whose code is 0: it sends TERM, and HUP for shells, which is not for the program.
as_pid_2() {
    place=(--as-pid2 --kill-signal=SIGRTMIN+3 /cppinit --rewrite HUP:none)
    code_when_stopped=0
    code_when_killed=255
}

@test "systemd-nspawn: cppinit is PID 1" {
    as_pid_1
    in_engine cat /proc/1/comm
    [ "$output" = cppinit ]
}

@test "systemd-nspawn: the exit code is the program's" { as_pid_1 && check_exit_code; }
@test "systemd-nspawn: orphans are reaped" { as_pid_1 && check_orphans; }
@test "systemd-nspawn --kill-signal=SIGTERM: a stop lets the program clean up" { as_pid_1 && check_stop; }
@test "systemd-nspawn --kill-signal=SIGTERM: a stop lets a worker in a session of its own finish" { as_pid_1 && check_worker; }
@test "systemd-nspawn: signals arrive once, and KILL ends everything, which systemd-nspawn reports as 1" { as_pid_1 && check_kill; }
@test "systemd-nspawn: what a program writes to the streams of PID 1 is in the output" { as_pid_1 && check_log; }
@test "nsenter into systemd-nspawn: a stop lets a guest finish" { as_pid_1 && check_guest; }
@test "nsenter into systemd-nspawn: while the program is stopping, too" { as_pid_1 && check_enter_while_stopping; }

@test "systemd-nspawn --as-pid2: below the stub init cppinit is PID 2, and its own TERM ends it with the program's code" {
    as_pid_2
    launch sh -c 'cat /proc/2/comm; exec /fixture sleep'
    eventually holds cppinit "$out"
    signal_below TERM
    await 143
}

@test "systemd-nspawn --as-pid2: the exit code is the program's" { as_pid_2 && check_exit_code; }
@test "systemd-nspawn --as-pid2: orphans are reaped" { as_pid_2 && check_orphans; }
@test "systemd-nspawn --as-pid2: a stop lets the program clean up, and is a power-off with 0" { as_pid_2 && check_stop; }
@test "systemd-nspawn --as-pid2: a stop lets a worker in a session of its own finish" { as_pid_2 && check_worker; }
@test "systemd-nspawn --as-pid2: signals arrive once, and KILL ends everything, which systemd-nspawn reports as 255" { as_pid_2 && check_kill; }
