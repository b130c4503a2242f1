#!/usr/bin/env bats
# The contract's chapter "Time limit" (--timeout).

load ../helpers
load ../cgroups

modes="pid1 subreaper"

setup() {
    state=$BATS_TEST_TMPDIR/state
    report=$BATS_TEST_TMPDIR/report.json
}

teardown() {
    if [[ -n ${started:-} ]]; then
        kill -KILL "$init" "$started" 2>/dev/null || true
        wait "$started" 2>/dev/null || true
    fi
    # A failed test may have left them.
    pkill -KILL -f "^$FIXTURE (crowd|record|finish|sleep)" || true
    remove_groups
}

# took_between LEAST LESS_THAN: whether the last `milliseconds` was in this range.
took_between() {
    echo "$elapsed ms, exit code $status: $output"
    [ "$elapsed" -ge "$1" ]
    [ "$elapsed" -lt "$2" ]
}

# How often a file of `record` has the signal.
times_recorded() { grep -c "^signal $1 " "$2" || true; }
has_recorded() { [ "$(times_recorded "$1" "$2")" -gt 0 ]; }

is_cppinit() { [ "$(cat "/proc/$init/comm")" = cppinit ]; }

# ---- the program ends in time ----

@test "a program that ends in time keeps its exit code, and nothing is said" {
    local mode
    for mode in $modes; do
        run_as $mode --timeout 60s sh -c 'exit 3'
        [ "$status" -eq 3 ]
        [ -z "$output" ]
        run_as $mode -T 60s "$FIXTURE" die 15
        [ "$status" -eq 143 ]
        [ -z "$output" ]
        run_as $mode -T 60s sh -c 'kill -TERM $PPID; sleep 60'
        [ "$status" -eq 143 ]
        [ -z "$output" ]
    done
}

@test "waiting for the limit costs no wake-up" {
    local mode
    for mode in $modes; do
        run_as $mode --timeout 60s "$FIXTURE" idle 300
        [ "$status" -eq 0 ]
        [ "$output" = 0 ]
    done
}

@test "leftovers of a program that ended in time are not affected by the limit" {
    local mode
    for mode in $modes; do
        rm -f "$state"
        milliseconds run_as $mode --timeout 200ms --leftovers wait sh -c \
            'setsid sh -c "sleep 0.6; echo over >\"\$0\"" "$0" & exit 5' "$state"
        [ "$status" -eq 5 ]
        [ -z "$output" ]
        [ "$(cat "$state")" = "over" ]
    done
}

@test "a program that could not be started has no time limit" {
    expecting=-127 run_as subreaper --timeout 1ms no-such-program
    [ "${#lines[@]}" -eq 1 ]
    [[ $output == *"cannot execute 'no-such-program'"* ]]
}

# ---- the limit expires ----

@test "a program that heeds TERM ends at the limit, with 124 even if it exits 0" {
    local mode
    for mode in $modes; do
        milliseconds run_as $mode --timeout 300ms --kill-after 20s sh -c 'trap "exit 0" TERM; sleep 60 & wait'
        [ "$status" -eq 124 ]
        took_between 300 2000
        milliseconds run_as $mode --timeout 300ms --kill-after 20s sleep 60
        [ "$status" -eq 124 ]
        took_between 300 2000
    done
}

@test "one warning names the limit and the program, and -q silences it" {
    run_as pid1 --timeout 150ms sleep 60
    echo "$output"
    [ "${#lines[@]}" -eq 1 ]
    [ "$output" = "cppinit: time limit reached, stopping 'sleep': --timeout 150ms" ]
    run_as pid1 --timeout 150ms --log-format json sleep 60
    jq -se 'length == 1 and .[0].level == "warning" and .[0].name == "sleep" and .[0].reason == "--timeout 150ms"' <<<"$output"
    run_as pid1 -q --timeout 150ms sleep 60
    [ "$status" -eq 124 ]
    [ -z "$output" ]
}

