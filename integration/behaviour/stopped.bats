#!/usr/bin/env bats
# Programs that are stopped (STOP, Ctrl-Z) when the container has to end, and programs that are not.

load behaviour

scopes="--group --single-child --all"

stop_process() {
    kill -"${2:-STOP}" "$1"
    eventually is_stopped "$1"
}

# start_program MODE WORD...: cppinit with these words; $program is its program, which has said that it is ready.
start_program() {
    start "$@"
    eventually holds ready "$out"
    program=$(child_of "$init")
}

# Says that it is ready and sleeps; bats has what it starts in the background ignore INT.
sleeper=("$FIXTURE" with none none sh -c 'echo ready; exec "$0" sleep' "$FIXTURE")

# has_followed FILE: what was forwarded before has come to this recorder, and what came with it.
has_followed() {
    kill -64 "$init"
    eventually has_received 64 "$@"
}

@test "a stop signal ends a stopped program at once, in each scope" {
    local mode scope
    for mode in $modes; do
        for scope in $scopes; do
            start_program "$mode" "$scope" "${sleeper[@]}"
            stop_process "$program"
            kill -TERM "$init"
            milliseconds await 143
            echo "$mode $scope: $elapsed ms"
            [ "$elapsed" -lt 3000 ]

            start_program "$mode" "$scope" "${sleeper[@]}"
            stop_process "$program"
            kill -INT "$init"
            await 130
        done
    done
}

@test "so does a signal of --stop-signals, one that is rewritten, and one that --stop-delay held back" {
    local mode
    for mode in $modes; do
        start_program "$mode" --stop-signals USR1 "${sleeper[@]}"
        stop_process "$program"
        kill -USR1 "$init"
        await 138

        start_program "$mode" --rewrite TERM:HUP "${sleeper[@]}"
        stop_process "$program"
        kill -TERM "$init"
        await 129

        start_program "$mode" --stop-delay 200ms "${sleeper[@]}"
        stop_process "$program"
        kill -TERM "$init"
        await 143
    done
}

# As a subreaper cppinit would be stopped as a job, together with bats if that is run at a terminal.
@test "a program that stopped as for Ctrl-Z ends as PID 1's child" {
    local scope
    for scope in $scopes; do
        start_program pid1 "$scope" "${sleeper[@]}"
        stop_process "$program" TSTP
        kill -TERM "$init"
        await 143
    done
}

@test "the stop signal comes first: its handler runs before anything else does" {
    requires strace
    local scope
    out=$BATS_TEST_TMPDIR/out err=$BATS_TEST_TMPDIR/err
    for scope in $scopes; do
        : >"$out"
        # After each signal cppinit is held up. A program that is continued first has the time to go on with its work.
        "${default_signals[@]}" strace -o "$BATS_TEST_TMPDIR/calls" -e trace=kill,pidfd_send_signal,rt_sigqueueinfo \
            -e inject=kill,pidfd_send_signal,rt_sigqueueinfo:delay_exit=300000 "$CPPINIT" "$scope" sh -c '
                trap "echo TERM; exit 9" TERM
                trap "echo CONT" CONT
                echo ready
                while ! [ -e "$0" ]; do :; done
                while :; do echo went on; sleep 0.01; done' "$BATS_TEST_TMPDIR/go" >"$out" 2>"$err" 3>&- </dev/null &
        started=$!
        eventually holds ready "$out"
        init=$(child_of "$started")
        program=$(child_of "$init")
        stop_process "$program"
        touch "$BATS_TEST_TMPDIR/go"
        kill -TERM "$init"
        await 9
        [ "$(cat "$out")" = $'ready\nTERM' ]
        rm "$BATS_TEST_TMPDIR/go"
    done
}

@test "without /proc, or with that of another PID namespace, a stop signal ends a stopped program all the same" {
    local hide='mount -t tmpfs none /proc; exec "$@"' before scope
    for before in "unshare --mount" "unshare --mount --pid --fork --kill-child" "unshare --pid --fork --kill-child"; do
        [[ $before == *--mount* ]] || hide='exec "$@"'
        for scope in $scopes; do
            echo "$before: $scope"
            out=$BATS_TEST_TMPDIR/out err=$BATS_TEST_TMPDIR/err
            : >"$out"
            "${default_signals[@]}" $before sh -c "$hide" sh "$CPPINIT" "$scope" "${sleeper[@]}" >"$out" 2>"$err" 3>&- </dev/null &
            started=$! init=$!
            eventually holds ready "$out"
            [[ $before != *--fork* ]] || init=$(child_of "$started")
            stop_process "$(child_of "$init")"
            kill -TERM "$init"
            await 143
        done
    done
}

@test "a stopped program that has left its group goes on as well" {
    local mode
    for mode in $modes; do
        start_program "$mode" "$FIXTURE" leave-group
        stop_process "$program"
        kill -TERM "$init"
        eventually has_received 15
        has_followed
        [ "$(received 15)" -eq 1 ]
        [ "$(received 18)" -eq 1 ]
        kill -KILL "$program"
        await 137
    done
}

@test "a signal that does not stop leaves it stopped: USR1, QUIT, and a HUP that no terminal has sent" {
    local mode scope
    for mode in $modes; do
        for scope in $scopes; do
            start_program "$mode" "$scope" "$FIXTURE" record
            stop_process "$program"
            kill -USR1 "$init"
            kill -QUIT "$init"
            kill -HUP "$init"
            eventually is_idle
            is_stopped "$program"
            kill -CONT "$program"
            eventually has_received 10
            eventually has_received 3
            eventually has_received 1
            has_followed
            [ "$(received 18)" -eq 1 ]
            kill -KILL "$program"
            await 137
        done
    done
}

