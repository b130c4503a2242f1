#!/usr/bin/env bats
# cppinit as the entrypoint of containers of the Docker Engine.

load engines

setup_file() {
    requires dockerd docker /bin/busybox
    # What `docker run --init` starts is cppinit, under the name that the Docker Engine gives it.
    cp "$CPPINIT" "$BATS_FILE_TMPDIR/docker-init"
    start_docker --init-path "$BATS_FILE_TMPDIR/docker-init"
    import_init_images
}

teardown_file() { stop_docker; }

setup() {
    container=c$BATS_TEST_NUMBER
    volume=$BATS_TEST_TMPDIR/volume
    mkdir "$volume"
    how=(busybox-init)
}

engine() {
    docker rm -f "$container" >/dev/null 2>&1 || true
    command=(docker run --network none --name "$container" -v "$volume:/work" "${how[@]}" "$@")
}
engine_stop() { docker stop "$container"; }
engine_signal() { docker kill -s "$1" "$container"; }
engine_enter() { docker exec "$container" "$@"; }
engine_remove() { docker rm -f "$container"; }

with_init() {
    how=(--init --entrypoint= busybox-init)
    name_of_init=docker-init
}

log_holds() { docker logs "$container" 2>&1 | grep -q "$1"; }

@test "docker run: the exit code is the program's" { check_exit_code; }
@test "docker run: orphans are reaped" { check_orphans; }
@test "docker stop: the program cleans up" { check_stop; }
@test "docker stop: the last write of a worker in a session of its own is in the volume" { check_worker; }
@test "docker kill: signals arrive once, and KILL ends everything" { check_kill; }
@test "docker run: what a program writes to the streams of PID 1 is in the output" { check_log; }
@test "docker exec, docker stop: a guest finishes" { check_guest; }
@test "docker exec: while the program is stopping, too" { check_enter_while_stopping; }

@test "docker run --init: cppinit is PID 1 under the name docker-init, and the exit code is the program's" {
    with_init
    check_exit_code
    in_engine sh -c 'tr "\0" " " </proc/1/cmdline'
    [[ $output == "/sbin/docker-init -- sh -c "* ]]
}

@test "docker run --init: orphans are reaped" { with_init && check_orphans; }
@test "docker run --init, docker stop: the program cleans up" { with_init && check_stop; }
@test "docker run --init, docker kill: signals arrive once, and KILL ends everything" { with_init && check_kill; }

@test "docker info shows no warning about the init and shows the version" {
    run docker info
    [ "$status" -eq 0 ]
    [[ $output == *"Init Binary: $BATS_FILE_TMPDIR/docker-init"* ]]
    # What cannot be read is N/A, and what differs from what was expected follows it.
    [[ $output =~ "init version: "([^ $'\n']+)$'\n' ]]
    [ "${BASH_REMATCH[1]}" != N/A ]
    run grep "failed to parse .* version" "$BATS_FILE_TMPDIR/dockerd.log"
    [ "$status" -eq 1 ]
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

@test "docker run -i: input reaches the program, and its end too" {
    count_lines() { printf 'one\ntwo\n' | docker run --rm -i --network none busybox-init wc -l; }
    run keeping_output count_lines
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

@test "docker stop: with --kill-after it returns in that time, not in ten seconds" {
    docker run -d --network none --name "$container" -e CPPINIT_KILL_AFTER=1s busybox-init /fixture record
    eventually log_holds ready
    local before=$SECONDS
    docker stop "$container"
    [ $((SECONDS - before)) -lt 6 ]
    [ "$(docker inspect -f '{{.State.ExitCode}}' "$container")" -eq 137 ]
}

@test "docker run --pid: --pause as the infra container of a shared PID namespace reaps what others orphan" {
    docker run -d --network none --name "$container" --entrypoint /cppinit scratch-init --pause
    # Not below an init of its own: its orphans go to the pause process.
    run in_container --pid "container:$container" --entrypoint /bin/sh busybox-init -c \
        "cat /proc/1/comm; /fixture orphans 50 </dev/null; $print_zombies"
    [ "$status" -eq 0 ]
    [ "$output" = $'cppinit\nready\n0' ]
    local before=$SECONDS
    docker stop "$container"
    [ $((SECONDS - before)) -lt 5 ]
    [ "$(docker inspect -f '{{.State.ExitCode}}' "$container")" -eq 0 ]
}
