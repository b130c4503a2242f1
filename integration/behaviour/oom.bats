#!/usr/bin/env bats
# The contract's chapter "Why the exit code is 137": the kernel's OOM kills, distinguished from every other KILL. With real memory
# cgroups, of whichever version this machine has.

load ../helpers
load ../cgroups

setup() {
    requires unshare jq
    report=$BATS_TEST_TMPDIR/report.json
    in_group memory "$(memory_limit)=16777216"
}

teardown() { remove_groups; }

# tail keeps a line that never ends in memory.
greedy='tail /dev/zero'

warning="cppinit: the kernel killed the program because memory ran out: raise the memory limit, or let the program use less memory"

# run_in_group MODE WORDS...: run_as, with everything in the memory cgroup.
run_in_group() {
    local before
    in_mode "$1"
    run ${expecting:+"$expecting"} enter "$group" timeout 60 "${before[@]}" "$CPPINIT" "${@:2}"
}

reported_kills() { jq .oom_kills "$report"; }

@test "an OOM kill of the program is a warning, and the report counts those of this run" {
    local mode
    # The cgroup goes on counting from run to run.
    for mode in pid1 subreaper subreaper pid1; do
        run_in_group $mode --report "$report" $greedy
        [ "$status" -eq 137 ]
        [ "$output" = "$warning" ]
        [ "$(reported_kills)" -eq 1 ]
    done
}

@test "without --report only PID 1 warns, because the cgroup of a subreaper has a past" {
    run_in_group pid1 $greedy
    [ "$status" -eq 137 ]
    [ "$output" = "$warning" ]
    run_in_group subreaper $greedy
    [ "$status" -eq 137 ]
    [ -z "$output" ]
}

@test "an OOM kill of another process is in the report, and the program's own exit code is not explained by it" {
    local mode
    for mode in pid1 subreaper; do
        run_in_group $mode --report "$report" sh -c "$greedy; $greedy; exit 3"
        [ "$status" -eq 3 ]
        [[ $output != *memory* ]]
        [ "$(reported_kills)" -eq 2 ]
    done
}

@test "a run without an OOM kill has the count 0, also where the cgroup has counted before" {
    run_in_group subreaper $greedy
    run_in_group subreaper --report "$report" sh -c 'exit 3'
    [ "$status" -eq 3 ]
    [ -z "$output" ]
    [ "$(reported_kills)" -eq 0 ]
    # Nor has one that could not be started.
    expecting=-127 run_in_group subreaper --report "$report" no-such-program
    [ "$(reported_kills)" -eq 0 ]
}

@test "a KILL by somebody else is not blamed on memory" {
    local mode
    for mode in pid1 subreaper; do
        run_in_group $mode --report "$report" "$FIXTURE" die 9
        [ "$status" -eq 137 ]
        [ -z "$output" ]
        [ "$(reported_kills)" -eq 0 ]
    done
    run_in_group pid1 "$FIXTURE" die 9
    [ "$status" -eq 137 ]
    [ -z "$output" ]
}

@test "a KILL by --kill-after or by a rewritten signal is not blamed on memory, even beside an OOM kill" {
    local mode option
    for mode in pid1 subreaper; do
        for option in --kill-after=100ms --rewrite=TERM:KILL; do
            run_in_group $mode --report "$report" $option sh -c "trap '' TERM; $greedy; kill -TERM \$PPID; sleep 60; :"
            [ "$status" -eq 137 ]
            [[ $output != *memory* ]]
            [ "$(reported_kills)" -eq 1 ]
        done
    done
}

@test "-v ends with the reason, in a JSON log as well" {
    run_in_group pid1 -v $greedy
    [ "${lines[-1]}" = "cppinit: exiting, exit code 137: the kernel killed the program because memory ran out" ]
    run_in_group pid1 -v --log-format json $greedy
    jq -e '.event == "exiting" and .exit_code == 137 and .level == "info" and
        .reason == "the kernel killed the program because memory ran out"' <<<"${lines[-1]}"
}

@test "a count that cannot be read is absent, and nothing is blamed on memory" {
    # Below an empty /proc, and where the cgroup is mounted nowhere.
    local hide
    for hide in /proc /sys; do
        run enter "$group" unshare --mount --pid --fork sh -c 'mount -t tmpfs none "$1" && exec "$0" --report "$2" $3' \
            "$CPPINIT" "$hide" "$report" "$greedy"
        [ "$status" -eq 137 ]
        [ -z "$output" ]
        [ "$(reported_kills)" = null ]
    done
}

