#!/usr/bin/env bats
# cppinit in the services of Compose: as an entrypoint, as the init of `init: true`, and as the pause process of a shared PID namespace.
# bats file_tags=in-root

load engines

setup_file() {
    requires dockerd docker /bin/busybox
    # Version 2 is a plug-in of Docker's client.
    export COMPOSE=docker-compose
    cp "$CPPINIT" "$BATS_FILE_TMPDIR/docker-init"
    start_docker --init-path "$BATS_FILE_TMPDIR/docker-init"
    if docker compose version >/dev/null 2>&1; then COMPOSE="docker compose"; fi
    import_init_images
}

teardown_file() { stop_docker; }

setup() {
    requires ${COMPOSE% *}
    volume=$BATS_TEST_TMPDIR/volume
    project=c$BATS_TEST_NUMBER
    mkdir "$volume"
    settings='entrypoint: [/cppinit, --]'
}

with_init() {
    settings='init: true, entrypoint: []'
    name_of_init=docker-init
}

compose() { $COMPOSE --project-name "$project" --file "$BATS_TEST_TMPDIR/compose.yaml" "$@" 3>&-; }

# services WORD...: the file of a service that runs these words, which are a list of JSON and so one of YAML, too.
services() {
    cat >"$BATS_TEST_TMPDIR/compose.yaml" <<YAML
services:
  service: {image: busybox-init, network_mode: none, volumes: ["$volume:/work"], $settings, command: $(words "$@")}
YAML
}
words() { jq --null-input --compact-output '$ARGS.positional | map(gsub("[$]"; "$$"))' --args -- "$@"; }

engine() {
    engine_remove >/dev/null 2>&1 || true
    services "$@"
    # `up` shows output with the service's name before it.
    compose up --detach >/dev/null 2>&1
    container=$(compose ps --all --quiet service 2>/dev/null || compose ps --quiet service)
    command=(sh -c 'docker logs --follow "$1"; exit "$(docker wait "$1")"' sh "$container")
}
engine_stop() { compose stop; }
engine_signal() { compose kill -s "$1"; }
engine_enter() { compose exec -T service "$@"; }
engine_remove() { compose down; }

@test "compose up: the exit code is the program's" { check_exit_code; }
@test "compose up: orphans are reaped" { check_orphans; }
@test "compose up: what a program writes to the streams of PID 1 is in the log" { check_log; }
@test "compose stop: the program cleans up" { check_stop; }
@test "compose stop: a worker in a session of its own finishes" { check_worker; }
@test "compose kill: signals arrive once, and KILL ends everything" { check_kill; }
@test "compose exec, compose stop: a guest finishes" { check_guest; }
@test "compose exec: while the program is stopping, too" { check_enter_while_stopping; }

@test "init: true: the exit code is the program's" { with_init && check_exit_code; }
@test "init: true, compose stop: the program cleans up" { with_init && check_stop; }

@test "pid: service:pause: --pause reaps what the others orphan, and ends with 0" {
    cat >"$BATS_TEST_TMPDIR/compose.yaml" <<YAML
services:
  pause: {image: scratch-init, network_mode: none, entrypoint: [/cppinit, --pause]}
  service: {image: busybox-init, network_mode: none, pid: "service:pause", entrypoint: [], command: [/fixture, sleep]}
YAML
    compose up --detach
    run compose exec -T service sh -c 'cat /proc/1/comm; /fixture orphans 50 </dev/null; '"$print_zombies"
    [ "$output" = $'cppinit\nready\n0' ]
    local pause
    pause=$(compose ps --quiet pause)
    compose stop
    [ "$(docker inspect -f '{{.State.ExitCode}}' "$pause")" -eq 0 ]
}
