#!/usr/bin/env bats
# --parent-death: cppinit's parent is a process, not the thread of it that started cppinit.

load ../helpers

count() { grep -cx "$1" "$out" || true; }
# counted TIMES PATTERN: so many lines of the output are of this pattern.
counted() { [ "$(count "$2")" -eq "$1" ]; }

# start_pool OPTION...: six threads of a process start cppinit with these options, and when that runs they end, the first one of the
# process among them; $inits are then the pids. The process ends with end_pool.
start_pool() {
    out=$BATS_TEST_TMPDIR/out
    mkfifo "$BATS_TEST_TMPDIR/input"
    "$FIXTURE" pool 5 "$CPPINIT" "$@" --kill-child "$FIXTURE" record <"$BATS_TEST_TMPDIR/input" >"$out" 2>&1 3>&- &
    started=$!
    exec 8>"$BATS_TEST_TMPDIR/input"
    rm "$BATS_TEST_TMPDIR/input"
    eventually counted 6 ready
    # As long as the threads live the children are spread over them.
    mapfile -t inits < <(cat "/proc/$started/task/"*/children | xargs -n 1)
    echo >&8
    eventually counted 1 'the threads have ended'
}
end_pool() {
    exec 8>&-
    await 0
}

signal_all() { kill "-$1" "${inits[@]}"; }

teardown() {
    exec 8>&- || true
    kill -KILL ${inits[@]+"${inits[@]}"} ${started:+"$started"} 2>/dev/null || true
}

# A signal of a higher number is fetched after all that came before it: what has not been forwarded by then has not come.
nothing_came_before() {
    signal_all "$1"
    eventually counted 6 "signal $1 .*"
}

@test "the end of the thread that started cppinit does nothing, whatever signal was chosen" {
    local signal
    for signal in HUP TERM USR2 CHLD 37 STOP KILL; do
        echo "$signal"
        start_pool -p "$signal"
        nothing_came_before 40
        counted 6 'signal .*'
        signal_all KILL
        end_pool
    done
}

@test "the end of the process reaches each program once, and a child's end later on does not bring it again" {
    local signal
    for signal in 1 15 37; do
        start_pool -p "$signal"
        end_pool
        eventually counted 6 "signal $signal .*"
        signal_all CHLD
        nothing_came_before 41
        counted 6 "signal $signal .*"
        counted 12 'signal .*'
        signal_all KILL
    done
}

@test "a KILL or a STOP that was chosen does to cppinit what it does when the process ends" {
    start_pool -p KILL
    local pid
    end_pool
    for pid in "${inits[@]}"; do eventually has_ended "$pid"; done

    start_pool -p STOP
    end_pool
    is_stopped() { [[ $(process_state "$1") == T ]]; }
    for pid in "${inits[@]}"; do eventually is_stopped "$pid"; done
}

@test "the same signal is forwarded when the parent sends it with kill, once for each time" {
    requires python3
    out=$BATS_TEST_TMPDIR/out
    python3 - "$CPPINIT" -p RTMIN+3 -K "$FIXTURE" record >"$out" 3>&- <<'PARENT'
import os, subprocess, sys, threading, time

def start():
    global cppinit
    cppinit = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, text=True)
    heard("ready")

def heard(beginning):
    line = cppinit.stdout.readline()
    print(line, end="")
    assert line.startswith(beginning), line

thread = threading.Thread(target=start)
thread.start()
thread.join()
try:
    while len(os.listdir("/proc/self/task")) > 1:
        time.sleep(0.001)
    # A real-time signal does not merge with another of its number.
    for _ in range(3):
        cppinit.send_signal(37)
        heard("signal 37 ")
    cppinit.send_signal(40)
    heard("signal 40 ")
finally:
    cppinit.kill()
PARENT
    counted 4 'signal .*'
}

# is_held_in CALL: strace has seen cppinit go into this call, and keeps it there.
is_held_in() { [[ $(tail -n 1 "$BATS_TEST_TMPDIR/calls" 2>/dev/null) == "$1"* ]]; }

@test "a parent that ends between cppinit's look at it and the kernel's being asked is noticed" {
    requires strace
    out=$BATS_TEST_TMPDIR/out
    # strace is the parent. What it traced goes on when it is killed. Nothing ends the program before it is ready.
    strace -o "$BATS_TEST_TMPDIR/calls" -e trace=prctl -e inject=prctl:delay_enter=60s:when=2 \
        "$FIXTURE" with all none "$CPPINIT" -p USR2 -K "$FIXTURE" record >"$out" 3>&- &
    started=$!
    eventually is_held_in 'prctl(PR_SET_PDEATHSIG'
    inits=("$(child_of "$started")")
    kill -KILL "$started"
    eventually holds 'signal 12 ' "$out"
    signal_all 40
    eventually holds 'signal 40 ' "$out"
    counted 2 'signal .*'
}

@test "a parent outside of the PID namespace is watched as well" {
    out=$BATS_TEST_TMPDIR/out
    unshare --pid --fork "$CPPINIT" -p USR2 -K "$FIXTURE" record >"$out" 3>&- &
    started=$!
    eventually holds ready "$out"
    inits=("$(child_of "$started")")
    kill -KILL "$started"
    eventually holds 'signal 12 ' "$out"
}

@test "the death of the reaper that took the parent's place comes as well" {
    out=$BATS_TEST_TMPDIR/out
    # shellcheck disable=SC2016 # for the inner shell
    "$CPPINIT" --leftovers=wait bash -c '"$0" -p USR2 -K "$1" record & echo "$!" >"$2"; exec "$1" sleep' \
        "$CPPINIT" "$FIXTURE" "$BATS_TEST_TMPDIR/pid" >"$out" 3>&- &
    started=$!
    eventually holds ready "$out"
    inits=("$(cat "$BATS_TEST_TMPDIR/pid")")
    kill -KILL "$(child_of "$started" | cut -d ' ' -f 1)"
    eventually counted 1 'signal 12 .*'
    kill -KILL "$started"
    eventually counted 2 'signal 12 .*'
    signal_all KILL
}
