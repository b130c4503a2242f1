#!/usr/bin/env bats
# A filter at the other end of the program's output reads its end of file and writes the rest: for a tenth of a second after the
# program's end, leftovers are left alone.

load behaviour

rounds=${ROUNDS:-10}

# As a subreaper, where few other processes are: an init that looks at all of a busy machine's first has not sent TERM before the filter
# has ended by itself.
few_others=("${in_pid_namespace[@]}" sh -c '"$@"; exit' sh)

# loses_nothing SCRIPT [READER]: bash runs it under cppinit; it writes 1,000 numbered lines, of which the last is in the file "log".
loses_nothing() {
    local round
    for ((round = 0; round < rounds; ++round)); do
        rm -f "$BATS_TEST_TMPDIR/log"
        run "${few_others[@]}" "$CPPINIT" bash -c "$1" bash "$BATS_TEST_TMPDIR/log"
        [ "$status" -eq 7 ]
        [ "$(${2:-cat} "$BATS_TEST_TMPDIR/log" | tail -n 1)" = 1000 ]
    done
}

@test "tee in a process substitution" {
    loses_nothing 'exec > >(tee "$1"); seq 1000; exit 7'
}

@test "gzip in a process substitution" {
    loses_nothing 'exec > >(gzip >"$1"); seq 1000; exit 7' zcat
}

# On a busy machine it may take longer. Then its TERM comes, but not before the tenth of a second is over.
@test "a loop that needs 50 ms at its end" {
    local round log=$BATS_TEST_TMPDIR/log end=$BATS_TEST_TMPDIR/end ready=$BATS_TEST_TMPDIR/ready
    export log end ready
    cat >"$BATS_TEST_TMPDIR/script" <<'END'
exec > >(
    trap 'echo "TERM after $((${EPOCHREALTIME/./} - $(<"$end"))) us" >"$log"; exit' TERM
    touch "$ready"
    while read -r line; do lines+=$line$'\n'; done
    sleep 0.05
    echo -n "$lines" >"$log"
)
until [ -e "$ready" ]; do sleep 0.01; done
seq 1000
echo "${EPOCHREALTIME/./}" >"$end"
exit 7
END
    for ((round = 0; round < rounds; ++round)); do
        rm -f "$log" "$ready"
        run "${few_others[@]}" "$CPPINIT" bash "$BATS_TEST_TMPDIR/script"
        [ "$status" -eq 7 ]
        tail -n 1 "$log"
        case $(tail -n 1 "$log") in
            1000) ;;
            TERM*) [ "$(tr -cd 0-9 <"$log")" -ge 100000 ] ;;
            *) false ;;
        esac
    done
}

@test "a process substitution for stderr" {
    loses_nothing 'exec 2> >(cat >"$1"); seq 1000 >&2; exit 7'
}

@test "a coprocess" {
    loses_nothing 'coproc cat >"$1"; seq 1000 >&"${COPROC[1]}"; exit 7'
}

@test "cppinit's own stderr in the filter's pipe" {
    local round
    for ((round = 0; round < rounds; ++round)); do
        rm -f "$BATS_TEST_TMPDIR/log"
        run bash -c 'exec > >(cat >"$1") 2>&1; exec "$0" bash -c "seq 1000; exit 7"' "$CPPINIT" "$BATS_TEST_TMPDIR/log"
        [ "$status" -eq 7 ]
        # The filter is the shell's child before cppinit takes its place, and so cppinit's.
        eventually holds $'\n1000' "$BATS_TEST_TMPDIR/log"
    done
}

@test "a filter that needs its end of file gets it where only the program has it for its stderr, as the README says" {
    local round
    for ((round = 0; round < rounds; ++round)); do
        rm -f "$BATS_TEST_TMPDIR/log"
        run "${few_others[@]}" bash -c 'exec > >(gzip >"$1"); exec "$0" sh -c "exec bash -c \"seq 1000 >&2; exit 7\" 2>&1"' \
            "$CPPINIT" "$BATS_TEST_TMPDIR/log"
        [ "$status" -eq 7 ]
        [ "$(zcat "$BATS_TEST_TMPDIR/log" | tail -n 1)" = 1000 ]
    done
}

@test "a daemon that stays costs the end a tenth of a second" {
    start subreaper sh -c 'setsid sleep 1000 & exit 7'
    local before=${EPOCHREALTIME/./}
    await 7
    local elapsed=$(((${EPOCHREALTIME/./} - before) / 1000))
    echo "$elapsed ms"
    [ "$elapsed" -ge 50 ]
    [ "$elapsed" -lt 2000 ]
}

@test "nobody is waited for where nothing is left" {
    run strace -f -e trace=rt_sigtimedwait -o "$BATS_TEST_TMPDIR/calls" "$CPPINIT" true
    # Without a timeout: it slept for the program's end, and for nothing else.
    run ! grep -E 'rt_sigtimedwait.*tv_sec=[1-9]|tv_nsec=[1-9]' "$BATS_TEST_TMPDIR/calls"
}
