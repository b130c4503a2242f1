#!/usr/bin/env bats
# --parent-death: cppinit's parent is a process, not the thread of it that started cppinit.

load ../helpers

count() { grep -cx "$1" "$out" || true; }
# counted TIMES PATTERN: the output has exactly that many lines that match.
counted() { [ "$(count "$2")" -eq "$1" ]; }

# start_pool OPTION...: six threads of a process, its first thread among them, start cppinit with these options, and end once the
# programs run. $inits are the pids of the six cppinits. The process lives on until end_pool.
start_pool() {
    out=$BATS_TEST_TMPDIR/out
    mkfifo "$BATS_TEST_TMPDIR/input"
    "$FIXTURE" pool 5 "$CPPINIT" "$@" --kill-child "$FIXTURE" record <"$BATS_TEST_TMPDIR/input" >"$out" 2>&1 3>&- &
    started=$!
    exec 8>"$BATS_TEST_TMPDIR/input"
    rm "$BATS_TEST_TMPDIR/input"
    eventually counted 6 ready
    # Each thread has children of its own (proc(5)), as long as it lives.
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

# forward_last SIGNAL: sends a signal with a number above the others', which cppinit therefore fetches last, and waits until the
# programs have it. What has not reached them by then has not come to cppinit.
forward_last() {
    signal_all "$1"
    eventually counted 6 "signal $1 .*"
}

@test "the end of the thread that started cppinit does nothing, whatever signal was chosen" {
    local signal
    for signal in HUP TERM USR2 CHLD 37 STOP KILL; do
        echo "$signal"
        start_pool -p "$signal"
        forward_last 40
        counted 6 'signal .*'
        signal_all KILL
        end_pool
    done
}

@test "the death of the process reaches each program once, and a later SIGCHLD does not repeat it" {
    local signal
    for signal in 1 15 37; do
        start_pool -p "$signal"
        end_pool
        eventually counted 6 "signal $signal .*"
        signal_all CHLD
        forward_last 41
        counted 6 "signal $signal .*"
        counted 12 'signal .*'
        signal_all KILL
    done
}

@test "KILL and STOP act on cppinit itself when the process dies" {
    start_pool -p KILL
    local pid
    end_pool
    for pid in "${inits[@]}"; do eventually has_ended "$pid"; done

    start_pool -p STOP
    end_pool
    is_stopped() { [[ $(process_state "$1") == T ]]; }
    for pid in "${inits[@]}"; do eventually is_stopped "$pid"; done
}

@test "the chosen signal is forwarded each time that the parent sends it with kill" {
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

# is_held_in CALL: cppinit is about to make this call, and strace holds it there.
is_held_in() { [[ $(tail -n 1 "$BATS_TEST_TMPDIR/calls" 2>/dev/null) == "$1"* ]]; }

@test "a parent that dies just before cppinit asks the kernel to watch it is noticed" {
    requires strace
    out=$BATS_TEST_TMPDIR/out
    # strace is the parent; when it is killed, cppinit goes on. The program starts with all signals blocked, so that none kills it
    # before it is ready.
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

@test "a parent outside the PID namespace is watched as well" {
    out=$BATS_TEST_TMPDIR/out
    unshare --pid --fork "$CPPINIT" -p USR2 -K "$FIXTURE" record >"$out" 3>&- &
    started=$!
    eventually holds ready "$out"
    inits=("$(child_of "$started")")
    kill -KILL "$started"
    eventually holds 'signal 12 ' "$out"
}

@test "when the parent has died, the death of the reaper that took its place is noticed as well" {
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
