#!/usr/bin/env bats
# The contract's chapter "The end": leftovers, the grace, and what forks while it is being killed.

load behaviour

# finish_a_file MODE: a leftover, in a session of its own so that no signal that is forwarded reaches it, needs 0.3 s for its file.
# $late is how many microseconds after its end cppinit exited.
finish_a_file() {
    local file=$BATS_TEST_TMPDIR/$1 now terms done_at
    rm -f "$file" "$file.ready"
    run_as "$1" sh -c 'exec 8>"$1.ready"; setsid "$0" finish "$1" 300 >&8 & while ! [ -s "$1.ready" ]; do :; done; exit 9' "$FIXTURE" "$file"
    now=${EPOCHREALTIME/./}
    [ "$status" -eq 9 ]
    read -r terms done_at <"$file"
    [ "$terms" -eq 1 ]
    late=$((now - done_at))
    echo "$1: $late microseconds from its end to cppinit's exit"
}

@test "a leftover that needs 0.3 s finishes its file, and cppinit exits within 50 ms of its end with the program's code" {
    local mode late rounds
    for mode in $modes; do
        # A busy machine can only make it later: one of five has to be in time.
        late=50000 rounds=0
        until [ $late -lt 50000 ]; do
            [ $((rounds += 1)) -le 5 ]
            finish_a_file "$mode"
        done
    done
}

@test "nobody waits for the grace where nothing is left" {
    local mode
    for mode in $modes; do
        milliseconds run_as "$mode" --grace 20s true
        [ "$elapsed" -lt 1000 ]
        milliseconds run_as "$mode" --grace 20s sh -c 'setsid sleep 1000 & exit 3'
        [ "$status" -eq 3 ]
        [ "$elapsed" -lt 1000 ]
    done
}

@test "a leftover that ignores TERM ends at the grace" {
    local mode
    for mode in $modes; do
        milliseconds run_as "$mode" --grace 600ms "$FIXTURE" crowd 3
        [ "$status" -eq 0 ]
        [ "$elapsed" -ge $((600 / patience)) ]
        [ "$elapsed" -lt 1500 ]
        none_survives "crowd 3"
    done
}

@test "--grace 0 ends it at once" {
    local mode
    for mode in $modes; do
        milliseconds run_as "$mode" --grace 0 "$FIXTURE" crowd 3
        [ "$elapsed" -lt 500 ]
        none_survives "crowd 3"
    done
}

@test "--grace infinity waits for a second stop signal" {
    local mode
    for mode in $modes; do
        start "$mode" -v --grace infinity "$FIXTURE" crowd 2
        eventually holds "exit code 0" "$err"
        # The first one found the leftovers asked already.
        kill -TERM "$init"
        eventually has_taken_signals "$init"
        eventually sleeps "$init"
        [ "$(survivors "crowd 2")" -eq 2 ]
        insist
        await 0
        none_survives "crowd 2"
    done
}

@test "a stopped leftover is continued and ends by TERM" {
    local mode
    for mode in $modes; do
        milliseconds run_as "$mode" --grace 20s sh -c \
            'setsid sleep 1000 & kill -STOP $!; while ! grep -q "^State:.T" /proc/$!/status; do :; done; exit 3'
        [ "$status" -eq 3 ]
        [ "$elapsed" -lt 2000 ]
    done
}

@test "a tree 200 deep: none survives" {
    local mode
    for mode in $modes; do
        milliseconds run_as "$mode" --grace 0 sh -c '"$0" chain 200 >"$1"& while ! [ -s "$1" ]; do :; done; exit 0' "$FIXTURE" "$BATS_TEST_TMPDIR/$mode"
        echo "$mode: $elapsed ms"
        # Most of it is for the making of the tree. A walk for each generation would be 200 of them.
        [ "$elapsed" -lt 10000 ]
        none_survives "chain 200"
    done
}

@test "a tree 200 deep that heeds TERM needs no KILL" {
    local mode
    for mode in $modes; do
        milliseconds run_as "$mode" --grace 20s sh -c \
            'deep() { if [ "$1" -eq 0 ]; then echo ready; exec sleep 1000; fi; (deep $(($1 - 1)); :) ; }
             deep 200 >"$0" & while ! [ -s "$0" ]; do :; done; exit 0' "$BATS_TEST_TMPDIR/$mode"
        # Most of it is for the making of the tree on a busy machine. With a KILL it is the grace at least.
        [ "$elapsed" -lt 15000 ]
    done
}

