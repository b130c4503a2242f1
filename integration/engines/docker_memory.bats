#!/usr/bin/env bats
# The contract's chapter "Why the exit code is 137" in containers of the Docker Engine with a memory limit.
# bats file_tags=controllers

load engines

setup_file() {
    requires dockerd docker /bin/busybox jq
    start_docker
    import_init_images
}

teardown_file() { stop_docker; }

setup() {
    container=c$BATS_TEST_NUMBER
    volume=$BATS_TEST_TMPDIR/volume
    mkdir "$volume"
}

engine() {
    docker rm -f "$container" >/dev/null 2>&1 || true
    command=(docker run --network none --name "$container" --memory 16m -v "$volume:/work" "${options[@]}" busybox-init "$@")
}
engine_remove() { docker rm -f "$container"; }

# busybox' tail keeps a line that never ends in memory.
greedy='tail /dev/zero'

warns_of_memory() { [[ $stderr == *"cppinit: the kernel killed the program because memory ran out"* ]]; }
with_report() { options=(-e CPPINIT_REPORT=/work/report.json); }
reported_kills() { jq .oom_kills "$volume/report.json"; }

@test "docker run --memory: an OOM kill of the program is a warning, with and without a report" {
    in_engine $greedy
    [ "$status" -eq 137 ]
    warns_of_memory
    with_report
    in_engine $greedy
    [ "$status" -eq 137 ]
    warns_of_memory
    [ "$(reported_kills)" -eq 1 ]
}

@test "docker run --memory: the engine says the same" {
    # It hears of it by an event that it sometimes misses (https://github.com/containerd/containerd/issues/8893).
    both_say_so() {
        in_engine $greedy
        warns_of_memory && [ "$(docker inspect -f '{{.State.OOMKilled}}' "$container")" = true ]
    }
    eventually both_say_so
}

@test "docker run --memory: an OOM kill of the program's child is in the report" {
    with_report
    in_engine sh -c "$greedy; exit 3"
    [ "$status" -eq 3 ]
    run ! warns_of_memory
    [ "$(reported_kills)" -eq 1 ]
}

@test "docker run --memory: a KILL by somebody else is not blamed on memory" {
    with_report
    launch sh -c 'echo $$ >/work/pid; echo ready; exec sleep 1000'
    eventually holds ready "$out"
    docker exec "$container" kill -KILL "$(cat "$volume/pid")"
    await 137
    run ! holds memory "$err"
    [ "$(reported_kills)" -eq 0 ]
}

@test "docker run --memory --cgroupns: the count is found with a cgroup namespace and without" {
    local namespace
    for namespace in private host; do
        with_report
        options+=(--cgroupns "$namespace")
        in_engine $greedy
        [ "$status" -eq 137 ]
        warns_of_memory
        [ "$(reported_kills)" -eq 1 ]
    done
}

@test "docker run --restart: each start of a container has a count of its own" {
    with_report
    options+=(--restart on-failure:2)
    launch sh -c "echo >>/work/starts; [ \$(wc -l </work/starts) -lt 3 ] || kill -KILL \$\$; exec $greedy"
    is_over() { [ "$(docker inspect -f '{{.RestartCount}} {{.State.Running}}' "$container")" = "2 false" ]; }
    eventually is_over
    # The third was killed by itself.
    [ "$(docker logs "$container" 2>&1 | grep -c 'memory ran out')" -eq 2 ]
    [ "$(reported_kills)" -eq 0 ]
}
