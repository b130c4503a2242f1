#!/usr/bin/env bats
# Surroundings that take away what a program is used to. What single calls that fail do is in faults/; closed and full
# standard descriptors, inherited masks, a setuid program and a missing /proc have their tests where their chapters are.

load ../helpers
load ../cgroups

setup() {
    # Where others may enter, too, which bats' own folder does not allow.
    shared=$(mktemp -d)
    chmod 755 "$shared"
    cp "$CPPINIT" "$shared/cppinit"
    cp "$FIXTURE" "$shared/fixture"
}

teardown() {
    if [[ -n ${started:-} ]]; then
        kill -KILL "$started" 2>/dev/null || true
        wait "$started" 2>/dev/null || true
    fi
    remove_groups
    rm -r "$shared"
}

# keeps_its_promises MODE PREFIX...: with these words before cppinit the program's end is reported, a signal is forwarded, and
# a leftover that left the group ends by TERM, long before the grace is over.
keeps_its_promises() {
    in_mode "$1"
    shift
    local command=("${before[@]}" "$@" "$shared/cppinit")
    run timeout 60 "${command[@]}" "$shared/fixture" die 12
    echo "$* as ${before[0]-subreaper}: $status: $output"
    [ "$status" -eq 140 ]
    [ -z "$output" ]
    run timeout 10 "${command[@]}" --grace 60s "$shared/fixture" daemon "$shared/fixture" sleep
    [ "$status" -eq 0 ]
    out=$BATS_TEST_TMPDIR/out err=$BATS_TEST_TMPDIR/err
    : >"$out"
    "${command[@]}" "$shared/fixture" record >"$out" 2>"$err" 3>&- </dev/null &
    started=$! init=$!
    eventually holds ready "$out"
    [ ${#before[@]} -eq 0 ] || init=$(child_of "$started")
    kill -40 "$init"
    eventually holds 'signal 40 ' "$out"
    kill -KILL "$(child_of "$init")"
    await 137
}

@test "no system call and no flag newer than Linux 3.4: a filter answers EPERM, or ENOSYS, and EINVAL" {
    local error
    for error in 1 38; do
        keeps_its_promises pid1 "$shared/fixture" old-kernel $error
        keeps_its_promises subreaper "$shared/fixture" old-kernel $error
    done
}

@test "before Linux 4.7 waitid does not know __WALL: orphans are named, and without /proc leftovers get their TERM" {
    local mode
    for mode in pid1 subreaper; do
        in_mode $mode
        run timeout 20 "${before[@]}" "$shared/fixture" old-kernel 38 "$shared/cppinit" -w "$shared/fixture" daemon "$shared/fixture" die 9
        echo "$mode: $status: $output"
        [ "$status" -eq 0 ]
        [[ $output == *"orphan killed 'fixture', pid "*", KILL"* ]]
        # A child with another exit signal, which only wait4 finds there, is not left until nobody else lives.
        run timeout 20 "${before[@]}" "$shared/fixture" silent-child "$shared/fixture" old-kernel 38 "$shared/cppinit" -w sh -c '
            while ps -o stat= --ppid $PPID | grep Z; do sleep 0.01; done'
        echo "$mode: $status: $output"
        [ "$status" -eq 0 ]
    done
    run timeout 20 unshare --mount sh -c 'mount -t tmpfs none /proc; exec "$0" old-kernel 38 "$@"' "$shared/fixture" \
        "$shared/cppinit" --grace 60s "$shared/fixture" leave "$shared/fixture" sleep
    [ "$status" -eq 0 ]
}

@test "a filter that always refuses wait4, or rt_sigtimedwait: cppinit neither spins nor outlives its program" {
    local mode call error wall user system
    for mode in pid1 subreaper; do
        in_mode $mode
        for call in 61 128; do
            # EPERM, EINTR, ECHILD and ENOSYS.
            for error in 1 4 10 38; do
                run timeout 20 bash -c 'TIMEFORMAT="%R %U %S"; time "$@"' bash \
                    "${before[@]}" "$shared/fixture" deny $call $error "$shared/cppinit" sleep 0.5
                echo "call $call, error $error, as $mode: $status: $output"
                [ "$status" -eq 0 ]
                read -r wall user system <<<"$output"
                awk "BEGIN { exit !($wall < 1.5 && $user + $system < 0.25) }"
            done
        done
    done
}

@test "no right but to be: another user, no_new_privs, no capabilities" {
    requires setpriv
    local mode
    for mode in pid1 subreaper; do
        keeps_its_promises $mode setpriv --reuid 65534 --regid 65534 --clear-groups --no-new-privs --bounding-set -all
    done
}

@test "a user namespace of one who is nobody outside" {
    requires setpriv
    keeps_its_promises subreaper setpriv --reuid 65534 --regid 65534 --clear-groups \
        unshare --user --map-root-user
    # The namespace's PID 1, made by who has no rights at all.
    run timeout 60 setpriv --reuid 65534 --regid 65534 --clear-groups \
        unshare --user --map-root-user --pid --fork --kill-child --mount-proc "$shared/cppinit" "$shared/fixture" die 12
    [ "$status" -eq 140 ]
}

@test "a root with one file, read-only, no /proc, no /dev" {
    mkdir "$shared/root"
    cp "$CPPINIT" "$shared/root/cppinit"
    for mode in pid1 subreaper; do
        in_mode $mode
        # cppinit under cppinit: no other program is there.
        run timeout 60 "${before[@]}" unshare --mount sh -c 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" &&
            exec chroot "$0" /cppinit --leftovers=wait -- /cppinit --version' "$shared/root"
        [ "$status" -eq 0 ]
        [[ $output == cppinit* ]]
        run -127 timeout 60 "${before[@]}" unshare --mount sh -c 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" &&
            exec chroot "$0" /cppinit -- nothing' "$shared/root"
    done
}

@test "no processes allowed (RLIMIT_NPROC): 125, and nothing is started" {
    requires setpriv prlimit
    run timeout 60 setpriv --reuid 65533 --regid 65533 --clear-groups prlimit --nproc=1 "$shared/cppinit" "$shared/fixture" die 12
    [ "$status" -eq 125 ]
    [[ $output == "cppinit: "*": Resource temporarily unavailable" ]]
    # One more, for the program.
    run timeout 60 setpriv --reuid 65533 --regid 65533 --clear-groups prlimit --nproc=2 "$shared/cppinit" "$shared/fixture" die 12
    [ "$status" -eq 140 ]
}

@test "no descriptors allowed (RLIMIT_NOFILE 0 and 3)" {
    requires prlimit
    local limit
    for limit in 0 3; do
        # Nobody can look into /proc: as PID 1 the end reaches all the same.
        in_mode pid1
        run timeout 20 "${before[@]}" prlimit --nofile=$limit "$shared/cppinit" --grace 100ms "$shared/fixture" crowd 3
        [ "$status" -eq 0 ]
        [ "$output" = ready ]
        run timeout 20 prlimit --nofile=$limit "$shared/cppinit" "$shared/fixture" die 12
        [ "$status" -eq 140 ]
        [ -z "$output" ]
    done
}

@test "no memory to spare (RLIMIT_AS of 2 MB, RLIMIT_STACK of 64 KB)" {
    requires prlimit
    local mode
    for mode in pid1 subreaper; do
        keeps_its_promises $mode prlimit --as=2097152 --stack=65536 --data=65536
    done
}

@test "the memory cgroup at its limit: the program is killed, 137, and cppinit says so" {
    in_group memory "$(memory_limit)=16777216"
    local mode
    for mode in pid1 subreaper; do
        in_mode $mode
        # tail keeps a line that never ends in memory.
        run enter "$group" timeout 60 "${before[@]}" "$shared/cppinit" -v sh -c 'exec tail /dev/zero'
        [ "$status" -eq 137 ]
        [[ $output == *"program killed"* ]]
    done
}

@test "the pids cgroup full: no program, 125; and once it runs, signals and the end go their way" {
    # cppinit, and nobody else. (timeout is outside.)
    in_group pids pids.max=1
    run timeout 60 bash -c 'echo $$ >"$0/cgroup.procs"; exec "$@"' "$group" "$shared/cppinit" "$shared/fixture" die 12
    [ "$status" -eq 125 ]
    [[ $output == "cppinit: "*": Resource temporarily unavailable" ]]
    echo 8 >"$group/pids.max"
    # breed fills it and ends only by KILL.
    out=$BATS_TEST_TMPDIR/out err=$BATS_TEST_TMPDIR/err
    bash -c 'echo $$ >"$0/cgroup.procs"; exec "$@"' "$group" "$shared/cppinit" --kill-after 100ms "$shared/fixture" breed \
        >"$out" 2>"$err" 3>&- </dev/null &
    started=$! init=$!
    is_full() { [ "$(cat "$group/pids.current")" -ge 8 ]; }
    eventually is_full
    kill -TERM "$init"
    await 137
    is_empty() { [ "$(cat "$group/pids.current")" -eq 0 ]; }
    eventually is_empty
}

@test "the working directory is deleted" {
    mkdir "$shared/gone"
    cd "$shared/gone"
    rmdir "$shared/gone"
    local mode
    for mode in pid1 subreaper; do
        in_mode $mode
        run timeout 60 "${before[@]}" "$shared/cppinit" "$shared/fixture" die 12
        [ "$status" -eq 140 ]
    done
    cd /
}

@test "arguments and environment of 1 MB each" {
    local big
    # One word may have 128 KiB (execve(2), MAX_ARG_STRLEN).
    big=$(head -c 100000 /dev/zero | tr '\0' x)
    local arguments=("$big" "$big" "$big" "$big" "$big" "$big" "$big" "$big" "$big" "$big")
    local number
    for number in 0 1 2 3 4 5 6 7 8 9; do export "BIG_$number=$big"; done
    local mode
    for mode in pid1 subreaper; do
        in_mode $mode
        # Two megabytes want a stack that allows them.
        run bash -c 'ulimit -s unlimited && exec timeout 60 "$@"' bash "${before[@]}" "$shared/cppinit" \
            /bin/bash -c 'printf "%s" "$@" | wc -c; printf "%s" "${!BIG_@}" | wc -c; echo ${#BIG_9}' bash "${arguments[@]}"
        [ "$output" = $'1000000\n50\n100000' ]
    done
    # And as options of cppinit: a word that is wrong is still one line of a message.
    run -125 bash -c 'ulimit -s unlimited && exec "$@"' bash "$shared/cppinit" "--grace=$big" true
    [ "${#lines[@]}" -eq 2 ]
    [ "${#output}" -lt 1000 ]
}

@test "a parent that blocks and ignores every signal" {
    local mode
    for mode in pid1 subreaper; do
        in_mode $mode
        out=$BATS_TEST_TMPDIR/out err=$BATS_TEST_TMPDIR/err
        : >"$out"
        "$shared/fixture" with all all "${before[@]}" "$shared/cppinit" "$shared/fixture" record >"$out" 2>"$err" 3>&- </dev/null &
        started=$! init=$!
        eventually holds ready "$out"
        [ $mode = subreaper ] || init=$(child_of "$started")
        kill -TERM "$init"
        eventually holds 'signal 15 ' "$out"
        kill -KILL "$(child_of "$init")"
        await 137
    done
}

@test "a time namespace: the clocks of cppinit and the starts that /proc shows are set apart from the machine's" {
    # The start of a process says whether it got the TERM with its group. Then it is not sent another.
    out=$BATS_TEST_TMPDIR/out err=$BATS_TEST_TMPDIR/err
    "${default_signals[@]}" unshare --time --monotonic 864000 --boottime 8640000 --fork --kill-child \
        "$shared/cppinit" --grace 20s sh -c '"$0" finish "$1" 200 & wait' "$shared/fixture" "$shared/finished" \
        >"$out" 2>"$err" 3>&- </dev/null &
    started=$!
    eventually holds ready "$out"
    init=$(child_of "$started")
    kill -TERM "$init"
    await 143
    [ "$(cut -d' ' -f1 "$shared/finished")" -eq 1 ]
}

@test "no clock that can be set is read, but for the time of a log line" {
    run grep -rlE 'time_of\(CLOCK_REALTIME|gettimeofday|[^_a-z]time\((nullptr|NULL|0)\)' "$root/src"
    [ "$output" = "$root/src/os/log.cpp" ]
    run grep -rhoE 'CLOCK_[A-Z]+' "$root/src"
    [[ $output == *CLOCK_MONOTONIC* ]]
}