@test "a wide tree whose parents end by the same TERM: everyone gets it" {
    local mode
    for mode in $modes; do
        for _ in 1 2 3 4 5 6 7 8; do
            milliseconds run_as "$mode" --grace 20s "$FIXTURE" pairs 50 4
            [ "$status" -eq 0 ]
            [ "$elapsed" -lt 2000 ]
        done
    done
}

@test "each process of a tree gets one TERM, while others end before it is their turn and their children move" {
    local mode file=$BATS_TEST_TMPDIR/census
    for mode in $modes; do
        for _ in 1 2 3; do
            rm -f "$file"
            run_as "$mode" --grace 20s "$FIXTURE" census 100 6 "$file"
            [ "$status" -eq 0 ]
            [ "$(sort "$file" | uniq -c | xargs)" = "200 1" ]
        done
    done
}

@test "a leftover whose first thread has ended gets the TERM" {
    local mode
    for mode in $modes; do
        milliseconds run_as "$mode" --grace 20s sh -c 'setsid "$0" headless >"$1" & while ! [ -s "$1" ]; do :; done; exit 7' \
            "$FIXTURE" "$BATS_TEST_TMPDIR/$mode"
        [ "$status" -eq 7 ]
        [ "$elapsed" -lt 2000 ]
    done
}

@test "with a low limit on descriptors everyone gets the TERM all the same" {
    local limit
    for limit in 8 11 40; do
        milliseconds run timeout 60 bash -c 'ulimit -n "$2"; exec "$0" --grace 20s "$1" pairs 20 1' "$CPPINIT" "$FIXTURE" "$limit" 3>&- 4>&-
        [ "$status" -eq 0 ]
        [ "$elapsed" -lt 2000 ]
    done
}

@test "TERM and then INT: a process that got the TERM is not sent another" {
    local mode
    for mode in $modes; do
        start "$mode" sh -c '"$0" finish "$1" 400 & trap : TERM; trap "exit 3" INT; while :; do wait; done' \
            "$FIXTURE" "$BATS_TEST_TMPDIR/$mode"
        eventually holds ready "$out"
        kill -TERM "$init"
        eventually has_taken_signals "$init"
        kill -INT "$init"
        await 3
        [ "$(cut -d' ' -f1 "$BATS_TEST_TMPDIR/$mode")" -eq 1 ]
    done
}

@test "--kill-after goes on for the leftovers of the group, those that fork and end without end too" {
    local mode
    for mode in $modes; do
        start "$mode" --kill-after 300ms --grace 20s sh -c 'trap "exit 5" TERM; "$0" record & while :; do wait; done' "$FIXTURE"
        eventually holds ready "$out"
        kill -TERM "$init"
        await 5
        none_survives record
    done
}

@test "--pause without /proc does not signal its own group" {
    out=$BATS_TEST_TMPDIR/out err=$BATS_TEST_TMPDIR/err
    # A bystander in the group of cppinit that is not below it, and a child of cppinit that keeps it waiting.
    setsid bash -c '("$1" record &)
        exec unshare --mount bash -c "mount -t tmpfs none /proc; \"\$1\" sleep & exec \"\$0\" --pause --grace 0" "$0" "$1"' \
        "$CPPINIT" "$FIXTURE" >"$out" 2>"$err" 3>&- &
    started=$! init=$!
    eventually holds ready "$out"
    is_cppinit() { [ "$(cat "/proc/$init/comm")" = cppinit ]; }
    eventually is_cppinit
    eventually sleeps "$init"
    kill -TERM "$init"
    await 0
    [ "$(cat "$out")" = ready ]
    pkill -KILL -f "^$FIXTURE (record|sleep)"
}

@test "5,000 leftovers at once: none survives" {
    local mode
    for mode in $modes; do
        start "$mode" -v --grace infinity "$FIXTURE" crowd 5000
        eventually holds "exit code 0" "$err"
        kill -TERM "$init"
        eventually has_taken_signals "$init"
        local before=${EPOCHREALTIME/./}
        insist
        await 0
        echo "$mode: 5,000 leftovers ended in $(((${EPOCHREALTIME/./} - before) / 1000)) ms"
        none_survives "crowd 5000"
    done
}

@test "one that forks and ends without end: it does not survive" {
    local mode
    for mode in $modes; do
        for _ in 1 2 3; do
            milliseconds run_as "$mode" --grace 100ms sh -c '"$0" hop >"$1" & while ! [ -s "$1" ]; do :; done; exit 3' "$FIXTURE" "$BATS_TEST_TMPDIR/$mode"
            [ "$status" -eq 3 ]
            [ "$elapsed" -lt 1500 ]
            none_survives hop
        done
    done
}

