#!/usr/bin/env bats
# Two programs under one parent that both read the terminal take turns, each under a cppinit of its own as without cppinit. Each
# case runs both ways.

load ../helpers
load terminal

setup_file() { requires python3; }
setup() {
    make_programs
    # taker NAME: prints each line that it reads. It reads a line at once: two shells would share the bytes of one. It begins when
    # the other one is there, too (fifo(7): an open waits for the other end): the first one that is stopped stops the parent.
    program taker <<'END'
MEETING=${0%/*}/meeting exec python3 -c 'import os, sys
say = lambda *words: os.write(1, (" ".join(sys.argv[1:] + list(words)) + "\n").encode())
say("ready")
os.close(os.open(os.environ["MEETING"], os.O_RDONLY if sys.argv[1] == "one" else os.O_WRONLY))
while line := os.read(0, 1024):
    say("got", line.decode().strip())
say("ends")' "$@"
END
    mkfifo "$BATS_TEST_TMPDIR/bin/meeting"
    # both COMMAND...: runs it twice, and ends with the sum of the exit codes. Other than a shell, it gives both the terminal.
    program both <<'END'
exec python3 -c 'import subprocess, sys
running = [subprocess.Popen([*sys.argv[1:], name]) for name in ("one", "two")]
sys.exit(sum(program.wait() for program in running))' "$@"
END
}

# Nothing between the programs and their parent, a cppinit around each, and two.
wrappers=("" "cppinit" "cppinit cppinit" "cppinit --leftovers wait")

both_are_ready='
    expect ^(one|two) ready
    expect ^(one|two) ready
    until both_read'
# Each line is read once. Which of the two reads it, the kernel decides, with cppinit and without.
four_lines='
    type first
    expect ^(one|two) got first
    type second
    expect ^(one|two) got second
    type third
    expect ^(one|two) got third
    type fourth
    expect ^(one|two) got fourth'

# takers STATE: how many of the two are in this state. For the steps.
takers() { pgrep -cf "^python3 -c.* (one|two)$" --session "$LEADER" --runstates "$1"; }
both_read() { [ "$(takers S)" -eq 2 ]; }
both_are_stopped() { [ "$(takers T)" -eq 2 ]; }
export -f takers both_read both_are_stopped

# each_read LINES: both have read, and all lines were read.
each_read() {
    [[ $output == *"one got"* && $output == *"two got"* ]]
    [ "$(grep -cE '^(one|two) got' <<<"$output")" -eq "$1" ]
}

@test "two readers take turns, and the end of one leaves the terminal to the other" {
    local wrapper
    for wrapper in "${wrappers[@]}"; do
        on_terminal both $wrapper taker <<END
            $both_are_ready
            $four_lines
            press ctrl-d
            expect ^(one|two) ends
            type fifth
            expect ^(one|two) got fifth
            type sixth
            expect ^(one|two) got sixth
            press ctrl-d
            expect ^(one|two) ends
END
        [ "$status" -eq 0 ]
        each_read 6
    done
}

@test "Ctrl-Z stops two readers, fg continues both, and Ctrl-C ends both" {
    local wrapper
    for wrapper in "${wrappers[@]}"; do
        on_terminal $shell <<END
            expect shell>
            type both $wrapper taker
            $both_are_ready
            $four_lines
            press ctrl-z
            expect ^\[1\]\+ +Stopped
            expect shell>
            until both_are_stopped
            type fg
            expect ^both
            until both_read
            $four_lines
            press ctrl-c
            expect shell>
            until [ \$(takers DRST) -eq 0 ]
            type exit 3
END
        [ "$status" -eq 3 ]
        each_read 8
    done
}

@test "two readers that were started in the background are stopped, and fg lets both read" {
    local wrapper
    for wrapper in "${wrappers[@]}"; do
        on_terminal $shell <<END
            expect shell>
            type both $wrapper taker &
            until both_are_stopped
            type jobs -l
            expect ^\[1\]\+ +[0-9]+ Stopped \(tty input\) +both
            type fg
            expect ^both
            until both_read
            $four_lines
            press ctrl-d
            expect ^(one|two) ends
            type fifth
            expect ^(one|two) got fifth
            press ctrl-d
            expect ^(one|two) ends
            expect shell>
            type exit 3
END
        [ "$status" -eq 3 ]
        each_read 5
    done
}

@test "a hangup ends two readers, stopped or not, below a shell or as the leader of the session" {
    local wrapper begin
    for wrapper in "${wrappers[@]}"; do
        for begin in "type both $wrapper taker" "type both $wrapper taker &"; do
            on_terminal $shell <<END
                expect shell>
                $begin
                until $([[ $begin == *\& ]] && echo both_are_stopped || echo both_read)
                hang-up
                until nobody_is_left
END
            [ "$status" -ne 99 ]
        done
        on_terminal both $wrapper taker <<END
            $both_are_ready
            $four_lines
            hang-up
            until nobody_is_left
END
        [ "$status" -ne 99 ]
    done
}

@test "a hangup ends two programs that never read, below the leader of a session" {
    local wrapper
    for wrapper in "${wrappers[@]}"; do
        on_terminal both $wrapper waiter <<END
            until [ "\$(pgrep -cx sleep --session \$LEADER)" -eq 2 ]
            hang-up
            until nobody_is_left
END
        [ "$status" -ne 99 ]
    done
}
