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
        'for i in 1 2 3 4 5 6 7 8 9; do (echo $i | (cat >/dev/null & exit) &) ; done
         i=0; while list=$(ps -o stat,comm); echo "$list" | grep -q "^Z\|cat$" && [ $i -lt 2000 ]; do i=$((i + 1)); done
         echo "$list"'
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

@test "docker stop: the last write of a worker in a session of its own is in the volume" {
    mkdir -p "$BATS_TEST_TMPDIR/volume"
    docker run -d --network none --name "$container" -v "$BATS_TEST_TMPDIR/volume:/work" busybox-init sh -c \
        'setsid /fixture finish /work/state 500 & exec /fixture sleep'
    eventually log_holds ready
    docker stop "$container"
    [ "$(docker inspect -f '{{.State.ExitCode}}' "$container")" -eq 143 ]
    # One TERM, and the file is written.
    [ "$(cut -d' ' -f1 "$BATS_TEST_TMPDIR/volume/state")" -eq 1 ]
}

@test "docker stop: with --kill-after it returns in that time, not in ten seconds" {
    docker run -d --network none --name "$container" -e CPPINIT_KILL_AFTER=1s busybox-init /fixture record
    eventually log_holds ready
    local before=$SECONDS
    docker stop "$container"
    [ $((SECONDS - before)) -lt 6 ]
    [ "$(docker inspect -f '{{.State.ExitCode}}' "$container")" -eq 137 ]
}

@test "docker exec: what came from outside gets the TERM at the end and is not waited for" {
    mkdir -p "$BATS_TEST_TMPDIR/volume"
    docker run -d --network none --name "$container" -v "$BATS_TEST_TMPDIR/volume:/work" busybox-init sh -c \
        'setsid /fixture finish /work/leftover 700 & exec /fixture sleep'
    eventually log_holds ready
    docker exec -d "$container" sh -c 'exec /fixture finish /work/guest 100'
    guest_is_there() { docker exec "$container" ps -o args | grep -q '^/fixture finish /work/guest'; }
    eventually guest_is_there
    docker stop "$container"
    # The leftover took 0.7 s, in which the guest had its TERM and the time to finish.
    [ "$(cut -d' ' -f1 "$BATS_TEST_TMPDIR/volume/leftover")" -eq 1 ]
    [ "$(cut -d' ' -f1 "$BATS_TEST_TMPDIR/volume/guest")" -eq 1 ]
}

@test "docker run --pid: --pause as the infra container of a shared PID namespace reaps what others orphan" {
    docker run -d --network none --name "$container" --entrypoint /cppinit scratch-init --pause
    # Not below an init of its own: its orphans go to the pause process.
    run in_container --pid "container:$container" --entrypoint /bin/sh busybox-init -c \
        '/fixture orphans 50 </dev/null; n=0; while [ "$(/fixture zombies)" != 0 ] && [ $n -lt 500 ]; do n=$((n + 1)); done; /fixture zombies; cat /proc/1/comm'
    [ "$status" -eq 0 ]
    [ "$output" = $'ready\n0\ncppinit' ]
    local before=$SECONDS
    docker stop "$container"
    [ $((SECONDS - before)) -lt 5 ]
    [ "$(docker inspect -f '{{.State.ExitCode}}' "$container")" -eq 0 ]
}