@test "a program that ignores TERM is killed --kill-after later, and without that option after the grace" {
    local mode
    for mode in $modes; do
        milliseconds run_as $mode --timeout 200ms --kill-after 400ms --grace 20s "$FIXTURE" record
        [ "$status" -eq 124 ]
        took_between 600 2000
        milliseconds run_as $mode --timeout 200ms --grace 400ms "$FIXTURE" record
        [ "$status" -eq 124 ]
        took_between 600 2000
    done
}

@test "what called setsid, a daemon and a stopped process are gone when cppinit exits" {
    local mode
    for mode in $modes; do
        milliseconds run_as $mode --timeout 1s --grace 300ms sh -c '
            setsid "$0" crowd 2 >"$1.crowd" &
            "$0" daemon "$0" sleep
            "$0" sleep & kill -STOP $!
            until [ -s "$1.crowd" ]; do :; done
            exec "$0" record >"$1"' "$FIXTURE" "$state"
        [ "$status" -eq 124 ]
        took_between 1000 3500
        holds ready "$state"
        none_survives "crowd 2"
        none_survives record
        none_survives sleep
    done
}

@test "a program that was stopped is stopped by the limit all the same" {
    local mode
    for mode in $modes; do
        milliseconds run_as $mode --timeout 800ms --grace 20s sh -c 'trap "echo heeded; exit 0" TERM; kill -STOP $$; sleep 60 & wait'
        [ "$status" -eq 124 ]
        [[ $output == *heeded* ]]
        took_between 800 2500
    done
}

@test "a reader of the program's output has its end of file when cppinit exits" {
    local mode before read_all
    for mode in $modes; do
        in_mode $mode
        read_all() { output=$("${before[@]}" "$CPPINIT" -q --timeout 600ms --grace 100ms \
            sh -c 'setsid "$0" crowd 1 & sleep 60' "$FIXTURE") || status=$?; }
        milliseconds read_all
        [ "$status" -eq 124 ]
        [ "$output" = ready ]
        took_between 600 2500
    done
}

@test "the README's line for Python: the reader waits no longer than the limit, TERM ends everything too, and KILL does not help" {
    local line ways folder=$BATS_TEST_TMPDIR/bin
    mkdir "$folder"
    cp "$CPPINIT" "$folder/cppinit"
    line=$(sed -n 's/^    \(subprocess.run(\["cppinit", .*\)$/\1/p' "$root/README.md")
    # Its child lives in a session of its own, and holds the pipe that is read.
    ways='import subprocess, sys
command = ["sh", "-c", "setsid \"$0\" sleep & echo ready; exec \"$0\" sleep", sys.argv[1]]
def start():
    cppinit = subprocess.Popen(["cppinit", *command], stdout=subprocess.PIPE)
    cppinit.stdout.readline()
    return cppinit
def terminated():
    cppinit = start()
    cppinit.terminate()
    cppinit.communicate()
    return cppinit.returncode
def killed():
    cppinit = start()
    cppinit.kill()
    cppinit.wait()
    try: cppinit.communicate(timeout=0.5)
    except subprocess.TimeoutExpired: return "it hangs"
limit = eval(sys.argv[2].replace("30s", "300ms").replace("\"command\"", "*command"))
print(limit.returncode, terminated(), killed())'
    PATH=$folder:$PATH run -0 --separate-stderr timeout --signal KILL 20 "${default_signals[@]}" "${in_pid_namespace[@]}" python3 -c "$ways" "$FIXTURE" "$line"
    [ "$output" = "124 143 it hangs" ]
}

# ---- together with other options ----