@test "each stop signal that finds it stopped has it go on" {
    local mode count
    for mode in $modes; do
        start_program "$mode" "$FIXTURE" record
        has_gone_on() { [ "$(received 15)" -eq "$count" ] && [ "$(received 18)" -eq "$count" ]; }
        for count in 1 2 3; do
            stop_process "$program"
            kill -TERM "$init"
            eventually has_gone_on
        done
        # Not stopped any more: TERM alone.
        kill -TERM "$init"
        has_followed
        [ "$(received 15)" -eq 4 ]
        [ "$(received 18)" -eq 3 ]
        kill -KILL "$program"
        await 137
    done
}

# A program that waits for its worker when TERM comes. Says that it is ready, as its worker does.
supervisor='
    $1 sh -c "echo ready; exec \"\$0\" sleep" "$0" &
    worker=$!
    trap : TERM
    echo ready
    while kill -0 "$worker"; do wait; done
    exit 6'

@test "a stopped worker that the stop signal reaches goes on too: one in the group, and with --all any" {
    local mode options session
    for mode in $modes; do
        while read -r options session; do
            echo "$mode $options $session"
            start "$mode" "$options" sh -c "$supervisor" "$FIXTURE" "$session"
            eventually two_are_ready
            stop_process "$(child_of "$(child_of "$init")")"
            kill -TERM "$init"
            await 6
        done <<'END'
--group
--all
--all setsid
END
    done
}

@test "a stopped process that the stop signal does not reach stays stopped until the shutdown" {
    local mode options session worker
    for mode in $modes; do
        while read -r options session; do
            echo "$mode $options $session"
            start "$mode" "$options" --grace 20s sh -c '$1 sh -c "echo ready; exec \"\$0\" sleep" "$0" & exec "$0" record' \
                "$FIXTURE" "$session"
            eventually two_are_ready
            program=$(child_of "$init")
            worker=$(child_of "$program")
            stop_process "$worker"
            kill -TERM "$init"
            eventually has_received 15
            has_followed
            is_stopped "$worker"
            kill -KILL "$program"
            milliseconds await 137
            [ "$elapsed" -lt 3000 ]
        done <<'END'
--group setsid
--single-child
--single-child setsid
END
    done
}

@test "CONT goes to nobody who is not stopped, neither alone nor beside one who is" {
    local mode scope other
    other=$BATS_TEST_TMPDIR/other
    for mode in $modes; do
        for scope in --group --all; do
            start "$mode" "$scope" sh -c '"$0" record >"$1" & exec "$0" record' "$FIXTURE" "$other"
            eventually holds ready "$out"
            eventually holds ready "$other"
            program=$(child_of "$init")
            kill -TERM "$init"
            has_followed
            has_followed "$other"
            [ "$(received 15)" -eq 1 ]
            [ "$(received 15 "$other")" -eq 1 ]
            [ "$(received 18)" -eq 0 ]
            [ "$(received 18 "$other")" -eq 0 ]

            stop_process "$program"
            kill -INT "$init"
            eventually has_received 18
            eventually has_received 2 "$other"
            kill -USR2 "$init"
            eventually has_received 12 "$other"
            [ "$(received 18 "$other")" -eq 0 ]
            kill -KILL "$(child_of "$program")" "$program"
            await 137
        done
    done
}

@test "shutdown: a leftover that was never stopped gets TERM and no CONT" {
    local mode
    for mode in $modes; do
        start "$mode" --grace 300ms sh -c '"$0" daemon "$0" record; exit 7' "$FIXTURE"
        await 7
        [ "$(received 15)" -eq 1 ]
        [ "$(received 18)" -eq 0 ]
    done
}

@test "shutdown: a stopped leftover gets one TERM, goes on, and finishes" {
    local mode
    for mode in $modes; do
        rm -f "$BATS_TEST_TMPDIR"/state*
        milliseconds run_as "$mode" --grace 20s sh -c '
            setsid "$0" finish "$1" 100 >"$1.out" &
            while ! [ -s "$1.out" ]; do :; done
            kill -STOP $!
            while ! grep -q "^State:.T" /proc/$!/status; do :; done
            exit 3' "$FIXTURE" "$BATS_TEST_TMPDIR/state"
        [ "$status" -eq 3 ]
        [ "$elapsed" -lt 3000 ]
        [ "$(terms "$BATS_TEST_TMPDIR/state")" -eq 1 ]
    done
}

@test "shutdown: a leftover that was stopped after TERM had reached it goes on, and is not sent TERM again" {
    local mode state=$BATS_TEST_TMPDIR/state worker
    for mode in $modes; do
        rm -f "$state" "$state".*
        start "$mode" --grace 20s sh -c '
            "$0" finish "$1" 1000 &
            trap "while ! [ -e \"$1.go\" ]; do :; done; exit 7" TERM
            echo ready
            while :; do wait; done' "$FIXTURE" "$state"
        eventually two_are_ready
        worker=$(child_of "$(child_of "$init")")
        kill -TERM "$init"
        eventually is_idle
        eventually has_taken_signals "$worker"
        stop_process "$worker"
        touch "$state.go"
        milliseconds await 7
        [ "$elapsed" -lt 5000 ]
        [ "$(terms "$state")" -eq 1 ]
    done
}
