#!/usr/bin/env bats
# Which signals mean "stop": --stop-signals, before and after --rewrite, for each option that waits for a stop signal.

load behaviour

# stops SIGNAL NUMBER OPTION...: with these options SIGNAL, which is forwarded as NUMBER, starts the clock of --kill-after, is held
# back by --stop-delay, and ends --leftovers=wait and --pause.
stops() {
    local signal=$1 number=$2 mode
    shift 2
    for mode in $modes; do
        echo "$mode: $signal stops with $*"
        start "$mode" --kill-after 100ms "$@" "$FIXTURE" record
        eventually holds ready "$out"
        kill -"$signal" "$init"
        await 137
        [ "$(received "$number")" -eq 1 ]

        start "$mode" --stop-delay 1h "$@" "$FIXTURE" record
        eventually holds ready "$out"
        kill -"$signal" "$init"
        # The kernel hands the lower number out first.
        kill -64 "$init"
        eventually has_received 64
        [ "$(received "$number")" -eq 0 ]
        kill -KILL "$(child_of "$init")"
        await 137

        rm -f "$BATS_TEST_TMPDIR"/state*
        start "$mode" -v --leftovers=wait "$@" sh -c '"$0" daemon "$0" finish "$1" 0; exit 7' "$FIXTURE" "$BATS_TEST_TMPDIR/state"
        eventually has_exited 7
        eventually is_idle
        kill -"$signal" "$init"
        await 7
        [ "$(terms "$BATS_TEST_TMPDIR/state")" -eq 1 ]

        start "$mode" --pause "$@"
        eventually is_idle
        kill -"$signal" "$init"
        await 0
    done
}

all_have_come() { [ "$(received 64)" -eq "$count" ]; }

# does_not_stop SIGNAL NUMBER OPTION...: nothing of that happens; a NUMBER of 0 is for a signal that is dropped.
does_not_stop() {
    local signal=$1 number=$2 mode count
    shift 2
    for mode in $modes; do
        echo "$mode: $signal does not stop with $*"
        # If it started the clock, the time would be up before the others came.
        start "$mode" --kill-after 1ms "$@" "$FIXTURE" record
        eventually holds ready "$out"
        kill -"$signal" "$init"
        [ "$number" -eq 0 ] || eventually has_received "$number"
        for count in 1 2 3 4 5; do
            kill -64 "$init"
            eventually all_have_come
        done
        kill -KILL "$(child_of "$init")"
        await 137

        start "$mode" --stop-delay 1h "$@" "$FIXTURE" record
        eventually holds ready "$out"
        kill -"$signal" "$init"
        [ "$number" -eq 0 ] || eventually has_received "$number"
        kill -KILL "$(child_of "$init")"
        await 137

        start "$mode" -v --leftovers=wait "$@" sh -c '"$0" daemon "$0" record; exit 7' "$FIXTURE"
        eventually has_exited 7
        eventually is_idle
        kill -"$signal" "$init"
        kill -64 "$init"
        eventually has_received 64
        [ "$(received "$number")" -eq $((number != 0)) ]
        [ "$(received 15)" -eq $((number == 15)) ]
        kill -KILL "$(child_of "$init")"
        await 7

        start "$mode" --pause "$@"
        eventually is_idle
        kill -"$signal" "$init"
        eventually is_idle
        kill -KILL "$init"
        eventually has_ended "$started"
    done
}

@test "TERM and INT stop" {
    stops TERM 15
    stops INT 2
}

@test "QUIT is forwarded and does not stop" { does_not_stop QUIT 3; }

@test "--stop-signals: a signal of the list stops, TERM and INT only if they are in it" {
    stops USR1 10 --stop-signals USR1
    does_not_stop TERM 15 --stop-signals USR1
    does_not_stop INT 2 --stop-signals USR1
    stops TERM 15 --stop-signals USR1,TERM
}

@test "--stop-signals: what images and pods are stopped with: WINCH, PWR, RTMIN+4, QUIT" {
    stops WINCH 28 --stop-signals WINCH
    stops PWR 30 --stop-signals=SIGPWR
    stops RTMIN+4 38 --stop-signals RTMIN+4
    stops QUIT 3 --stop-signals TERM,INT,QUIT
}

@test "--stop-signals: names in any case, with and without SIG, numbers, RTMAX-n" {
    stops USR2 12 --stop-signals hup,usr2,SigPwr
    stops 37 37 --stop-signals 10,37
    stops 61 61 --stop-signals RTMAX-4,RTMAX-3
    does_not_stop 36 36 --stop-signals 35,RTMIN+3
}

