#!/usr/bin/env bats
# Ctrl-C is a stop request that cppinit does not receive: the terminal sends it to the program's group. And whoever is left behind can
# be reached by Ctrl-C and Ctrl-Z.

load ../helpers
load terminal

setup_file() { requires python3; }
setup() {
    make_programs
    # cleaner SECONDS: a program that dies of INT, with a worker in its group that needs SECONDS to clean up after INT, and prints when a
    # TERM comes meanwhile.
    program cleaner <<'END'
exec python3 -c 'import os, signal, sys
say = lambda text: os.write(1, (text + "\n").encode())
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
if os.fork():
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, {})
    os.execvp("sleep", ["sleep", "1000"])
say("worker ready")
signal.sigwait({signal.SIGINT})
say("worker cleans")
came = signal.sigtimedwait({signal.SIGTERM}, float(sys.argv[1]))
say("worker disturbed" if came else "worker cleaned")' "$@"
END
    # stubborn: dies of INT, with a worker in its group that nothing but KILL ends.
    program stubborn <<'END'
exec python3 -c 'import os, signal
signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
if os.fork():
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, {})
    os.execvp("sleep", ["sleep", "1000"])
os.write(1, b"worker ready\n")
while True:
    signal.sigwait({signal.SIGUSR1})'
END
    # leaver WHERE: ends at once, and leaves a sleeper behind, in a group of its own (elsewhere) or in this one (here), or in this one until
    # the pipe "go" is opened, and then in a session of its own (later).
    program leaver <<'END'
exec python3 -c 'import os, sys
if os.fork():
    sys.exit(3)
if sys.argv[1] == "elsewhere":
    os.setpgid(0, 0)
os.write(1, b"sleeper ready\n")
if sys.argv[1] == "later":
    open("go").read()
    os.setsid()
os.execvp("sleep", ["sleep", "1000"])' "$@"
END
}

# cppinit is the only child of the shell.
cppinit_is_in_front='until in_front $(child_of $LEADER)'
# Nobody is left, the shell shows the program's own code, and ends with 4.
ctrl_c_ends_it='press ctrl-c
    expect shell>
    until ! pgrep -x sleep --session $LEADER
    type echo "status=$?"
    expect ^status=3
    type exit 4'
# Whatever is pressed now is another stop request than what was pressed before.
request_passes="do echo \$((\$(date +%s%3N) + 600)) >deadline
    until [ \$(date +%s%3N) -ge \$(cat deadline) ]"

@test "whoever cleans up by Ctrl-C is not disturbed by a TERM" {
    local wrapper
    cd "$BATS_TEST_TMPDIR"
    for wrapper in "" "cppinit" "cppinit --single-child" "cppinit --all" "cppinit cppinit"; do
        on_terminal $shell <<END
            expect shell>
            type $wrapper cleaner 0.5
            expect ^worker ready
            until ! in_front \$LEADER
            press ctrl-c
            expect worker cleans
            expect worker (cleaned|disturbed)
            type echo "status=\$?"
            expect ^status=130
            type exit 3
END
        [ "$status" -eq 3 ]
        [[ $output == *"worker cleaned"* ]]
    done
    on_terminal $pid_1 cleaner 0.5 <<'END'
        expect ^worker ready
        press ctrl-c
        expect worker cleans
        expect worker cleaned
END
    [ "$status" -eq 130 ]
}

@test "the second Ctrl-C cuts the grace short, and it is cppinit's group that has the foreground by then" {
    local wrapper
    cd "$BATS_TEST_TMPDIR"
    for wrapper in "cppinit" "cppinit --single-child" "cppinit --leftovers wait"; do
        on_terminal $shell <<END
            expect shell>
            type $wrapper --grace 1h stubborn
            expect ^worker ready
            until ! in_front \$LEADER
            press ctrl-c
            $cppinit_is_in_front
            $request_passes
            press ctrl-c
            expect shell>
            until ! pgrep -f "^python3 -c" --session \$LEADER
            type echo "status=\$?"
            expect ^status=130
            type exit 3
END
        [ "$status" -eq 3 ]
    done
}

@test "--leftovers=wait: Ctrl-Z and fg reach what is left once the program's group is empty, and Ctrl-C ends it" {
    on_terminal $shell <<END
        expect shell>
        type cppinit --leftovers wait leaver elsewhere
        expect ^sleeper ready
        $cppinit_is_in_front
        press ctrl-z
        expect ^\[1\]\+ +Stopped +cppinit
        expect shell>
        until [ "\$(pgrep -cx sleep --session \$LEADER --runstates T)" -eq 1 ]
        type fg
        expect ^cppinit
        until [ "\$(pgrep -cx sleep --session \$LEADER --runstates S)" -eq 1 ]
        $cppinit_is_in_front
        $ctrl_c_ends_it
END
    [ "$status" -eq 4 ]
}

@test "--leftovers=wait: the foreground stays with the program's group while somebody is in it, then it returns" {
    on_terminal $shell <<END
        expect shell>
        type cppinit --leftovers wait leaver here
        expect ^sleeper ready
        until [ "\$(child_of \$(child_of \$LEADER))" = "\$(pgrep -x sleep --session \$LEADER)" ]
        until in_front \$(pgrep -x sleep --session \$LEADER)
        # It ends the sleeper, which is all that there was to wait for.
        $ctrl_c_ends_it
END
    [ "$status" -eq 4 ]
}

@test "--leftovers=wait: the foreground returns when the last process of the program's group leaves it for a session of its own" {
    cd "$BATS_TEST_TMPDIR"
    on_terminal $shell <<END
        expect shell>
        type cppinit --leftovers wait leaver later
        expect ^sleeper ready
        until in_front \$(child_of \$(child_of \$LEADER))
        do echo >go
        $cppinit_is_in_front
        $ctrl_c_ends_it
END
    [ "$status" -eq 4 ]
}