# The cgroup as a container sees it: this script is run in a mount namespace of its own, with the path of the cgroup and a
# folder with a name that mountinfo escapes.
counted_below() {
    local kind=$1 folder="$BATS_TEST_TMPDIR/a folder \\ with a name"
    shift
    mkdir -p "$folder"
    run enter "$group" timeout 60 unshare --mount "$@" sh -c '
        type=cgroup2 options=none
        [ ! -d /sys/fs/cgroup/memory ] || type=cgroup options=memory
        case $1 in
            bound) mount --bind "$2" "$3" ;;
            mounted) mount -t $type -o $options none "$3" ;;
        esac
        mount -t tmpfs none /sys/fs/cgroup
        exec "$0" --report "$4" $5' "$CPPINIT" "$kind" "$group" "$folder" "$report" "$greedy"
    [ "$status" -eq 137 ]
    [ "$output" = "$warning" ]
    [ "$(reported_kills)" -eq 1 ]
}

@test "the cgroup is found wherever it is mounted, with and without a cgroup namespace" {
    counted_below mounted
    counted_below mounted --cgroup
    # Without a namespace of their own, containers have their part of the hierarchy alone.
    counted_below bound
}

@test "a cgroup with a name that mountinfo escapes is found" {
    group=$group/$'a b\\x2dc:d'
    mkdir "$group"
    groups_made=("$group" "${groups_made[@]}")
    run_in_group subreaper --report "$report" $greedy
    [ "$output" = "$warning" ]
    counted_below bound
}

# in_v2 FILE COMMAND: a PID 1 that /proc shows in the cgroup /pod/app of v2, whose memory.events are at FILE below the
# hierarchy. The machine's memory controller can belong to v1.
in_v2() {
    run timeout 60 unshare --mount --pid --fork --mount-proc sh -c '
        echo 0::/pod/app >"$1/cgroup"
        mount --bind "$1/cgroup" /proc/1/cgroup
        mount -t cgroup2 none /sys/fs/cgroup
        mount -t tmpfs none /sys/fs/cgroup
        mkdir -p /sys/fs/cgroup/pod/app
        events=/sys/fs/cgroup/$2
        export events
        printf "low 0\noom 5\noom_kill 5\noom_group_kill 0\n" >"$events"
        exec "$0" --report "$3" sh -c "$4"' "$CPPINIT" "$BATS_TEST_TMPDIR" "$1" "$report" "$2"
}

@test "in cgroup v2 the count is of memory.events, of the nearest cgroup above that has it" {
    local file
    for file in pod/app/memory.events pod/memory.events memory.events; do
        in_v2 $file 'echo "oom_kill 7" >$events; kill -KILL $$'
        [ "$status" -eq 137 ]
        [ "$output" = "$warning" ]
        [ "$(reported_kills)" -eq 2 ]
    done
    in_v2 pod/app/memory.events 'kill -KILL $$'
    [ -z "$output" ]
    [ "$(reported_kills)" -eq 0 ]
    # Moved to another cgroup, whose count began later.
    in_v2 pod/app/memory.events 'echo "oom_kill 3" >$events; kill -KILL $$'
    [ -z "$output" ]
    [ "$(reported_kills)" = null ]
}

# looks_at_memory WORDS...: how often anything of this command opens one of the files that name its memory cgroup.
looks_at_memory() {
    strace --follow-forks --trace=open,openat --output "$BATS_TEST_TMPDIR/trace" "$@" 2>/dev/null || true
    grep -cE '/proc/self/(cgroup|mountinfo)|/memory\.' "$BATS_TEST_TMPDIR/trace" || true
}

@test "without --report cppinit looks at its cgroup only if it is PID 1 and a KILL that it did not send killed the program" {
    requires strace
    local die
    for die in 'exit 1' 'kill -TERM $$' 'kill -KILL $$'; do
        [ "$(looks_at_memory "$CPPINIT" sh -c "$die")" -eq 0 ]
    done
    for die in 'exit 1' 'kill -TERM $$' 'trap "" TERM; kill -TERM 1; sleep 60; :'; do
        [ "$(looks_at_memory "${in_pid_namespace[@]}" "$CPPINIT" --kill-after 50ms sh -c "$die")" -eq 0 ]
    done
    [ "$(looks_at_memory "$CPPINIT" --report "$report" true)" -gt 0 ]
    [ "$(looks_at_memory "${in_pid_namespace[@]}" "$CPPINIT" sh -c 'kill -KILL $$')" -gt 0 ]
    # Not before the program had ended.
    awk '/killed by SIGKILL/ { is_over = 1 } /self\/cgroup/ { exit !is_over }' "$BATS_TEST_TMPDIR/trace"
}
