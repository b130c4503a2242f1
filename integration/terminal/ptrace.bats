#!/usr/bin/env bats
# Only a stop of job control makes cppinit act as a stopped job: tracers stop programs all the time, by any signal.

load ../helpers
load terminal

setup_file() { requires python3 strace gdb; }
setup() {
    make_programs
    # traced: lets its parent trace it, so that each signal stops it until the parent says more.
    program traced <<'END'
exec python3 -c 'import ctypes, os, signal
PTRACE_TRACEME = 0
if ctypes.CDLL(None).ptrace(PTRACE_TRACEME, 0, 0, 0) < 0:
    raise SystemExit("ptrace")
os.write(1, b"traced ready\n")
while True:
    signal.pause()'
END
    # attach TRACER PID: traces the process until its end, and not from within the terminal's session.
    program attach <<'END'
exec </dev/null >/dev/null 2>&1
case $1 in
    strace) setsid strace -o /dev/null -p "$2" & ;;
    gdb) setsid gdb -nx -batch -p "$2" -ex 'handle all nostop noprint pass' -ex 'handle SIGINT nostop noprint pass' -ex continue & ;;
esac
END
}

# Whether a process has a tracer. For the steps.
is_traced() { ! grep -q '^TracerPid:.0' "/proc/$1/status"; }
export -f is_traced

@test "a program that lets cppinit trace it is stopped by any signal, and cppinit goes on" {
    local signal
    for signal in USR1 TSTP TTIN STOP; do
        on_terminal $shell <<END
            expect shell>
            type cppinit traced; echo "status=\$?"
            expect ^traced ready
            do kill -$signal \$(innermost \$LEADER)
            until grep -q '^State:.t' /proc/\$(innermost \$LEADER)/status
            # cppinit has taken the news, and sleeps.
            until ! grep -q '^SigPnd:.*1' /proc/\$(child_of \$LEADER)/status && grep -q '^State:.S' /proc/\$(child_of \$LEADER)/status
            do kill -0 \$(child_of \$LEADER) && ! in_front \$LEADER
            do kill -KILL \$(innermost \$LEADER)
            expect ^status=137
            type exit 3
END
        [ "$status" -eq 3 ]
    done
}

@test "strace and gdb, attached to the program or to cppinit, do not keep Ctrl-Z, fg and Ctrl-C from them" {
    local tracer pid
    for tracer in strace gdb; do
        for pid in innermost child_of; do
            on_terminal $shell <<END
                expect shell>
                type cppinit waiter
                expect ^waiter ready
                until [ "\$(cat /proc/\$(innermost \$LEADER)/comm)" = sleep ]
                do attach $tracer \$($pid \$LEADER)
                until is_traced \$($pid \$LEADER)
                press ctrl-z
                expect ^\[1\]\+ +Stopped +cppinit
                expect shell>
                type fg
                expect ^cppinit waiter
                until in_front \$(innermost \$LEADER)
                press ctrl-c
                expect shell>
                until cppinit_has_ended
                type exit 3
END
            [ "$status" -eq 3 ]
        done
    done
}

@test "a program under strace stops and goes on, with a cppinit before the tracer, after it, or both" {
    local command
    for command in "cppinit strace -qo /dev/null reader" "strace -qfo /dev/null cppinit reader" "cppinit strace -qfo /dev/null cppinit reader"; do
        on_terminal $shell <<END
            expect shell>
            type $command
            expect ^reader ready
            press ctrl-z
            expect ^\[1\]\+ +Stopped
            expect shell>
            type fg
            expect reader
            type one
            expect ^reader got one
            press ctrl-d
            expect ^reader ends
            expect shell>
            type exit 3
END
        [ "$status" -eq 3 ]
    done
}