@test "--stop-delay does not hold back the limit's TERM, nor a stop signal that is held back when the limit expires" {
    local mode
    for mode in $modes; do
        milliseconds run_as $mode --timeout 300ms --stop-delay 60s sleep 60
        [ "$status" -eq 124 ]
        took_between 300 2000
        start $mode --timeout 1s --kill-after 300ms --stop-delay 60s "$FIXTURE" record
        eventually holds ready "$out"
        kill -INT "$init"
        await 124
        # The one that was held back is the stop, and the only one.
        [ "$(grep -c '^signal' "$out")" -eq 1 ]
        has_recorded 2 "$out"
    done
}

@test "--rewrite: the limit's TERM is rewritten, and one that is dropped still has its KILL" {
    local mode
    for mode in $modes; do
        run_as $mode -q --timeout 500ms --kill-after 300ms --rewrite TERM:USR1 "$FIXTURE" record
        [ "$status" -eq 124 ]
        [ "${#lines[@]}" -eq 2 ]
        [[ ${lines[1]} == "signal 10 "* ]]
        milliseconds run_as $mode -q --timeout 500ms --kill-after 300ms --rewrite TERM:none "$FIXTURE" record
        [ "$status" -eq 124 ]
        [ "$output" = ready ]
        took_between 800 2500
    done
}

# who_gets_term MODE OPTION...: the program, a member of its group and one that called setsid record what they get while the
# program lives, into $out, $state.member and $state.other.
who_gets_term() {
    rm -f "$state".*
    start "$@" --timeout 1s --kill-after 60s --grace 0 sh -c '
        "$0" record >"$1.member" & setsid "$0" record >"$1.other" &
        until [ -s "$1.member" ] && [ -s "$1.other" ]; do :; done
        exec "$0" record' "$FIXTURE" "$state"
    eventually has_recorded 15 "$out"
    eventually sleeps "$init"
}

end_program() {
    # cppinit lives in a namespace of its own, or not: its first child is the program either way.
    kill -KILL "$(child_of "$init" | head -n 1 | cut -d ' ' -f 1)"
    await 124
}

@test "the limit's TERM goes to the group, with --single-child to the program only, with --all to everything" {
    local mode
    for mode in $modes; do
        who_gets_term $mode
        eventually has_recorded 15 "$state.member"
        run ! has_recorded 15 "$state.other"
        end_program
        who_gets_term $mode --single-child
        run ! has_recorded 15 "$state.member"
        run ! has_recorded 15 "$state.other"
        end_program
        who_gets_term $mode --all
        eventually has_recorded 15 "$state.member"
        eventually has_recorded 15 "$state.other"
        end_program
        [ "$(times_recorded 15 "$state.other")" -eq 1 ]
    done
}

@test "a worker that the limit's TERM reached with its group is not sent another" {
    local mode
    for mode in $modes; do
        run_as $mode -q --timeout 1s --kill-after 20s sh -c '"$0" finish "$1" 400 & trap "exit 0" TERM; wait' "$FIXTURE" "$state"
        [ "$status" -eq 124 ]
        [ "$(cut -d ' ' -f 1 "$state")" -eq 1 ]
    done
}

@test "--leftovers=wait does not wait once the limit has expired, and leave leaves" {
    local mode
    for mode in $modes; do
        milliseconds run_as $mode --timeout 300ms --leftovers wait sh -c 'setsid "$0" sleep & exec sleep 60' "$FIXTURE"
        [ "$status" -eq 124 ]
        took_between 300 2000
        none_survives sleep
    done
    milliseconds run_as subreaper --timeout 300ms --leftovers leave sh -c 'setsid "$0" sleep 3>&- >/dev/null 2>&1 & exec sleep 60' "$FIXTURE"
    [ "$status" -eq 124 ]
    [ "$(survivors sleep)" -eq 1 ]
    pkill -KILL -f "^$FIXTURE sleep"
}

@test "--pause has no program whose time could be limited" {
    local mode since
    for mode in $modes; do
        start $mode --pause --timeout 100ms
        eventually is_cppinit
        since=${EPOCHREALTIME/./}
        eventually has_come $((since + 300000))
        sleeps "$init"
        kill -TERM "$init"
        await 0
        [ ! -s "$err" ]
    done
}

