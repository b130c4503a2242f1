#!/usr/bin/env bats
# cppinit as the init of a container of LXC, its lxc.init.cmd.
# bats file_tags=in-root

load engines

setup_file() {
    requires lxc-start /bin/busybox
    busybox_root "$BATS_FILE_TMPDIR/root"
}

setup() {
    container=c$BATS_TEST_NUMBER
    volume=$BATS_TEST_TMPDIR/volume
    folder=$BATS_TEST_TMPDIR/lxc
    mkdir -p "$volume" "$folder/$container"
    # lxc-start has a code only for its own failures, and says in its log how the init ended.
    code_when_stopped=0
    code_when_killed=0
}

# LXC splits lxc.init.cmd as a shell does. Without a console of the container, the init has the streams of lxc-start.
engine() {
    engine_remove >/dev/null 2>&1 || true
    cat >"$folder/$container/config" <<CONFIG
lxc.uts.name = $container
lxc.rootfs.path = dir:$BATS_FILE_TMPDIR/root
lxc.mount.auto = proc:mixed
lxc.mount.entry = $volume work none bind 0 0
lxc.net.0.type = empty
lxc.apparmor.profile = unconfined
lxc.console.path = none
lxc.signal.halt = SIGTERM
lxc.environment = PATH=/bin
lxc.init.cmd = /cppinit -- /work/program
CONFIG
    printf '#!/bin/sh\nexec%s\n' "$(printf " '%s'" "$@")" >"$volume/program"
    chmod +x "$volume/program"
    command=(lxc-start --lxcpath "$folder" --name "$container" --foreground --logfile "$BATS_TEST_TMPDIR/log" --logpriority INFO)
}
engine_stop() { lxc-stop --lxcpath "$folder" --name "$container" --nokill; }
# LXC sends no signals but those of lxc-stop: its users signal the init.
engine_signal() { signal_below "$1"; }
engine_enter() { lxc-attach --lxcpath "$folder" --name "$container" -- "$@"; }
engine_remove() { lxc-stop --lxcpath "$folder" --name "$container" --kill; }

ended_with() { grep -q "$1" "$BATS_TEST_TMPDIR/log"; }

@test "lxc-start: cppinit is PID 1, and the exit code in lxc-start's log is the program's" {
    in_engine sh -c 'cat /proc/1/comm; exit 7'
    [ "$output" = cppinit ]
    ended_with "ended on error (7)"
    in_engine no-such-program
    ended_with "ended on error (127)"
}

@test "lxc-start: orphans are reaped" {
    in_engine sh -c 'sh -c "/fixture orphans 50 </dev/null
        until [ \$(/fixture zombies) = 0 ]; do :; done
        kill \$PPID" & exec /fixture sleep'
    ended_with "ended on error (143)"
    [ "$output" = ready ]
}

@test "lxc-start: what a program writes to the streams of PID 1 is in the output" { check_log; }
@test "lxc-stop: the program cleans up" { check_stop; }
@test "lxc-stop: a worker in a session of its own finishes" { check_worker; }
@test "lxc-start: signals arrive once, and KILL ends everything" { check_kill; }
@test "lxc-attach, lxc-stop: a guest finishes" { check_guest; }
@test "lxc-attach: while the program is stopping, too" { check_enter_while_stopping; }