@test "one that forks for ever and ignores TERM: none survives" {
    local mode
    for mode in $modes; do
        milliseconds run_as "$mode" --grace 100ms sh -c '"$0" breed >"$1" & while ! [ -s "$1" ]; do :; done; exit 3' "$FIXTURE" "$BATS_TEST_TMPDIR/$mode"
        [ "$status" -eq 3 ]
        [ "$elapsed" -lt 1500 ]
        none_survives breed
    done
}

@test "a leftover whose parent died in between is found" {
    local mode
    for mode in $modes; do
        milliseconds run_as "$mode" --grace 20s sh -c '"$0" daemon "$0" finish "$1" 100; exit 4' "$FIXTURE" "$BATS_TEST_TMPDIR/$mode"
        [ "$status" -eq 4 ]
        [ -s "$BATS_TEST_TMPDIR/$mode" ]
    done
}

# stop_when_ready MODE SIGNAL STATUS WORDS...: cppinit with these words gets the signal once something is ready, and ends with the
# status.
stop_when_ready() {
    local signal=$2 expected=$3
    start "$1" "${@:4}"
    eventually holds ready "$out"
    kill "-$signal" "$init"
    await "$expected"
}

# The fixture's "finish" writes how many TERMs it got first.
got_one_term() { [ "$(cut -d' ' -f1 "$1")" -eq 1 ]; }

@test "a worker that got TERM with its group is not sent another (sh -c 'worker & wait')" {
    local mode
    for mode in $modes; do
        stop_when_ready "$mode" TERM 143 sh -c '"$0" finish "$1" 300 & wait' "$FIXTURE" "$BATS_TEST_TMPDIR/$mode"
        got_one_term "$BATS_TEST_TMPDIR/$mode"
    done
}

@test "one outside of the group gets its first TERM at the end" {
    local mode
    for mode in $modes; do
        stop_when_ready "$mode" TERM 143 sh -c 'setsid "$0" finish "$1" 300 & wait' "$FIXTURE" "$BATS_TEST_TMPDIR/$mode"
        got_one_term "$BATS_TEST_TMPDIR/$mode"
    done
}

@test "a background job that ignores INT gets TERM after the INT that ended the program" {
    local mode
    for mode in $modes; do
        # A shell without job control lets its background jobs ignore INT.
        stop_when_ready "$mode" INT 130 --grace 20s sh -c 'sleep 1000 & echo ready; wait'
    done
}

@test "--all reaches what called setsid, and the end sends it no second TERM" {
    local mode
    for mode in $modes; do
        stop_when_ready "$mode" TERM 5 --all sh -c 'trap "exit 5" TERM; setsid "$0" finish "$1" 300 & wait; exit 6' "$FIXTURE" "$BATS_TEST_TMPDIR/$mode"
        got_one_term "$BATS_TEST_TMPDIR/$mode"
    done
}

@test "--all forwards every signal to all, once" {
    local mode
    for mode in $modes; do
        start "$mode" --all sh -c 'setsid "$0" record & exec "$0" record' "$FIXTURE"
        eventually two_are_ready
        kill -USR1 "$init"
        kill -64 "$init"
        all_came() { [ "$(grep -c '^signal 64 ' "$out")" -eq 2 ]; }
        eventually all_came
        [ "$(grep -c '^signal 10 ' "$out")" -eq 2 ]
        kill -KILL "$started" "$init"
        wait "$started" || true
    done
    pkill -KILL -f "$FIXTURE record" || true
}

@test "a sibling outside the tree is never touched, with pids recycled fast" {
    # The limit on pids belongs to the PID namespace since Linux 6.14; before that it would be the machine's.
    local limit before
    before=$(cat /proc/sys/kernel/pid_max)
    limit='echo 400 >/proc/sys/kernel/pid_max'
    unshare --pid --fork --mount-proc bash -c "$limit" || skip "needs a pid_max that can be set"
    if [ "$(cat /proc/sys/kernel/pid_max)" != "$before" ]; then
        echo "$before" >/proc/sys/kernel/pid_max
        skip "needs a pid_max of the namespace's own (Linux 6.14)"
    fi
    run timeout 60 "${in_pid_namespace[@]}" bash -c "$limit"'
        "$1" churn 5000 & sibling=$!
        runs=0
        while kill -0 $sibling 2>/dev/null; do
            "$0" --all --grace 0 sh -c "(sh -c \"sleep 10 & sleep 10\" & ) ; setsid sleep 10 & kill -TERM \$PPID; exit 0" || true
            runs=$((runs + 1))
        done
        echo "$runs runs"
        wait $sibling' "$CPPINIT" "$FIXTURE"
    echo "$output"
    [ "$status" -eq 0 ]
    [[ $output == *" 0 touched"* ]]
}

