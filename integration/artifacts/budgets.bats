#!/usr/bin/env bats
# What cppinit costs, in exact figures. What depends on the machine's speed is measured by ./dev bench instead.

load ../helpers

programs=$root/build/release/bench/bench_programs

@test "the release binary is at most 68 KiB" {
    [ "$(stat -c %s "$CPPINIT")" -le 69632 ]
}

# The environment is empty because the kernel puts it into the same memory (execve(2)), and at an address that is the same
# every time: where a page begins decides how many are touched.
start_idle() {
    setarch --addr-no-randomize env -i "$CPPINIT" sleep 1000 3>&- &
    started=$! init=$!
    eventually waits_for_signals "$init"
}
# 128 is rt_sigtimedwait.
waits_for_signals() { [[ $(cat "/proc/$1/syscall") == 128* ]]; }

@test "an idle cppinit has at most 92 kB resident, at most 20 kB of them private, and no heap" {
    start_idle
    run awk '/^Rss:/ { all += $2 } /^Private_Dirty:/ { own += $2 } /heap/ { heap = 1 } END { print all, own, heap + 0 }' "/proc/$init/smaps"
    read -r all own heap <<<"$output"
    [ "$all" -le 92 ]
    [ "$own" -le 20 ]
    [ "$heap" -eq 0 ]
}

@test "an idle cppinit never wakes up" {
    local mode
    for mode in pid1 subreaper; do
        run_as "$mode" "$FIXTURE" idle 500
        [ "$output" = 0 ]
    done
}

@test "cppinit never allocates memory on the heap" {
    requires strace
    run strace -o "$BATS_TEST_TMPDIR/calls" "$CPPINIT" "$FIXTURE" orphans 50 </dev/null
    [ "$status" -eq 0 ]
    run ! grep -E 'brk|mmap' "$BATS_TEST_TMPDIR/calls"
}

# Once it sleeps, the last line of the trace is the call that has not returned.
calls_until_asleep() {
    asleep() { tail -n 1 "$BATS_TEST_TMPDIR/calls" | grep -q '^rt_sigtimedwait(.*[^)]$'; }
    eventually asleep
    calls=$(($(wc -l <"$BATS_TEST_TMPDIR/calls") - 1))
}

start_traced_recorder() {
    requires strace
    out=$BATS_TEST_TMPDIR/out err=/dev/null
    strace -o "$BATS_TEST_TMPDIR/calls" "$CPPINIT" "$FIXTURE" record >"$out" 3>&- &
    started=$!
    eventually holds ready "$out"
    init=$(child_of "$started")
    calls_until_asleep
}

# forward SIGNAL...: $calls is then what cppinit made for them.
forward() {
    local signal before=$calls
    for signal in "$@"; do
        kill -"$signal" "$init"
        eventually holds "signal $signal " "$out"
        calls_until_asleep
    done
    calls=$((calls - before))
}

@test "cppinit makes at most 18 system calls from exec to its first sleep" {
    start_traced_recorder
    echo "$calls calls to the first sleep"
    [ "$calls" -le 18 ]
}

@test "a forwarded signal costs 2 system calls" {
    start_traced_recorder
    forward 10 12 28 40 64
    [ "$calls" -eq 10 ]
}

@test "a signal that a terminal could have sent costs at most 20 from a sender in the same group, who may be a neighbour" {
    start_traced_recorder
    forward 1 3
    echo "$calls calls for two signals"
    [ "$calls" -le 40 ]
}

# The look for stopped processes is cut into slices of a millisecond, and each slice costs a look at signals: strace makes it slow.
@test "a forwarded stop signal costs at most 80, which read the clock and look for stopped processes in a group of one" {
    start_traced_recorder
    forward 15 2
    echo "$calls calls for two stop signals"
    [ "$calls" -le 160 ]
}

# calls_for_orphans COUNT TIMES: all calls of a cppinit that is left COUNT orphans at the same moment, TIMES times.
calls_for_orphans() {
    requires strace
    timeout 60 strace -c -o "$BATS_TEST_TMPDIR/counts" "$CPPINIT" "$programs" burst "$1" "$2" </dev/null 3>&- >/dev/null
    calls=$(awk '$NF == "total" { print $4 }' "$BATS_TEST_TMPDIR/counts")
    echo "$calls calls for $2 times $1 orphans"
}

@test "10,000 orphans that end together cost at most 1.1 system calls each, with those of cppinit's start and shutdown" {
    calls_for_orphans 10000 1
    [ "$calls" -ge 10000 ]
    [ "$calls" -le 11000 ]
}

@test "an orphan that ends by itself costs 3 system calls, and one in sixteen costs a look at other signals" {
    calls_for_orphans 1 0
    local before=$calls
    calls_for_orphans 1 160
    # The parent of each ends too and wakes cppinit where that finds it before the main child does. Two that cppinit finds at one
    # look share it, so that it can be a few less; half as many would be orphans that did not come one by one.
    [ $((calls - before)) -ge 400 ]
    [ $((calls - before)) -le 520 ]
}
