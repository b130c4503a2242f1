#!/usr/bin/env bats
# The contract's chapter "Exit code".

load ../helpers

both_modes() {
    local mode
    for mode in pid1 subreaper; do "$@" "$mode" || return 1; done
}

@test "the program's exit code is cppinit's, from 0 to 255" {
    for code in $(seq 0 255); do
        run -"$code" "$CPPINIT" sh -c "exit $code"
    done
}

@test "as PID 1 the program's exit code is cppinit's" {
    for code in 0 1 2 7 125 126 127 128 143 255; do
        expecting=-$code run_as pid1 sh -c "exit $code"
    done
}

# Those that end a process by default (signal(7)), 32 to 64 among them.
deadly="1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 24 25 26 27 29 30 31 $(seq -s ' ' 32 64)"

@test "a program that a signal killed is 128 and the signal" {
    for signal in $deadly; do
        run "$CPPINIT" "$FIXTURE" die "$signal"
        [ "$status" -eq $((128 + signal)) ] || { echo "signal $signal: $status" && false; }
    done
}

@test "as PID 1 a program that a signal killed is 128 and the signal" {
    for signal in 1 6 9 11 15 34 64; do
        run_as pid1 "$FIXTURE" die "$signal"
        [ "$status" -eq $((128 + signal)) ]
    done
}

cannot_execute() {
    local mode=$1
    run_as "$mode" "$BATS_TEST_TMPDIR/plain"
    [ "$status" -eq 126 ]
    [ "$output" = "cppinit: cannot execute '$BATS_TEST_TMPDIR/plain': Permission denied" ]
    run_as "$mode" /
    [ "$status" -eq 126 ]
    run_as "$mode" "$BATS_TEST_TMPDIR/foreign"
    [ "$status" -eq 126 ]
    [[ $output == *"Exec format error" ]]
    run_as "$mode" "$BATS_TEST_TMPDIR/orphaned-script"
    [ "$status" -eq 126 ]
    [[ $output == "cppinit: cannot execute the interpreter of '"*"orphaned-script': No such file or directory" ]]
}

@test "a program that is there and cannot be executed is 126, with its name and the reason" {
    echo text >"$BATS_TEST_TMPDIR/plain"
    printf '\177ELF\2\1\1\0junk' >"$BATS_TEST_TMPDIR/foreign"
    printf '#!/no/such/interpreter\n' >"$BATS_TEST_TMPDIR/orphaned-script"
    chmod +x "$BATS_TEST_TMPDIR/foreign" "$BATS_TEST_TMPDIR/orphaned-script"
    both_modes cannot_execute
}

not_found() {
    local word
    for word in no-such-program /no/such/program ./no-such-program /etc/passwd/program ''; do
        expecting=-127 run_as "$1" "$word"
        [[ $output == "cppinit: cannot execute '$word': "*"directory" ]]
    done
}

@test "a program that is not found, or is the empty string, is 127" {
    both_modes not_found
}

@test "an argument that is the empty string is none of cppinit's business" {
    run "$CPPINIT" printf '<%s>' '' a
    [ "$output" = "<><a>" ]
}

@test "a program that exits 127 at once has not failed to start (catatonit 5)" {
    run -127 "$CPPINIT" sh -c 'exit 127'
    [ -z "$output" ]
}

@test "misuse is 125, one line that names the word, a hint, and nothing is started" {
    run "$CPPINIT" --rewrite TERM:NOPE touch "$BATS_TEST_TMPDIR/started"
    [ "$status" -eq 125 ]
    [ "${lines[0]}" = "cppinit: bad value 'TERM:NOPE' for --rewrite: expected FROM:TO, two signals; TO may be 'none'; CHLD is not allowed, nor KILL or STOP as FROM" ]
    [ "${lines[1]}" = "Try 'cppinit --help'" ]
    [ "${#lines[@]}" -eq 2 ]
    [ ! -e "$BATS_TEST_TMPDIR/started" ]
    CPPINIT_QUIET=perhaps run "$CPPINIT" true
    [ "$status" -eq 125 ]
    [[ ${lines[0]} == *"'perhaps' for CPPINIT_QUIET"* ]]
    run "$CPPINIT"
    [ "$status" -eq 125 ]
    run "$FIXTURE" without-arguments "$CPPINIT"
    [ "$status" -eq 125 ]
}

@test "a process that cannot be made is 125" {
    run "$FIXTURE" deny 56 11 "$CPPINIT" true
    [ "$status" -eq 125 ]
    [ "$output" = "cppinit: cannot make a process: Resource temporarily unavailable" ]
}

@test "--subreaper is fatal where cppinit cannot become one, and only then" {
    run "$FIXTURE" deny 157 1 "$CPPINIT" --subreaper true
    [ "$status" -eq 125 ]
    [ "$output" = "cppinit: cannot become a child subreaper: Operation not permitted" ]
    run "$FIXTURE" deny 157 1 "$CPPINIT" true
    [ "$status" -eq 0 ]
    [ -z "$output" ]
    run_as pid1 --subreaper true
    [ "$status" -eq 0 ]
}

@test "--remap-exit changes the code of an exit and of a death" {
    run "$CPPINIT" -e 143 -e 7:9 "$FIXTURE" die 15
    [ "$status" -eq 0 ]
    run "$CPPINIT" -e 143 -e 7:9 sh -c 'exit 7'
    [ "$status" -eq 9 ]
    CPPINIT_REMAP_EXIT=3:4,5 run "$CPPINIT" sh -c 'exit 3'
    [ "$status" -eq 4 ]
    # The codes of cppinit itself are not the main child's.
    run -127 "$CPPINIT" -e 127 no-such-program
    run -126 "$CPPINIT" -e 126 /
    run -125 "$CPPINIT" -e 125 --bogus
}

@test "the code is the main child's where an unknown child ends first (bubblewrap 146)" {
    run timeout 20 bash -c 'exec "$0" sh -c "while [ -e /proc/\$1 ]; do :; done; exit 9" sh "$1" < <(exit 3)' "$CPPINIT" 999999
    [ "$status" -eq 9 ]
}

@test "help, version and license go to stdout and exit 0" {
    local option
    for option in -h --help -V --version -L -l --license; do
        run --separate-stderr "$CPPINIT" "$option"
        [ "$status" -eq 0 ]
        [ -n "$output" ]
        [ -z "$stderr" ]
    done
    [ "$("$CPPINIT" --license)" = "$(cat "$root/LICENSE")" ]
    run bash -c '"$0" --help >/dev/full' "$CPPINIT"
    [ "$status" -eq 125 ]
}