@test "what cannot be killed delays cppinit by one second, and a warning names it" {
    requires setpriv
    # It may not be signalled. Not below bats' own folder, which others may not enter.
    local mode shared
    shared=$(mktemp -d)
    chmod 755 "$shared"
    cp "$FIXTURE" "$shared/unkillable" && chmod 4755 "$shared/unkillable"
    cp "$CPPINIT" "$shared/cppinit"
    mkfifo "$shared/input" && chmod 666 "$shared/input"
    for mode in $modes; do
        exec 9<>"$shared/input"
        CPPINIT=setpriv start "$mode" --reuid 65534 --regid 65534 --clear-groups "$shared/cppinit" --grace 100ms bash -c \
            'exec 4< <(setsid "$0/unkillable" become-root <"$0/input"); read -r _ <&4; exit 3' "$shared"
        milliseconds await 3
        exec 9>&-
        [ "$elapsed" -ge $((1000 / patience)) ]
        [ "$elapsed" -lt 5000 ]
        [[ $(cat "$err") =~ ^"cppinit: left behind, cannot be killed 'unkillable', pid "[0-9]+$ ]]
    done
    rm -r "$shared"
}

@test "--leftovers=wait: cppinit stays for a daemon, signals reach it, and the code is the program's" {
    local mode
    for mode in $modes; do
        start "$mode" --leftovers=wait sh -c '"$0" daemon "$0" record; exit 7' "$FIXTURE"
        eventually holds ready "$out"
        eventually sleeps "$init"
        kill -HUP "$init"
        eventually holds "signal 1 " "$out"
        pkill -KILL -f "$FIXTURE record"
        await 7
    done
}

@test "--leftovers=wait: a stop signal turns it into terminate" {
    local mode
    for mode in $modes; do
        start "$mode" --leftovers=wait sh -c '"$0" daemon "$0" finish "$1" 100; exit 7' "$FIXTURE" "$BATS_TEST_TMPDIR/$mode"
        eventually holds ready "$out"
        eventually sleeps "$init"
        kill -INT "$init"
        await 7
        [ "$(cut -d' ' -f1 "$BATS_TEST_TMPDIR/$mode")" -eq 1 ]
    done
}

@test "--leftovers=leave: cppinit exits at once and touches nobody" {
    start subreaper --leftovers=leave "$FIXTURE" crowd 1
    await 0
    [ "$(survivors "crowd 1")" -eq 1 ]
    pkill -KILL -f "$FIXTURE crowd 1"
}

@test "--leftovers=leave: a TERM that --all forwards reaches 2,000 processes before cppinit exits" {
    start subreaper --all --leftovers=leave sh -c '"$0" pairs 2000 1; exec "$0" sleep' "$FIXTURE"
    eventually holds ready "$out"
    eventually is_idle
    stop 143
    eventually none_survives "pairs 2000"
}

@test "under dumb-init's name a group of 2,000 gets the TERM that ends it" {
    ln -s "$CPPINIT" "$BATS_TEST_TMPDIR/dumb-init"
    run -0 "$BATS_TEST_TMPDIR/dumb-init" sh -c 'n=0; while [ $n -lt 2000 ]; do "$0" sleep >/dev/null 3>&- & n=$((n + 1)); done' "$FIXTURE"
    eventually none_survives sleep
}

@test "--kill-after: a program that ignores TERM is killed, 137" {
    local mode
    for mode in $modes; do
        start "$mode" --kill-after 300ms "$FIXTURE" record
        eventually holds ready "$out"
        kill -TERM "$init"
        await 137
        run_as "$mode" --kill-after 300ms --remap-exit 137:4 sh -c 'trap "" TERM; kill -TERM $PPID; while :; do sleep 0.05; done'
        [ "$status" -eq 4 ]
    done
}

