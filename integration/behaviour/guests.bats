#!/usr/bin/env bats
# Guests: what has entered the namespace of cppinit from outside, as `docker exec` does it. As PID 1 cppinit gives them TERM and the
# grace, though they are nobody's children in there.

load behaviour

setup() { requires nsenter; }

# enter FILE COMMAND...: a guest in the namespace of $init; its output is in FILE of the test's folder. $shield may hold words that
# run it, as a TERM can come before it is ready.
enter() {
    local output=$BATS_TEST_TMPDIR/$1
    shift
    : >"$output"
    "${shield[@]}" nsenter --target "$init" --pid --mount "$@" >"$output" 3>&- </dev/null &
    entrance=$!
    # bash is not to report that it was killed.
    disown
}

# welcome FILE COMMAND...: the same, and it has said that it is ready; $guest is its pid as seen from here.
welcome() {
    enter "$@"
    eventually holds ready "$BATS_TEST_TMPDIR/$1"
    guest=$(child_of "$entrance")
}

# start_idle_program OPTION...: cppinit as PID 1 with these options; its program ends by TERM.
start_idle_program() {
    start pid1 "$@" sh -c 'echo ready; exec "$0" sleep' "$FIXTURE"
    eventually holds ready "$out"
    program=$(child_of "$init")
}

# finished FILE...: each of these guests, `finish FILE`, got one TERM and was given the time that it takes.
finished() {
    local file
    for file in "$@"; do
        echo "$file: $(terms "$BATS_TEST_TMPDIR/$file") TERM"
        [ "$(terms "$BATS_TEST_TMPDIR/$file")" -eq 1 ]
    done
}

@test "a guest that needs half a second to clean up gets one TERM and finishes" {
    start_idle_program
    welcome out1 "$FIXTURE" finish "$BATS_TEST_TMPDIR/state" 500
    stop 143
    finished state
}

@test "so it does where the program ends by itself, and the code is the program's" {
    mkfifo "$BATS_TEST_TMPDIR/go"
    start pid1 sh -c 'read -r code <"$0"; exit "$code"' "$BATS_TEST_TMPDIR/go"
    welcome out1 "$FIXTURE" finish "$BATS_TEST_TMPDIR/state" 500
    echo 7 >"$BATS_TEST_TMPDIR/go"
    await 7
    finished state
}

@test "cppinit exits within 50 ms of the end of the last guest" {
    local round gaps=()
    for round in 1 2 3 4 5; do
        start_idle_program
        welcome out1 "$FIXTURE" finish "$BATS_TEST_TMPDIR/state" $((200 + 7 * round))
        watch_ends "$init" "$guest"
        stop 143
        gap_of_ends
        gaps+=("$gap")
    done
    echo "# cppinit's end after the guest's: ${gaps[*]} ms" >&3
    [ "$(median "${gaps[@]}")" -lt 50 ]
}

@test "where no guest is left, nobody waits for one" {
    local round gaps=()
    for round in 1 2 3; do
        start_idle_program
        welcome out1 "$FIXTURE" finish "$BATS_TEST_TMPDIR/state" 0
        kill -KILL "$guest"
        eventually has_ended "$entrance"
        watch_ends "$init" "$program"
        stop 143
        gap_of_ends
        gaps+=("$gap")
    done
    echo "# cppinit's end after the program's: ${gaps[*]} ms" >&3
    [ "$(median "${gaps[@]}")" -lt 50 ]
}

@test "guests and leftovers beside each other: each gets one TERM and the same grace" {
    start pid1 sh -c 'setsid "$0" finish "$1" 300 & echo ready; exec "$0" sleep' "$FIXTURE" "$BATS_TEST_TMPDIR/leftover"
    eventually two_are_ready
    welcome out1 "$FIXTURE" finish "$BATS_TEST_TMPDIR/early" 100
    welcome out2 "$FIXTURE" finish "$BATS_TEST_TMPDIR/late" 600
    stop 143
    finished leftover early late
}

@test "what a guest has started, and what it has orphaned, is given time as well" {
    start_idle_program
    welcome out1 sh -c 'setsid "$0" finish "$1" 300 & "$0" daemon "$0" finish "$2" 400; wait' "$FIXTURE" \
        "$BATS_TEST_TMPDIR/child" "$BATS_TEST_TMPDIR/orphan"
    eventually two_are_ready "$BATS_TEST_TMPDIR/out1"
    stop 143
    finished child orphan
}

@test "what guests and leftovers start for their clean-up is not sent TERM, however often cppinit looks for guests" {
    local cleaner='trap "sleep 0.2 && sleep 0.2 && echo clean; exit" TERM; echo ready; while :; do sleep 1000 & wait; done' round
    for round in 1 2 3; do
        start pid1 sh -c 'setsid sh -c "$1" & exec "$0" sleep' "$FIXTURE" "$cleaner"
        eventually holds ready "$out"
        welcome out1 sh -c "$cleaner"
        stop 143
        [ "$(cat "$out")" = $'ready\nclean' ]
        [ "$(cat "$BATS_TEST_TMPDIR/out1")" = $'ready\nclean' ]
    done
}

