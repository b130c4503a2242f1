#!/usr/bin/env bats
# The contract's chapter "While it runs": reaping.

load ../helpers

leaves_no_zombie() {
    local mode=$1 count=$2
    mkfifo "$BATS_TEST_TMPDIR/input"
    start "$mode" sh -c '"$0" orphans "$1" <"$2"; exit 5' "$FIXTURE" "$count" "$BATS_TEST_TMPDIR/input"
    exec 9>"$BATS_TEST_TMPDIR/input"
    eventually holds ready "$out"
    none_left() { [ "$(grep -lE "^PPid:[[:space:]]$init\$" /proc/[0-9]*/status 2>/dev/null | xargs -r grep -lE '^State:[[:space:]]Z' 2>/dev/null | wc -l)" -eq 0 ]; }
    eventually none_left
    exec 9>&-
    await 5
}

@test "10,000 orphans leave no zombie, as PID 1" { leaves_no_zombie pid1 10000; }
@test "10,000 orphans leave no zombie, as a subreaper" { leaves_no_zombie subreaper 10000; }

storm_delays_nothing() {
    local mode=$1 how=$2 signal longest
    # WINCH and the last real-time signal have higher numbers than CHLD, TERM a lower one.
    for signal in 28 64 15; do
        run_as "$mode" "$FIXTURE" storm "$how" "$signal" 300
        echo "signal $signal: $output"
        [ "$status" -eq 0 ]
        longest=${output##*longest }
        [ "$longest" -lt 1000000 ]
    done
}

@test "an endless storm of orphans delays no signal, as PID 1" { storm_delays_nothing pid1 orphans; }
@test "an endless storm of orphans delays no signal, as a subreaper" { storm_delays_nothing subreaper orphans; }
@test "an endless storm of signals delays no other signal" { storm_delays_nothing subreaper signals; }

@test "SIGCHLD inherited as ignored: nothing hangs, and the program finds it ignored" {
    local mode
    for mode in "" "unshare --pid --fork --mount-proc"; do
        run timeout 20 $mode "$FIXTURE" with none 17 "$CPPINIT" sh -c 'exit 6'
        [ "$status" -eq 6 ]
        run timeout 20 $mode "$FIXTURE" with none 17 "$CPPINIT" grep SigIgn /proc/self/status
        [ "${output##*[[:space:]]}" = 0000000000010000 ]
    done
}
