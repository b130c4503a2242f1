#!/usr/bin/env bats
# cppinit as the entrypoint of containers of the Docker Engine.

load engines

setup_file() {
    requires dockerd docker /bin/busybox
    start_docker
}

teardown_file() { stop_docker; }

# The container of the test, removed whatever happens.
setup() { container=c$BATS_TEST_NUMBER; }
teardown() { docker rm -f "$container" >/dev/null 2>&1 || true; }

log_holds() { docker logs "$container" 2>&1 | grep -q "$1"; }

@test "docker run: cppinit is PID 1 and its exit code is the program's" {
    run in_container busybox-init sh -c 'cat /proc/1/comm; exit 7'
    [ "$status" -eq 7 ]
    [ "$output" = cppinit ]
    run -127 in_container busybox-init no-such-program
    [[ $output == *"cppinit: cannot execute 'no-such-program': No such file or directory" ]]
}

@test "docker run: a pipeline that leaves orphans leaves no zombie" {
    run in_container busybox-init sh -c \
        'for i in 1 2 3 4 5 6 7 8 9; do (echo $i | (cat >/dev/null & exit) &) ; done; i=0; while ps -o stat,comm | grep -q "^Z" && [ $i -lt 2000 ]; do i=$((i+1)); done; ps -o stat,comm'
    [ "$status" -eq 0 ]
    [[ $output == *cppinit* ]]
    [[ $output != *Z* ]]
}

@test "docker run: an image with nothing but cppinit and one static program" {
    run in_container scratch-init /fixture zombies
    [ "$status" -eq 0 ]
    [ "$output" = 0 ]
    run in_container scratch-init /fixture die 9
    [ "$status" -eq 137 ]
}

@test "docker run: read-only, no capabilities, no new privileges, not root" {
    run in_container --read-only --cap-drop ALL --security-opt no-new-privileges --user 65534 busybox-init sh -c 'id -u; exit 3'
    [ "$status" -eq 3 ]
    [ "$output" = 65534 ]
}

@test "docker stop: a program that cleans up in a second is waited for, not killed" {
    mkdir -p "$BATS_TEST_TMPDIR/volume"
    docker run -d --network none --name "$container" -v "$BATS_TEST_TMPDIR/volume:/work" busybox-init sh -c \
        'trap "sleep 1; echo clean >/work/state; exit 9" TERM; echo ready; while :; do sleep 60 & wait; done'
    eventually log_holds ready
    local before=$SECONDS
    docker stop "$container"
    [ $((SECONDS - before)) -lt 8 ]
    [ "$(docker inspect -f '{{.State.ExitCode}}' "$container")" -eq 9 ]
    [ "$(cat "$BATS_TEST_TMPDIR/volume/state")" = clean ]
}

@test "docker kill -s: a real-time signal arrives once" {
    docker run -d --network none --name "$container" scratch-init /fixture record
    eventually log_holds ready
    docker kill -s 37 "$container"
    docker kill -s RTMIN+4 "$container"
    eventually log_holds 'signal 38 '
    [ "$(docker logs "$container" | grep -c '^signal 37 ')" -eq 1 ]
    [ "$(docker logs "$container" | grep -c '^signal')" -eq 2 ]
}

@test "docker run -i: input reaches the program, and its end too" {
    run bash -c 'printf "one\ntwo\n" | docker run --rm -i --network none busybox-init wc -l'
    [ "$status" -eq 0 ]
    [ "$output" -eq 2 ]
}

@test "docker exec: cppinit wraps a command inside, as a subreaper" {
    docker run -d --network none --name "$container" busybox-init sh -c 'echo ready; exec sleep 1000'
    eventually log_holds ready
    run docker exec "$container" /cppinit --subreaper -- sh -c '(sleep 0.1 &) ; exit 6'
    [ "$status" -eq 6 ]
    run docker exec "$container" sh -c 'exit 8'
    [ "$status" -eq 8 ]
    none_is_a_zombie() { ! docker exec "$container" ps -o stat | grep -q Z; }
    eventually none_is_a_zombie
}