@test "--remap-exit changes 124, and not the code that the program would have had" {
    run_as subreaper -q --timeout 200ms --remap-exit 124:7 sleep 60
    [ "$status" -eq 7 ]
    run_as subreaper -q --timeout 200ms --remap-exit 143:7 sleep 60
    [ "$status" -eq 124 ]
}

# ---- a stop that is under way, and time that stands still ----

@test "a limit that expires while a stop is under way sends nothing twice, and makes the KILL certain" {
    local mode
    for mode in $modes; do
        start $mode --timeout 1s --grace 1200ms "$FIXTURE" record
        eventually holds ready "$out"
        kill -TERM "$init"
        eventually has_recorded 15 "$out"
        # The stop began less than a grace ago. Without the limit there would be no KILL at all.
        await 124
        [ "$(times_recorded 15 "$out")" -eq 1 ]
    done
}

@test "a limit that expires while a stop is under way brings the KILL no later" {
    stop_and_await() {
        start $1 --timeout 900ms --kill-after 1s "$FIXTURE" record
        eventually holds ready "$out"
        kill -TERM "$init"
        await 124
    }
    local mode
    for mode in $modes; do
        milliseconds stop_and_await $mode
        # Counted from the limit it would be 1.9 s at the earliest.
        [ "$elapsed" -lt 1800 ]
    done
}

# stopped_before_limit MODE SIGNAL OPTION...: a program that lives on after SIGNAL, for longer than the grace, has its limit then.
stopped_before_limit() {
    local mode=$1 signal=$2
    shift 2
    start "$mode" --timeout 1500ms --grace 300ms "$@" "$FIXTURE" record
    eventually holds ready "$out"
    kill -"$signal" "$init"
    await 124
}

@test "a TERM that the program survived for longer than one grace is not sent twice, and another stop signal is followed by TERM" {
    local mode
    for mode in $modes; do
        stopped_before_limit $mode TERM
        [ "$(times_recorded 15 "$out")" -eq 1 ]
        stopped_before_limit $mode INT
        [ "$(times_recorded 2 "$out")" -eq 1 ]
        [ "$(times_recorded 15 "$out")" -eq 1 ]
    done
}

@test "a stop that --kill-after is to end is under way for as long as that takes" {
    local mode
    for mode in $modes; do
        milliseconds stopped_before_limit $mode INT --kill-after 2s
        [ "$(grep -c '^signal' "$out")" -eq 1 ]
        # Counted from the limit it would be 3.5 s at the earliest.
        [ "$elapsed" -lt 3400 ]
    done
}

@test "a cppinit that was stopped beyond its limit ends its program once, and gives it all of its time to finish" {
    local mode since
    for mode in $modes; do
        start $mode --timeout 1s --kill-after 600ms "$FIXTURE" record
        eventually holds ready "$out"
        kill -STOP "$init"
        since=${EPOCHREALTIME/./}
        # Longer than the limit and --kill-after together.
        eventually has_come $((since + 2000000))
        run ! has_recorded 15 "$out"
        since=${EPOCHREALTIME/./}
        kill -CONT "$init"
        await 124
        [ "$(times_recorded 15 "$out")" -eq 1 ]
        [ $((${EPOCHREALTIME/./} - since)) -ge 550000 ]
    done
}

