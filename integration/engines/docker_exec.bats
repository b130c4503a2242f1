#!/usr/bin/env bats
# Work that entered a container by `docker exec`: a stop of the container gives it time, as it gives time to leftovers.

load engines
load ../behaviour/behaviour

setup_file() {
    requires dockerd docker nsenter /bin/busybox python3
    start_docker
    import_init_images
}

teardown_file() { stop_docker; }

setup() {
    container=e$BATS_TEST_NUMBER
    volume=$BATS_TEST_TMPDIR/volume
    mkdir "$volume"
}

teardown() { docker rm -f "$container" >/dev/null 2>&1 || true; }

# start_container [OPTION...]: cppinit with these options and, as in development containers and sandboxes, a program that does nothing.
start_container() {
    docker run -d --network none --name "$container" -v "$volume:/work" -v "$root/integration/fixtures:/fixtures:ro" \
        -v /usr:/usr:ro -v /lib:/lib:ro -v /lib64:/lib64:ro --entrypoint /cppinit busybox-init "$@" -- sleep infinity >/dev/null
    init=$(docker inspect -f '{{.State.Pid}}' "$container")
    eventually has_child "$init"
    program=$(child_of "$init")
}

# enter NAME WORD...: `docker exec` of the fixture; its output is NAME.out in the volume, and it has said that it is ready.
enter() {
    docker exec -d "$container" sh -c 'name=$1; shift; exec /fixture "$@" >"/work/$name.out"' sh "$@"
    eventually holds ready "$volume/$1.out"
}

# guest_pid NAME: the pid of the guest that runs as this name, as seen from here.
guest_pid() { pgrep --ns "$init" --nslist pid --full -- "$1"; }

finished() {
    local name
    for name in "$@"; do
        echo "$name: $(terms "$volume/$name") TERM"
        [ "$(terms "$volume/$name")" -eq 1 ]
    done
}

exit_code() { docker inspect -f '{{.State.ExitCode}}' "$container"; }

@test "docker exec, docker stop: a guest that needs half a second to clean up finishes, and the container ends within 50 ms of it" {
    local round gaps=()
    for round in 1 2 3; do
        start_container
        enter state finish /work/state 500
        watch_ends "$init" "$(guest_pid '^/fixture finish')"
        docker stop "$container"
        [ "$(exit_code)" -eq 143 ]
        finished state
        gap_of_ends
        gaps+=("$gap")
        docker rm "$container"
        rm "$volume"/*
    done
    echo "# cppinit's end after the guest's: ${gaps[*]} ms" >&3
    # The engine works at the same time, and on a busy machine that is in the way.
    [ "$(smallest "${gaps[@]}")" -lt 50 ]
}

@test "docker exec, docker stop: where all work entered by exec, nothing is lost" {
    local number names=()
    start_container
    for number in 1 2 3 4 5 6 7 8; do
        names+=("state$number")
        enter "state$number" finish "/work/state$number" $((100 * number))
    done
    docker stop "$container"
    [ "$(exit_code)" -eq 143 ]
    finished "${names[@]}"
}

@test "docker exec -it, docker stop: an interactive bash ends by HUP and does not delay the stop by more than 250 ms" {
    local round gaps=() before took_ms
    for round in 1 2 3; do
        start_container
        watch_ends "$init" "$program"
        before=${EPOCHREALTIME/./}
        run env LC_ALL=C python3 "$root/integration/fixtures/on_terminal.py" docker exec -it -e PS1='shell> ' "$container" \
            /usr/bin/bash --noprofile --norc -i <<END
            expect shell>
            do docker stop $container
END
        took_ms=$(((${EPOCHREALTIME/./} - before) / 1000))
        echo "$output, $took_ms ms"
        # 128 and the signal that ended bash.
        [ "$status" -eq 129 ]
        [ "$(exit_code)" -eq 143 ]
        gap_of_ends
        gaps+=("$gap")
        docker rm "$container"
    done
    echo "# cppinit's end after the program's: ${gaps[*]} ms" >&3
    [ "$(smallest "${gaps[@]}")" -lt 250 ]
}

@test "docker exec, docker stop: a guest that ignores everything gets one TERM and is killed at the grace" {
    start_container --grace 700ms
    enter guest record
    watch_ends "$init" "$program"
    docker stop "$container"
    [ "$(exit_code)" -eq 143 ]
    gap_of_ends
    [ "$gap" -ge 600 ]
    [ "$gap" -lt 3000 ]
    [ "$(grep '^signal' "$volume/guest.out" | cut -d ' ' -f 1-2)" = "signal 15" ]
}

@test "docker exec, docker stop: a guest that is stopped gets its TERM and goes on" {
    local guest
    start_container --grace 8s
    enter state finish /work/state 100
    guest=$(guest_pid '^/fixture finish')
    kill -STOP "$guest"
    eventually is_stopped "$guest"
    watch_ends "$init" "$program"
    docker stop "$container"
    finished state
    gap_of_ends
    [ "$gap" -lt 4000 ]
}

@test "docker stop: each of five commands that enter by docker exec while the container is stopping gets one TERM and finishes" {
    local number names=() stop code
    start_container --grace 9s
    mkfifo "$volume/go"
    # This one is there until the others are done.
    docker exec -d "$container" sh -c 'trap "read -r line </work/go; exit" TERM; echo ready >/work/waiting; while :; do sleep 60 & wait; done'
    eventually holds ready "$volume/waiting"
    docker stop "$container" 3>&- &
    stop=$!
    eventually has_ended "$program"
    for number in 1 2 3 4 5; do
        names+=("state$number")
        # On a busy machine the TERM can come after the runtime has executed the command, and before that has set its mask: 143. It must
        # not end the runtime: 126 or 128.
        while :; do
            code=0
            docker exec "$container" /fixture finish "/work/state$number" 50 || code=$?
            [ "$code" -eq 143 ] || break
        done
        [ "$code" -eq 0 ]
    done
    echo go 1<>"$volume/go"
    wait "$stop"
    [ "$(exit_code)" -eq 143 ]
    finished "${names[@]}"
}

@test "docker exec, docker restart and docker kill -s TERM: the guest finishes as well" {
    start_container
    enter state finish /work/state 500
    docker restart "$container"
    finished state
    rm "$volume/state"

    init=$(docker inspect -f '{{.State.Pid}}' "$container")
    enter state finish /work/state 500
    docker kill -s TERM "$container"
    [ "$(docker wait "$container")" -eq 143 ]
    finished state
}
