#!/usr/bin/env bats
# examples/sandbox: one container runs many commands through `docker exec CONTAINER /cppinit --timeout ...`.

load engines

setup_file() {
    heavy_is_wanted || return 0
    requires dockerd docker /bin/busybox
    start_docker
    import_init_images
}

teardown_file() { stop_docker; }

setup() {
    heavy "an engine and 200 commands"
    export SANDBOX=sandbox$BATS_TEST_NUMBER
    "$root/examples/sandbox" start busybox-init
}

teardown() { "$root/examples/sandbox" stop >/dev/null 2>&1 || true; }

# Each kind of command: its exit code and its words.
kinds=(
    "7 exit 7"
    "143 kill -TERM \$\$"
    "127 exec no-such-program"
    # Orphans that end by themselves, and a child that holds the output.
    "5 /fixture orphans 20 </dev/null; exit 5"
    "0 sleep 1000 & exit 0"
    # A daemon, and children that end only by KILL.
    "3 /fixture daemon /fixture sleep; exit 3"
    "4 /fixture crowd 3; exit 4"
    # From here on it hangs: heeding TERM, ignoring it, stopped, and waiting for children of each sort.
    "124 sleep 1000"
    "124 exec /fixture record"
    "124 kill -STOP \$\$"
    "124 setsid sleep 1000 & wait"
    "124 /fixture daemon /fixture record; /fixture chain 5 & exec sleep 1000"
)

# run_one N: the command of that number, in the sandbox. Writes what was wrong with it, and how long it took.
run_one() {
    local kind=${kinds[$1 % ${#kinds[@]}]} code=0 before=${EPOCHREALTIME/./}
    "$root/examples/sandbox" run 1s sh -c "${kind#* }" >"$BATS_TEST_TMPDIR/$1.out" 2>&1 </dev/null || code=$?
    echo "$(((${EPOCHREALTIME/./} - before) / 1000))" >"$BATS_TEST_TMPDIR/$1.ms"
    [ "$code" -eq "${kind%% *}" ] || echo "exit code $code: $kind" >"$BATS_TEST_TMPDIR/$1.wrong"
}

# What is in the container beside its PID 1 and the one who looks, zombies included.
others_in_sandbox() { docker exec "$SANDBOX" /cppinit --ps | grep -vE '^1[[:space:]]|/cppinit --ps|^PID' || true; }

@test "200 commands, many of them hanging: right codes, bounded time, no survivor and no zombie" {
    local n running=0 begun=$SECONDS
    for n in $(seq 200); do
        run_one "$n" 3>&- &
        [ $((++running)) -lt 8 ] || { wait -n && running=$((running - 1)); }
    done
    wait
    cat "$BATS_TEST_TMPDIR"/*.ms | sort -n | awk -v all=$((SECONDS - begun)) '{ ms[NR] = $1 }
        END { printf "%d commands in %d s; a command took %d ms (median), at most %d ms\n", NR, all, ms[int(NR / 2)], ms[NR] }' |
        tee "$BATS_TEST_TMPDIR/timings"
    [ "$(find "$BATS_TEST_TMPDIR" -name '*.ms' | wc -l)" -eq 200 ]
    run cat "$BATS_TEST_TMPDIR"/*.wrong
    [ "$status" -ne 0 ]
    # The limit, the grace, and eight starts at the same time on two cores.
    [ "$(cat "$BATS_TEST_TMPDIR"/*.ms | sort -n | tail -n 1)" -lt 8000 ]
    [ -z "$(others_in_sandbox)" ]
    [ "$(docker inspect -f '{{.State.Running}}' "$SANDBOX")" = true ]
}

@test "a command that kills its own cppinit is reaped by the container's" {
    run "$root/examples/sandbox" run 1s sh -c 'sh -c "kill -KILL \$PPID; exec sleep 0.2" & kill -KILL $PPID; exec sleep 0.3'
    echo $status $output; [ "$status" -eq 137 ]
    nobody_is_left() { [ -z "$(others_in_sandbox)" ]; }
    eventually nobody_is_left
}

@test "without cppinit, a time limit on docker exec ends only the client, and what a command leaves behind stays" {
    run timeout 1 docker exec "$SANDBOX" sleep 1000
    [ "$status" -eq 124 ]
    docker exec "$SANDBOX" sh -c 'sleep 2000 & exit 0'
    others_in_sandbox | grep -q 'sleep 1000'
    others_in_sandbox | grep -q 'sleep 2000'
}