@test "a container that was frozen beyond its limit gets one TERM and all of its time to finish" {
    local mode frozen_at thawed_at before
    freezable_group
    milliseconds_since() { echo $(((${EPOCHREALTIME/./} - $1) / 1000)); }
    has_been_frozen() { [ "$(milliseconds_since "$frozen_at")" -gt 2000 ]; }
    for mode in $modes; do
        rm -f "$state"
        in_mode $mode
        # bats itself stays outside.
        bash -c 'echo $$ >"$1/cgroup.procs"; exec 3>&-
            exec "${@:2}"' bash "$group" "${before[@]}" "$CPPINIT" -q --timeout 1s --kill-after 600ms "$FIXTURE" record >"$state" &
        started=$! init=$!
        eventually holds ready "$state"
        freeze
        frozen_at=${EPOCHREALTIME/./}
        # Longer than the limit and --kill-after together.
        eventually has_been_frozen
        run ! has_recorded 15 "$state"
        thawed_at=${EPOCHREALTIME/./}
        thaw
        await 124
        elapsed=$(milliseconds_since "$thawed_at")
        echo "$mode: $elapsed ms after it was thawed"
        [ "$(times_recorded 15 "$state")" -eq 1 ]
        [ "$elapsed" -ge 550 ]
        [ "$elapsed" -lt 2000 ]
    done
}

# ---- how it is said ----

@test "CPPINIT_TIMEOUT is the variable, and the command line wins" {
    CPPINIT_TIMEOUT=200ms run_as subreaper -q sleep 60
    [ "$status" -eq 124 ]
    CPPINIT_TIMEOUT=1ms run_as subreaper -q --timeout 60s sh -c 'sleep 0.1; exit 3'
    [ "$status" -eq 3 ]
    CPPINIT_TIMEOUT='' run_as subreaper sh -c 'exit 3'
    [ "$status" -eq 3 ]
    CPPINIT_TIMEOUT=soon run_as subreaper true
    [ "$status" -eq 125 ]
    [[ $output == *"'soon' for CPPINIT_TIMEOUT"* ]]
}

@test "0, infinity and the maximum duration mean no limit, and what is not a duration is refused" {
    local word
    for word in 0 0s infinity 1000000h; do
        run_as subreaper --timeout $word sh -c 'sleep 0.1; exit 3'
        [ "$status" -eq 3 ]
        [ -z "$output" ]
    done
    for word in 1000001h 99999999999999999999 -1 1d 5x ''; do
        run_as subreaper "--timeout=$word" true
        [ "$status" -eq 125 ]
        [[ ${lines[0]} == *"'$word'"* ]]
    done
}

@test "the report says whether the limit expired" {
    is_valid() { /usr/bin/python3 "$root/integration/fixtures/check_schema.py" "$root/docs/report.schema.json" "$report"; }
    run_as subreaper -q --report "$report" --timeout 200ms sleep 60
    [ "$status" -eq 124 ]
    is_valid
    jq -e '.timed_out == true and .exit_code == 124 and .signal == "TERM" and .wall_ms >= 200' "$report"
    run_as subreaper --report "$report" --timeout 60s sh -c 'exit 124'
    [ "$status" -eq 124 ]
    is_valid
    jq -e '.timed_out == false and .exit_code == 124' "$report"
}

@test "-v ends with the reason" {
    run_as pid1 -v --timeout 200ms sleep 60
    [ "${lines[-1]}" = "cppinit: exiting, exit code 124: the time limit expired, and the program was killed by TERM" ]
    run_as pid1 -v --timeout 200ms sh -c 'trap "exit 5" TERM; sleep 60 & wait'
    [ "${lines[-1]}" = "cppinit: exiting, exit code 124: the time limit expired, and the program exited with 5" ]
    run_as pid1 -v --timeout 200ms --kill-after 100ms "$FIXTURE" record
    [ "${lines[-1]}" = "cppinit: exiting, exit code 124: the time limit expired, and the program was killed by KILL" ]
}

@test "under a peer's name the option does not exist" {
    local name option
    for name in tini dumb-init catatonit; do
        ln -sf "$CPPINIT" "$BATS_TEST_TMPDIR/$name"
        for option in --timeout=60s -T; do
            run "$BATS_TEST_TMPDIR/$name" $option 60s true
            [ "$status" -eq 1 ]
            [[ ${lines[0]} == "$name: "*"${option%%=*}"* ]]
        done
    done
}