@test "CPPINIT_STOP_SIGNALS is the same, the option wins, and if it is empty TERM and INT stop" {
    CPPINIT_STOP_SIGNALS=USR1,WINCH stops WINCH 28
    CPPINIT_STOP_SIGNALS=USR1,WINCH does_not_stop TERM 15
    CPPINIT_STOP_SIGNALS=USR1 stops PWR 30 --stop-signals PWR
    CPPINIT_STOP_SIGNALS=USR1 does_not_stop USR1 10 --stop-signals PWR
    CPPINIT_STOP_SIGNALS='' stops TERM 15
}

@test "--rewrite: a signal of the list stops, whatever it is rewritten to" {
    stops TERM 1 --rewrite TERM:HUP
    stops TERM 10 --rewrite TERM:USR1
    stops INT 3 --rewrite INT:QUIT
    stops USR1 15 --stop-signals USR1 --rewrite USR1:TERM
}

@test "--rewrite: a signal that is rewritten to one of the list stops" {
    stops HUP 15 --rewrite HUP:TERM
    stops USR2 2 --rewrite USR2:INT
    stops HUP 28 --stop-signals WINCH --rewrite HUP:WINCH
}

@test "--rewrite: neither a signal that is dropped stops, nor one that is in the list on neither side" {
    does_not_stop TERM 0 --rewrite TERM:0
    does_not_stop INT 0 --rewrite INT:none
    does_not_stop USR1 0 --stop-signals USR1 --rewrite USR1:0
    does_not_stop HUP 10 --rewrite HUP:USR1
    does_not_stop HUP 15 --stop-signals USR1 --rewrite HUP:TERM
}

@test "--stop-delay: a stop signal of the list is held back and then forwarded as itself" {
    local mode
    for mode in $modes; do
        start "$mode" --stop-delay 300ms --stop-signals PWR "$FIXTURE" record
        eventually holds ready "$out"
        local before=${EPOCHREALTIME/./}
        kill -PWR "$init"
        eventually has_received 30
        [ $(((${EPOCHREALTIME/./} - before) / 1000)) -ge 300 ]
        [ "$(grep -c '^signal' "$out")" -eq 1 ]
        kill -KILL "$(child_of "$init")"
        await 137
    done
}

@test "a second stop request with signals of the list cuts the grace short, and others do not" {
    local mode
    for mode in $modes; do
        start "$mode" -v --grace infinity --stop-signals USR1,PWR "$FIXTURE" crowd 2
        eventually has_exited 0
        kill -TERM "$init"
        kill -INT "$init"
        eventually is_idle
        kill -USR1 "$init"
        eventually is_idle
        insist PWR
        await 0
    done
}

@test "--stop-signals: a word that is no signal is refused in one line that names it, and nothing is started" {
    local word list
    for word in NOPE 0 65 RTMIN+31 -1 TERM:HUP none KILL STOP CHLD; do
        for list in "$word" "TERM,$word" "$word,TERM"; do
            run "$CPPINIT" --stop-signals "$list" touch "$BATS_TEST_TMPDIR/started"
            echo "$list: $output"
            [ "$status" -eq 125 ]
            [[ ${lines[0]} == "cppinit: bad value '"*"$word"*"' for --stop-signals: expected "* ]]
            [ "${lines[1]}" = "Try 'cppinit --help'" ]
            [ "${#lines[@]}" -eq 2 ]
            CPPINIT_STOP_SIGNALS=$list run "$CPPINIT" touch "$BATS_TEST_TMPDIR/started"
            [ "$status" -eq 125 ]
            [[ ${lines[0]} == "cppinit: bad value '"*"$word"*"' for CPPINIT_STOP_SIGNALS: expected "* ]]
        done
    done
    for list in '' ',' 'TERM,' ',TERM' 'TERM,,INT' 'TERM INT' 'TERM, INT'; do
        run "$CPPINIT" --stop-signals "$list" touch "$BATS_TEST_TMPDIR/started"
        echo "$list: $output"
        [ "$status" -eq 125 ]
        [[ ${lines[0]} == "cppinit: bad value '"*"' for --stop-signals: expected "* ]]
    done
    run "$CPPINIT" --stop-signals
    [ "$status" -eq 125 ]
    [[ ${lines[0]} == *"'--stop-signals'"* ]]
    [ ! -e "$BATS_TEST_TMPDIR/started" ]
}