@test "a guest that ignores everything gets one TERM and nothing else, and is killed at the grace" {
    start_idle_program --grace 600ms
    welcome out1 "$FIXTURE" record
    milliseconds stop 143
    [ "$elapsed" -ge 600 ]
    [ "$elapsed" -lt 2500 ]
    [ "$(received 15 "$BATS_TEST_TMPDIR/out1")" -eq 1 ]
    [ "$(grep -c '^signal' "$BATS_TEST_TMPDIR/out1")" -eq 1 ]
}

@test "--grace 0 gives a guest no time" {
    start_idle_program --grace 0
    welcome out1 "$FIXTURE" record
    milliseconds stop 143
    [ "$elapsed" -lt 2000 ]
}

@test "a second stop request kills the guests" {
    start_idle_program --grace infinity
    welcome out1 "$FIXTURE" record
    kill -TERM "$init"
    eventually has_received 15 "$BATS_TEST_TMPDIR/out1"
    insist
    await 143
}

@test "100 guests: all finish" {
    local number states=()
    start_idle_program
    for number in $(seq 100); do
        states+=("state$number")
        enter "out$number" "$FIXTURE" finish "$BATS_TEST_TMPDIR/state$number" 500
    done
    all_are_ready() { [ "$(cat "$BATS_TEST_TMPDIR"/out[0-9]* | grep -c ready)" -eq 100 ]; }
    eventually all_are_ready
    stop 143
    finished "${states[@]}"
}

@test "100 guests that ignore everything: all are killed at the grace" {
    local number
    start_idle_program --grace 300ms
    for number in $(seq 100); do enter "out$number" "$FIXTURE" record; done
    all_are_ready() { [ "$(cat "$BATS_TEST_TMPDIR"/out[0-9]* | grep -c ready)" -eq 100 ]; }
    eventually all_are_ready
    milliseconds stop 143
    [ "$elapsed" -ge 300 ]
    [ "$elapsed" -lt 4000 ]
}

@test "a guest that arrives while cppinit is shutting down gets its TERM and the rest of the grace" {
    start_idle_program --grace 20s
    welcome out1 "$FIXTURE" finish "$BATS_TEST_TMPDIR/first" 1500
    watch_ends "$init" "$guest"
    kill -TERM "$init"
    eventually has_ended "$program"
    # A witness shows when the first TERM was sent.
    local shield=("$FIXTURE" with 15 none)
    welcome out2 "$FIXTURE" record
    eventually has_received 15 "$BATS_TEST_TMPDIR/out2"
    local witness=$guest
    welcome out3 "$FIXTURE" finish "$BATS_TEST_TMPDIR/second" 200
    kill -KILL "$witness"
    await 143
    finished first second
}

# linger FILE WORD...: a guest that does not execute these words before a line was written into $go, as the part of an engine that
# enters a container is there for a while before it becomes the guest's command. Its code comes from `wait $lingering`.
linger() {
    local output=$BATS_TEST_TMPDIR/$1
    shift
    go=$BATS_TEST_TMPDIR/go
    mkfifo "$go"
    "$FIXTURE" enter "$init" "$go" "$@" >"$output" 3>&- </dev/null &
    lingering=$!
    eventually holds entered "$output"
}

@test "a guest that has not executed its program yet gets its TERM only when it has" {
    start_idle_program --grace 20s
    linger out1 "$FIXTURE" finish "$BATS_TEST_TMPDIR/state" 0
    # A witness shows that cppinit has looked for guests.
    welcome out2 "$FIXTURE" record
    kill -TERM "$init"
    eventually has_received 15 "$BATS_TEST_TMPDIR/out2"
    echo go 1<>"$go"
    wait "$lingering"
    kill -KILL "$guest"
    await 143
    finished state
}

@test "a guest that executes no program gets its TERM all the same" {
    start_idle_program --grace 20s
    linger out1 "$FIXTURE" record
    local code=0
    milliseconds stop 143
    wait "$lingering" || code=$?
    [ "$code" -eq 143 ]
    [ "$elapsed" -lt 5000 ]
}

@test "guests that arrive without end do not hold cppinit longer than the grace" {
    start_idle_program --grace 500ms
    touch "$BATS_TEST_TMPDIR/arrivals"
    (while [ -e "$BATS_TEST_TMPDIR/arrivals" ]; do
        nsenter --target "$init" --pid --mount "$FIXTURE" record >/dev/null 2>&1 &
        read -rt 0.02 <> <(:) || true
    done) 3>&- &
    local arrivals=$!
    welcome out1 "$FIXTURE" record
    milliseconds stop 143
    rm "$BATS_TEST_TMPDIR/arrivals"
    wait "$arrivals" || true
    [ "$elapsed" -lt 4000 ]
}

