#!/usr/bin/env bats
# A container's terminal, driven through a terminal of the test's own: docker run -it, attach and exec.

load engines
load ../terminal/terminal

setup_file() {
    requires dockerd docker /bin/busybox python3
    start_docker
    import_init_images
}

teardown_file() { stop_docker; }

setup() { container=t$BATS_TEST_NUMBER; }
teardown() { docker rm -f "$container" >/dev/null 2>&1 || true; }

@test "docker run -it: a shell has job control, a resize reaches it, and its exit code is docker's" {
    on_terminal docker run -it --network none --name "$container" busybox-init sh <<'END'
        expect ~ #
        type stty size
        expect ^24 80
        type echo "cat is" ready; cat
        expect ^cat is ready
        type hello
        expect ^hello\nhello
        press ctrl-z
        expect \[1\]\+ +Stopped +
        expect ~ #
        resize 40 100
        # docker learns of the resize and informs the daemon, which takes its time.
        type until [ "$(stty size)" = "40 100" ]; do :; done; echo "it is" resized
        expect ^it is resized
        type fg
        expect ^cat$
        type again
        expect ^again\nagain
        press ctrl-c
        expect ~ #
        type echo "status=$?"
        expect ^status=130
        type exit 7
END
    [ "$status" -eq 7 ]
    [[ $output != *"job control"* ]]
}

@test "docker attach: detached by its keys and attached again, the shell goes on" {
    on_terminal docker run -it --network none --name "$container" busybox-init sh <<'END'
        expect ~ #
        type word=kept
        expect ~ #
        press ctrl-p
        press ctrl-q
END
    [ "$status" -eq 0 ]
    [ "$(docker inspect -f '{{.State.Running}}' "$container")" = true ]
    on_terminal docker attach "$container" <<'END'
        type echo "word=$word"
        expect ^word=kept
        press ctrl-c
        expect ~ #
        type exit 9
END
    [ "$status" -eq 9 ]
}

@test "docker exec -it: a shell beside the program has a terminal of its own, with cppinit before it and without" {
    docker run -d --network none --name "$container" busybox-init sleep 1000
    local before
    for before in "" "/cppinit"; do
        on_terminal docker exec -it "$container" $before sh <<END
            expect ~ #
            type echo "cat is" ready; cat
            expect ^cat is ready
            # Before there is a cat, the key is the shell's.
            until docker top $container | grep -qw cat
            press ctrl-z
            expect \[1\]\+ +Stopped +
            expect ~ #
            type fg
            expect ^cat\$
            type hello
            expect ^hello\nhello
            press ctrl-d
            expect ~ #
            type exit 6
END
        [ "$status" -eq 6 ]
        [[ $output != *"job control"* ]]
    done
    [ "$(docker inspect -f '{{.State.Running}}' "$container")" = true ]
}

@test "docker kill -s CONT: a program that Ctrl-Z stopped goes on, and -v logs the stop" {
    on_terminal docker run -it --network none --name "$container" -e CPPINIT_VERBOSE=1 busybox-init cat <<END
        until docker top $container | grep -qw cat
        type one
        expect ^one\none
        press ctrl-z
        expect cppinit: program stopped, pid .*TSTP
        do docker kill -s CONT $container
        type two
        expect ^two\ntwo
        press ctrl-d
END
    [ "$status" -eq 0 ]
}

@test "docker stop: a program that Ctrl-Z stopped ends by TERM, not by the engine's KILL" {
    on_terminal docker run -it --network none --name "$container" busybox-init cat <<END
        until docker top $container | grep -qw cat
        type one
        expect ^one\none
        press ctrl-z
        until docker top $container -eo pid,stat,args | grep -q " T.* cat"
        do docker stop $container
END
    [ "$status" -eq 143 ]
}

@test "docker run -it: Ctrl-C, Ctrl-\\ and a resize come once, and a hangup of docker's own terminal at most once" {
    mkdir -p "$BATS_TEST_TMPDIR/volume"
    local records=$BATS_TEST_TMPDIR/volume/records
    on_terminal docker run -it --network none --name "$container" -v "$BATS_TEST_TMPDIR/volume:/work" busybox-init \
        sh -c 'exec /fixture record >/work/records' <<END
        until grep -q ready $records
        press ctrl-c
        until grep -q '^signal 2 ' $records
        press ctrl-\\
        until grep -q '^signal 3 ' $records
        resize 40 100
        until grep -q '^signal 28 ' $records
        do docker kill -s 40 $container
        until grep -q '^signal 40 ' $records
        # The client may end with its terminal or not; the container's own terminal is still there.
        hang-up
        do docker kill -s 41 $container
        until grep -q '^signal 41 ' $records
        do docker kill -s KILL $container
END
    local number
    for number in 2 3 40 41; do [ "$(grep -c "^signal $number " "$records")" -eq 1 ]; done
    # Some clients forward the HUP that ends them.
    [ "$(grep -c "^signal 1 " "$records")" -le 1 ]
}

@test "docker exec -it: Ctrl-C ends a program under cppinit once it has cleaned up, and docker's exit code is 130" {
    docker run -d --network none --name "$container" busybox-init sleep 1000
    on_terminal docker exec -it "$container" /cppinit sh -c \
        'trap "echo cleans; sleep 0.3; echo cleaned; exit 130" INT; echo "is rea"dy; while :; do sleep 0.05; done' <<'END'
        expect ^is ready
        press ctrl-c
        expect cleans
        expect ^cleaned
END
    [ "$status" -eq 130 ]
    on_terminal docker exec -it "$container" /cppinit sh -c 'echo "is rea"dy; exec sleep 1000' <<'END'
        expect ^is ready
        press ctrl-c
END
    [ "$status" -eq 130 ]
    [ "$(docker inspect -f '{{.State.Running}}' "$container")" = true ]
}
