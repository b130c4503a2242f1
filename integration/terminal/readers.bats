#!/usr/bin/env bats
# Two programs under one parent that both read the terminal take turns, each under a cppinit of its own as without cppinit. Each
# case runs both ways.

load ../helpers
load terminal

setup_file() { requires python3; }
setup() {
    make_programs
    # taker NAME: tells each line that it reads. It reads a line at once: two shells would share the bytes of one.
    program taker <<'END'
exec python3 -c 'import os, sys
say = lambda *words: os.write(1, (" ".join(sys.argv[1:] + list(words)) + "\n").encode())
say("ready")
while line := os.read(0, 1024):
    say("got", line.decode().strip())
say("ends")' "$@"
END
    # both COMMAND...: runs it twice, and ends with the sum of the exit codes. Other than a shell, it gives both the terminal.
    program both <<'END'
exec python3 -c 'import subprocess, sys
running = [subprocess.Popen([*sys.argv[1:], name]) for name in ("one", "two")]
sys.exit(sum(program.wait() for program in running))' "$@"
END
}

# Nothing between the programs and their parent, a cppinit around each, and two.
wrappers=("" "cppinit" "cppinit cppinit" "cppinit --leftovers wait")

# The steps of two who both got a line: each line is read once, and each reads the next but one at the latest.
takes_turns='
    type first
    expect ^(one|two) got first
    type second
    expect ^(one|two) got second
    type third
    expect ^(one|two) got third
    type fourth
    expect ^(one|two) got fourth'

each_got_some() {
    [[ $output == *"one got"* && $output == *"two got"* ]]
    [ "$(grep -cE '(one|two) got' <<<"$output")" -eq "$1" ]
}

both_are_ready='
    expect ^(one|two) ready
    expect ^(one|two) ready
    until [ "$(pgrep -cf "^python3 -c.* (one|two)$" --session $LEADER --runstates S)" -eq 2 ]'

@test "they take turns, and the end of one leaves the terminal to the other" {
    local wrapper
    for wrapper in "${wrappers[@]}"; do
        on_terminal both $wrapper taker <<END
            $both_are_ready
            $takes_turns
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
        each_got_some 6
    done
}