# nsenter is stopped together with what it runs, but not with a child of that.
@test "what is stopped below a guest gets its TERM and goes on" {
    local child
    start_idle_program --grace 20s
    welcome out1 sh -c '"$0" finish "$1" 100 & trap : TERM; while kill -0 $!; do wait; done' "$FIXTURE" "$BATS_TEST_TMPDIR/state"
    child=$(child_of "$guest")
    kill -STOP "$child"
    eventually is_stopped "$child"
    milliseconds stop 143
    [ "$elapsed" -lt 5000 ]
    finished state
}

@test "an interactive bash, which ignores TERM, ends by HUP and does not delay the stop by more than 250 ms" {
    local round gaps=()
    # A busy machine makes single ones longer.
    for round in $(seq 10); do
        start_idle_program --grace 20s
        welcome out1 "${interactive_shell[@]}"
        watch_ends "$init" "$program"
        stop 143
        gap_of_ends
        gaps+=("$gap")
        # The one that keeps its terminal leads no session with one.
        [ "$(cat "$BATS_TEST_TMPDIR/out1")" = $'ready\nsignal 15\nended -1' ]
        [ "$gap" -ge 250 ] || break
    done
    echo "# cppinit's end after the program's: ${gaps[*]} ms" >&3
    [ "$gap" -lt 250 ]
}

@test "--all: what was forwarded to a guest is not sent a second time" {
    start_idle_program --all
    welcome out1 "$FIXTURE" finish "$BATS_TEST_TMPDIR/state" 500
    stop 143
    finished state
}

@test "--kill-after is about the program and its group: guests have the grace" {
    start_idle_program --kill-after 100ms
    welcome out1 "$FIXTURE" finish "$BATS_TEST_TMPDIR/state" 700
    stop 143
    finished state
}

@test "--pause: a guest finishes, and the code is 0" {
    start pid1 --pause
    eventually is_idle
    welcome out1 "$FIXTURE" finish "$BATS_TEST_TMPDIR/state" 500
    stop 0
    finished state
}

@test "--leftovers=wait does not wait for guests" {
    mkfifo "$BATS_TEST_TMPDIR/go"
    start pid1 --leftovers=wait sh -c 'read -r code <"$0"; exit "$code"' "$BATS_TEST_TMPDIR/go"
    welcome out1 "$FIXTURE" record
    echo 7 >"$BATS_TEST_TMPDIR/go"
    milliseconds await 7
    [ "$elapsed" -lt 3000 ]
}

@test "--leftovers=wait: once a stop signal has turned it into terminate, guests are given time" {
    start pid1 -v --leftovers=wait sh -c '"$0" daemon "$0" finish "$1" 100; exit 7' "$FIXTURE" "$BATS_TEST_TMPDIR/leftover"
    eventually has_exited 7
    eventually is_idle
    welcome out1 "$FIXTURE" finish "$BATS_TEST_TMPDIR/state" 500
    stop 7
    finished leftover state
}

@test "--leftovers=leave does not wait for guests" {
    start_idle_program --leftovers=leave
    welcome out1 "$FIXTURE" record
    milliseconds stop 143
    [ "$elapsed" -lt 3000 ]
    run ! grep -q '^signal' "$BATS_TEST_TMPDIR/out1"
}

@test "without /proc a guest finishes all the same" {
    out=$BATS_TEST_TMPDIR/out err=$BATS_TEST_TMPDIR/err
    : >"$out"
    "${default_signals[@]}" unshare --pid --fork --kill-child --mount sh -c 'mount -t tmpfs none /proc; exec "$@"' sh \
        "$CPPINIT" sh -c 'echo ready; exec "$0" sleep' "$FIXTURE" >"$out" 2>"$err" 3>&- </dev/null &
    started=$!
    eventually holds ready "$out"
    init=$(child_of "$started")
    welcome out1 "$FIXTURE" finish "$BATS_TEST_TMPDIR/state" 500
    stop 143
    finished state
}

@test "guests that come and go wake cppinit up 0 times while the program runs" {
    requires strace
    local calls=$BATS_TEST_TMPDIR/calls number
    start pid1 "$FIXTURE" record
    eventually holds ready "$out"
    eventually is_idle
    strace -p "$init" -o "$calls" 2>"$BATS_TEST_TMPDIR/strace" 3>&- &
    local strace=$!
    # The arrival of strace interrupts a call. After a signal that was forwarded, the last line is the next call, which has not
    # returned.
    waits_in_next_call() { grep -q '^kill(' "$calls" && ! tail -n 1 "$calls" | grep -q ' = '; }
    attached() { [ -s "$calls" ]; }
    eventually attached
    kill -HUP "$init"
    eventually waits_in_next_call
    local before
    before=$(cat "$calls")
    for number in 1 2 3 4 5; do
        welcome "out$number" "$FIXTURE" record
        kill -USR1 "$guest"
        eventually has_received 10 "$BATS_TEST_TMPDIR/out$number"
        kill -KILL "$guest"
        eventually has_ended "$entrance"
    done
    [ "$(cat "$calls")" = "$before" ]
    kill -USR2 "$init"
    eventually has_received 12
    [ "$(cat "$calls")" != "$before" ]
    kill -TERM "$strace"
    eventually has_ended "$strace"
    kill -KILL "$(child_of "$init")"
    await 137
}