@test "--stop-delay: the first stop signal waits, others do not" {
    start subreaper --stop-delay 700ms "$FIXTURE" record
    eventually holds ready "$out"
    local before=${EPOCHREALTIME/./}
    kill -TERM "$init"
    kill -HUP "$init"
    eventually holds "signal 1 " "$out"
    run ! holds "signal 15 " "$out"
    eventually holds "signal 15 " "$out"
    [ $(((${EPOCHREALTIME/./} - before) / 1000)) -ge 700 ]
}

@test "--pause reaps what it adopts and exits 0 at a stop signal" {
    local mode
    for mode in $modes; do
        start "$mode" --pause
        eventually sleeps "$init"
        kill -HUP "$init"
        kill -TERM "$init"
        await 0
    done
    run "$CPPINIT" --pause some program
    [ "$status" -eq 125 ]
    [ "${lines[0]}" = "cppinit: unexpected program 'some': --pause does not start one" ]
}

@test "the options of the end have their variables" {
    CPPINIT_GRACE=0 CPPINIT_LEFTOVERS=terminate CPPINIT_ALL=1 milliseconds run_as subreaper "$FIXTURE" crowd 3
    [ "$elapsed" -lt 500 ]
    none_survives "crowd 3"
    CPPINIT_KILL_AFTER=100ms run "$CPPINIT" sh -c 'trap "" TERM; kill -TERM $PPID; while :; do sleep 0.05; done'
    [ "$status" -eq 137 ]
    local pair
    for pair in GRACE=x LEFTOVERS=maybe KILL_AFTER=-1 STOP_DELAY=1d PAUSE=2; do
        run env "CPPINIT_$pair" "$CPPINIT" true
        [ "$status" -eq 125 ]
        [[ ${lines[0]} == "cppinit: bad value '${pair#*=}' for CPPINIT_${pair%%=*}: expected "* ]]
    done
    CPPINIT_PAUSE=1 CPPINIT_PARENT_DEATH=TERM run timeout 20 bash -c '"$0" & kill -TERM $!; wait $!' "$CPPINIT"
    [ "$status" -eq 0 ] || [ "$status" -eq 143 ]
}

@test "without /proc: everything as PID 1, the group as a subreaper" {
    milliseconds run timeout 20 unshare --pid --fork --mount --kill-child bash -c 'mount -t tmpfs none /proc; exec "$0" --grace 0 "$1" crowd 3' "$CPPINIT" "$FIXTURE"
    [ "$status" -eq 0 ]
    [ "$elapsed" -lt 1500 ]
    none_survives "crowd 3"
    milliseconds run timeout 20 unshare --mount bash -c 'mount -t tmpfs none /proc; exec "$0" --grace 20s sh -c "sleep 1000 & exit 4"' "$CPPINIT"
    [ "$status" -eq 4 ]
    [ "$elapsed" -lt 1500 ]
}

@test "without /proc, PID 1 sends TERM to a session of its own though a stop signal has reached the program's group" {
    mkfifo "$BATS_TEST_TMPDIR/ready"
    milliseconds run -143 timeout 30 unshare --pid --fork --mount --kill-child bash -c 'mount -t tmpfs none /proc
        exec "$0" --grace 20s sh -c '"'"'setsid "$0" finish "$1/state" 0 >"$1/ready" & read -r _ <"$1/ready"
            kill -TERM 1; exec "$0" sleep'"'"' "$@"' "$CPPINIT" "$FIXTURE" "$BATS_TEST_TMPDIR"
    [ "$(terms "$BATS_TEST_TMPDIR/state")" -eq 1 ]
    [ "$elapsed" -lt 5000 ]
}

@test "with another PID namespace's /proc nobody outside is touched" {
    "$FIXTURE" record >"$BATS_TEST_TMPDIR/outside" 3>&- &
    local outside=$!
    eventually holds ready "$BATS_TEST_TMPDIR/outside"
    run timeout 20 unshare --pid --fork --kill-child "$CPPINIT" --grace 0 "$FIXTURE" crowd 3
    [ "$status" -eq 0 ]
    none_survives "crowd 3"
    run ! grep signal "$BATS_TEST_TMPDIR/outside"
    kill -KILL "$outside"
}

@test "without pidfds, as before Linux 5.1 and under filters that answer EPERM" {
    local error
    for error in 1 38; do
        milliseconds run timeout 20 "$FIXTURE" deny 424+ "$error" "$CPPINIT" --grace 300ms sh -c '"$0" chain 20 & "$0" crowd 5; exit 3' "$FIXTURE"
        [ "$status" -eq 3 ]
        [ "$elapsed" -lt 2500 ]
        none_survives "crowd 5"
        none_survives "chain 20"
    done
}
