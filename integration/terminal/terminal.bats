#!/usr/bin/env bats
# The terminal's foreground: who is given it, who keeps it, and that its absence is ordinary.

load ../helpers
load terminal

setup_file() { requires python3; }
setup() { make_programs; }

@test "the program gets the foreground, and reads what is typed" {
    local way
    for way in cppinit "$pid_1" "unshare --pid --fork --mount-proc cppinit" "cppinit cppinit"; do
        on_terminal $way reader <<'END'
            expect ^reader ready
            type hello
            expect ^reader got hello
            press ctrl-d
END
        [ "$status" -eq 0 ]
    done
}

@test "a script can go on reading after cppinit, whether its program ran or not" {
    # The last program dies while a job of its own has the foreground.
    printf '%s\n' 'set -m' "sh -c 'kill -KILL \$PPID'" >"$BATS_TEST_TMPDIR/job"
    local program
    for program in true no-such-program "bash $BATS_TEST_TMPDIR/job"; do
        on_terminal sh -c "cppinit $program; echo after; read -r line; echo got \$line" <<'END'
            expect ^after
            type hello
            expect ^got hello
END
        [ "$status" -eq 0 ]
    done
}

@test "where somebody else has the foreground cppinit takes nothing, and gives nothing away at its end" {
    # In a group of its own, which does not get the foreground.
    program elsewhere <<'END'
exec python3 -c 'import os, sys; os.setpgid(0, 0); os.execvp(sys.argv[1], sys.argv[1:])' "$@"
END
    on_terminal sh -c 'elsewhere cppinit waiter & echo started; read -r line; echo got $line; kill $!; wait $!; echo $?; read -r line; echo got $line' <<'END'
        expect ^waiter ready
        type one
        expect ^got one
        expect ^143
        type two
        expect ^got two
END
    [ "$status" -eq 0 ]
}

@test "another reader of the terminal does not delay the start" {
    on_terminal sh -c "cat | unshare --pid --fork --mount-proc cppinit echo started; :" <<'END'
        expect started
        press ctrl-d
END
    [ "$status" -eq 0 ]
}

@test "a session leader's program is sent neither HUP nor CONT at its start (dumb-init 136)" {
    on_terminal cppinit recorder <<END
        until grep -q ready $BATS_TEST_TMPDIR/records
        do kill -40 \$LEADER
        until grep -q '^signal 40 ' $BATS_TEST_TMPDIR/records
        do kill -KILL \$(innermost \$LEADER)
END
    [ "$status" -eq 137 ]
    [ "$(grep -c '^signal' "$BATS_TEST_TMPDIR/records")" -eq 1 ]
}

# ---- no terminal, or not all of it ----

@test "without a controlling terminal cppinit runs as ever" {
    run timeout 60 setsid "$CPPINIT" sh -c 'cat /dev/tty; echo here; exit 7' </dev/null
    [ "$status" -eq 7 ]
    [[ $output == *"No such device or address"*here ]]
}

@test "a terminal on stdin that is not the controlling one is left alone" {
    # The inner session has none; it is handed the outer one's terminal as its standard descriptors.
    on_terminal sh -c "setsid cppinit sh -c 'tty; echo inside'; read -r line; echo got \$line" <<'END'
        expect ^/dev/pts/
        expect ^inside
        type hello
        expect ^got hello
END
    [ "$status" -eq 0 ]
}

@test "the program gets the foreground even if stdin is not a terminal, or no standard descriptor is one" {
    local redirection
    for redirection in "</dev/null" "</dev/null >$BATS_TEST_TMPDIR/log 2>&1" "<&- >&- 2>&-"; do
        on_terminal sh -c "cppinit sh -c 'exec </dev/tty >/dev/tty 2>&1; exec reader' $redirection; read -r line; echo got \$line" <<'END'
            expect ^reader ready
            type hello
            expect ^reader got hello
            press ctrl-d
            expect ^reader ends
            type again
            expect ^got again
END
        [ "$status" -eq 0 ]
    done
}

@test "without /dev/tty the standard descriptors are the terminal, and without any there is none" {
    # What is there is asked before /dev is taken away.
    local hide="mount -t tmpfs none /dev && "
    on_terminal unshare --mount sh -c "${hide}cppinit reader; read -r line; echo got \$line" <<'END'
        expect ^reader ready
        type hello
        expect ^reader got hello
        press ctrl-d
        expect ^reader ends
        type again
        expect ^got again
END
    [ "$status" -eq 0 ]
    on_terminal unshare --mount sh -c "exec 9>&1; ${hide}cppinit sh -c 'echo here >&9; exit 7' <&- >&- 2>&-" <<'END'
        expect ^here
END
    [ "$status" -eq 7 ]
}

@test "a full terminal that nobody reads does not stop cppinit, with /proc and without" {
    local prepare
    for prepare in : "mount -t tmpfs none /proc"; do
        run timeout 60 unshare --mount bash -c "$prepare; exec python3 -c '
import os, pty, signal, sys, time
pid, terminal = pty.fork()
if pid == 0:
    os.dup2(os.open(sys.argv[3], os.O_WRONLY | os.O_CREAT), 1)
    os.execv(sys.argv[1], [sys.argv[1], \"-vv\", \"--kill-child\", sys.argv[2], \"record\"])
out = sys.argv[3]
deadline = time.monotonic() + 20 * int(sys.argv[4])
def lines(start):
    try:
        return sum(line.startswith(start) for line in open(out))
    except FileNotFoundError:
        return 0
while not lines(\"ready\") and time.monotonic() < deadline: time.sleep(0.01)
# A terminal takes some 64 KB that nobody reads; a line here has about 30. The kernel queues fewer signals where memory is small.
for count in range(500, 6001, 500):
    for _ in range(500): os.kill(pid, 40)
    while lines(\"signal 40 \") < count and time.monotonic() < deadline: time.sleep(0.05)
print(lines(\"signal 40 \"))
os.kill(pid, 9)
' \"\$@\"" bash "$CPPINIT" "$FIXTURE" "$BATS_TEST_TMPDIR/out${#prepare}" "$patience"
        [ "$output" = 6000 ]
    done
}

@test "log lines in the background with TOSTOP set stop nobody and bring the program no TTOU" {
    on_terminal $shell <<END
        expect shell>
        type stty tostop
        expect shell>
        type cppinit -vv recorder &
        until grep -qs ready $BATS_TEST_TMPDIR/records
        do kill -40 \$(child_of \$LEADER)
        until grep -q '^signal 40 ' $BATS_TEST_TMPDIR/records
        expect cppinit: forwarding RTMIN\+6
        do kill -KILL \$(innermost \$LEADER)
        type wait %1; stty -tostop; exit 3
END
    [ "$status" -eq 3 ]
    [ "$(grep -c '^signal' "$BATS_TEST_TMPDIR/records")" -eq 1 ]
}

@test "with TOSTOP set, lines about a stopped program stop nobody twice" {
    on_terminal $shell <<'END'
        expect shell>
        type stty tostop
        expect shell>
        type cppinit -vv reader
        expect ^reader ready
        press ctrl-z
        expect ^\[1\]\+ +Stopped +cppinit
        expect shell>
        type bg
        expect shell>
        until grep -q '^State:.T' /proc/$(child_of $LEADER)/status
        type jobs -l
        expect Stopped \(tty input\)
        type fg
        expect ^cppinit -vv reader
        type one
        expect reader got one
        press ctrl-d
        expect ^reader ends
        type stty -tostop; exit 3
END
    [ "$status" -eq 3 ]
}
