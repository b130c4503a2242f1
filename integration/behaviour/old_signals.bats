#!/usr/bin/env bats
# What a stop signal means later on, once the program has lived on through it: to it, the signal meant something else.

load behaviour

setup() { state=$BATS_TEST_TMPDIR/state; }

# start_survivor MODE SIGNAL OPTION... -- SECONDS LEFTOVER...: cppinit with these options has forwarded SIGNAL, as itself or as HUP, to
# a program that goes on for that long and exits with 7. LEFTOVER is a command of the fixture that the program leaves behind; its output
# is in $state.out. With session=setsid the LEFTOVER is in a session of its own, which SIGNAL does not reach.
start_survivor() {
    local mode=$1 signal=$2 options=()
    shift 2
    while [ "$1" != -- ]; do
        options+=("$1")
        shift
    done
    shift
    rm -f "$state" "$state".*
    # A shell without job control has its background jobs ignore INT and QUIT; bats' own shell is one as well.
    start "$mode" -v "${options[@]}" "$FIXTURE" with none none sh -c '
        fixture=$0 signal=$1 session=$2 out=$3 seconds=$4
        shift 4
        $session "$fixture" with none none "$fixture" "$@" >"$out" &
        trap "echo survived; sleep $seconds; exit 7" "$signal" HUP
        while ! [ -s "$out" ]; do :; done
        echo ready
        while :; do wait; done' "$FIXTURE" "$signal" "${session:-}" "$state.out" "$@"
    eventually holds ready "$out"
    kill -"$signal" "$init"
    eventually holds survived "$out"
}

@test "a leftover that handled QUIT, which is no stop signal, gets its TERM" {
    local mode
    for mode in $modes; do
        start_survivor "$mode" QUIT --grace 300ms -- 0 record
        await 7
        [ "$(received 3 "$state.out")" -eq 1 ]
        [ "$(received 15 "$state.out")" -eq 1 ]
    done
}

@test "a leftover that handled INT longer ago than one grace gets its TERM" {
    local mode
    for mode in $modes; do
        start_survivor "$mode" INT --grace 300ms -- 0.7 record
        await 7
        [ "$(received 2 "$state.out")" -eq 1 ]
        [ "$(received 15 "$state.out")" -eq 1 ]
    done
}

@test "so does one that handled a signal of --stop-signals, or what TERM was rewritten to" {
    local mode
    for mode in $modes; do
        start_survivor "$mode" USR1 --grace 300ms --stop-signals TERM,USR1 -- 0.7 record
        await 7
        [ "$(received 10 "$state.out")" -eq 1 ]
        [ "$(received 15 "$state.out")" -eq 1 ]

        start_survivor "$mode" TERM --grace 300ms --rewrite TERM:HUP -- 0.7 record
        await 7
        [ "$(received 1 "$state.out")" -eq 1 ]
        [ "$(received 15 "$state.out")" -eq 1 ]
    done
}

@test "a leftover that INT reached within the grace is not sent TERM" {
    local mode witness
    for mode in $modes; do
        rm -f "$state" "$state".*
        # The leftover is done with its clean-up when `go` is there. The witness shows when TERM was sent to those that get it.
        start "$mode" --grace 20s "$FIXTURE" with none none sh -c '
            "$0" with none none sh -c '\''
                trap "echo TERM >>\"\$0\"" TERM
                trap "while ! [ -e \"\$0.go\" ]; do :; done; echo INT >>\"\$0\"; exit" INT
                echo ready
                while :; do :; done'\'' "$1" &
            setsid "$0" record >"$1.witness" &
            while ! [ -s "$1.witness" ]; do :; done
            trap "exit 7" INT
            echo ready
            while :; do :; done' "$FIXTURE" "$state"
        eventually two_are_ready
        kill -INT "$init"
        eventually has_received 15 "$state.witness"
        witness=$(pgrep --full --newest -- "^$FIXTURE record")
        kill -KILL "$witness"
        touch "$state.go"
        await 7
        [ "$(cat "$state")" = INT ]
    done
}

@test "TERM counts for good: a leftover that it reached longer ago than one grace is not sent another" {
    local mode
    for mode in $modes; do
        start_survivor "$mode" TERM --grace 1s -- 1.2 finish "$state" 1600
        await 7
        [ "$(terms "$state")" -eq 1 ]
    done
}

@test "a stop signal that the program survived for longer than one grace does not shorten the next" {
    local mode signal
    for mode in $modes; do
        for signal in TERM INT; do
            session=setsid start_survivor "$mode" "$signal" --grace 1s -- 1.2 finish "$state" 400
            eventually has_exited 7
            # It is the first stop request of this end; a second one would have KILL follow.
            kill -TERM "$init"
            await 7
            [ "$(terms "$state")" -eq 1 ]
        done
    done
}

@test "nor does QUIT" {
    local mode
    for mode in $modes; do
        session=setsid start_survivor "$mode" QUIT --grace 20s -- 0 finish "$state" 400
        eventually has_exited 7
        kill -TERM "$init"
        await 7
        [ "$(terms "$state")" -eq 1 ]
    done
}

# goes_on_waiting: cppinit waits for the recorder that was left behind, until a TERM.
goes_on_waiting() {
    eventually has_exited 7
    eventually is_idle
    kill -64 "$init"
    eventually has_received 64 "$state.out"
    [ "$(received 15 "$state.out")" -eq 0 ]
    kill -TERM "$init"
    eventually has_received 15 "$state.out"
    await 7
    [ "$(received 15 "$state.out")" -eq 1 ]
}

@test "--leftovers=wait: a stop signal that the program survived for longer than one grace does not end the wait" {
    local mode
    for mode in $modes; do
        session=setsid start_survivor "$mode" INT --leftovers=wait --grace 300ms -- 0.7 record
        goes_on_waiting
        session=setsid start_survivor "$mode" TERM --leftovers=wait --grace 300ms -- 0.7 record
        goes_on_waiting
    done
}

@test "--leftovers=wait: nor does QUIT" {
    local mode
    for mode in $modes; do
        session=setsid start_survivor "$mode" QUIT --leftovers=wait --grace 300ms -- 0 record
        goes_on_waiting
    done
}

@test "--leftovers=wait: a stop signal that the program ended by within the grace ends the wait" {
    local mode
    for mode in $modes; do
        session=setsid start_survivor "$mode" INT --leftovers=wait --grace 20s -- 0 finish "$state" 100
        await 7
        [ "$(terms "$state")" -eq 1 ]
    done
}
