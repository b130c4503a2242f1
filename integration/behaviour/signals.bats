#!/usr/bin/env bats
# The contract's chapter "While it runs": forwarding.

load behaviour

# All that can be sent and forwarded: not KILL and STOP, which cannot be caught, and not CHLD, which is never forwarded.
forwardable=$(seq 1 64 | grep -vxE '9|17|19')

forwards_each_once() {
    local mode=$1 scope=$2 signal
    start "$mode" "$scope" "$FIXTURE" record
    eventually holds ready "$out"
    kill -CHLD "$init"
    for signal in $forwardable; do
        kill -"$signal" "$init"
        # CONT throws pending stops away, and a stop a pending CONT (signal(7)): each of them has to come through first.
        case $signal in 18 | 20 | 21 | 22) eventually has_received "$signal" ;; esac
    done
    for signal in $forwardable; do eventually has_received "$signal"; done
    # A second one of the last: whatever was sent twice by mistake came before it.
    kill -64 "$init"
    came_twice() { [ "$(received 64)" -eq 2 ]; }
    eventually came_twice
    [ "$(grep -c '^signal' "$out")" -eq 62 ]
    [ "$(received 17)" -eq 0 ]
    [ "$(received 34)" -eq 1 ]
    kill -KILL "$(child_of "$init")"
    await 137
}

@test "each forwardable signal arrives exactly once, as PID 1, to the group" { forwards_each_once pid1 --group; }
@test "each forwardable signal arrives exactly once, as PID 1, to the child" { forwards_each_once pid1 --single-child; }
@test "each forwardable signal arrives exactly once, as a subreaper, to the group" { forwards_each_once subreaper --group; }
@test "each forwardable signal arrives exactly once, as a subreaper, to the child" { forwards_each_once subreaper --single-child; }

@test "real-time signals queue: none of 100 is lost" {
    start subreaper "$FIXTURE" record
    eventually holds ready "$out"
    for _ in $(seq 100); do kill -40 "$init"; done
    all_received() { [ "$(received 40)" -eq 100 ]; }
    eventually all_received
}

@test "the group is reached by --group, the main child alone by --single-child" {
    local scope
    for scope in --group --single-child; do
        start subreaper --grace 0 "$scope" sh -c '"$0" record & exec "$0" record' "$FIXTURE"
        both_ready() { [ "$(grep -c ready "$out")" -eq 2 ]; }
        eventually both_ready
        kill -USR1 "$init"
        kill -USR2 "$init"
        if [ "$scope" = --group ]; then
            all_reached() { [ "$(received 10)" -eq 2 ] && [ "$(received 12)" -eq 2 ]; }
        else
            all_reached() { [ "$(received 12)" -eq 1 ]; }
        fi
        eventually all_reached
        [ "$(received 10)" -eq "$(received 12)" ]
        pkill -KILL -P "$init"
        await 137
    done
}

@test "a main child that has left its group is still reached" {
    start subreaper "$FIXTURE" leave-group
    eventually holds ready "$out"
    kill -HUP "$init"
    eventually has_received 1
}

@test "a main child that has left its group is asked to stop even if others are still in the group" {
    # shellcheck disable=SC2016 # for the shell inside
    start subreaper bash -c '"$0" sleep & exec "$0" leave-group' "$FIXTURE"
    eventually holds ready "$out"
    kill -TERM "$init"
    eventually has_received 15
}

@test "--single-child keeps the value of sigqueue" {
    start subreaper --single-child "$FIXTURE" record
    eventually holds ready "$out"
    "$FIXTURE" send "$init" 4711
    eventually has_received 15
    grep -q '^signal 15 code -1 value 4711 ' "$out"
}

@test "the value of sigqueue does not go with a signal that was held back" {
    start subreaper --single-child --stop-delay 1h "$FIXTURE" record
    eventually holds ready "$out"
    kill -INT "$init"
    let_the_request_pass
    "$FIXTURE" send "$init" 4711
    eventually has_received 15
    grep -q '^signal 2 code 0 value 0 ' "$out"
    grep -q '^signal 15 code -1 value 4711 ' "$out"
}

@test "--rewrite forwards another signal, or none, by name and by number" {
    start subreaper -r TERM:QUIT --rewrite=10:RTMIN+1 -r HUP:none "$FIXTURE" record
    eventually holds ready "$out"
    kill -HUP "$init"
    kill -TERM "$init"
    kill -USR1 "$init"
    eventually has_received 35
    eventually has_received 3
    [ "$(grep -c '^signal' "$out")" -eq 2 ]
}

@test "ABRT, SEGV and FPE from kill are forwarded and do not end cppinit (tini 104)" {
    start subreaper "$FIXTURE" record
    eventually holds ready "$out"
    for signal in ABRT SEGV FPE BUS ILL TRAP SYS; do
        kill -"$signal" "$init"
        eventually has_received "$(kill -l "$signal")"
    done
    kill -0 "$init"
}

@test "a signal within a millisecond of the start is never lost (500 times, as a subreaper)" {
    run timeout 100 "$FIXTURE" early subreaper 500 "$CPPINIT" -- "$FIXTURE" sleep
    [ "$output" = "500 of 500" ]
}

@test "a signal within microseconds of the mask is never lost (500 times, as PID 1)" {
    run timeout 100 "$FIXTURE" early pid1 500 "$CPPINIT" -- "$FIXTURE" sleep
    [ "$output" = "500 of 500" ]
}

@test "a signal that was pending when cppinit was executed reaches the program" {
    out=$BATS_TEST_TMPDIR/out
    "$FIXTURE" with 10 none "$FIXTURE" raise 10 "$CPPINIT" "$FIXTURE" record >"$out" 3>&- &
    started=$!
    eventually has_received 10
}

@test "a setuid program that may not be signalled does not end cppinit (tini 9)" {
    requires setpriv
    # Not below bats' own folder, which others may not enter.
    shared=$(mktemp -d)
    chmod 755 "$shared"
    cp "$FIXTURE" "$shared/fixture" && chmod 4755 "$shared/fixture"
    cp "$CPPINIT" "$shared/cppinit"
    out=$BATS_TEST_TMPDIR/out err=$BATS_TEST_TMPDIR/err
    mkfifo "$BATS_TEST_TMPDIR/input"
    setpriv --reuid 65534 --regid 65534 --clear-groups "$shared/cppinit" "$shared/fixture" become-root \
        <"$BATS_TEST_TMPDIR/input" >"$out" 2>"$err" 3>&- &
    started=$! init=$!
    exec 9>"$BATS_TEST_TMPDIR/input"
    eventually holds ready "$out"
    kill -TERM "$init"
    eventually holds "cannot forward TERM: Operation not permitted" "$err"
    exec 9>&-
    await 42
    rm -r "$shared"
}

@test "a stopped and continued main child has not ended" {
    start subreaper "$FIXTURE" record
    eventually holds ready "$out"
    local child
    child=$(child_of "$init")
    for _ in 1 2 3; do
        kill -STOP "$child"
        eventually is_stopped "$child"
        kill -CONT "$init"
        eventually sleeps "$child"
    done
    kill -0 "$init"
    [ "$(received 18)" -eq 3 ]
}

@test "cppinit itself stopped and continued goes on" {
    start subreaper "$FIXTURE" record
    eventually holds ready "$out"
    kill -STOP "$init"
    eventually is_stopped "$init"
    kill -USR1 "$init"
    kill -CONT "$init"
    eventually has_received 10
}
