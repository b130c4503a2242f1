#!/usr/bin/env bats
# cppinit in the RUN of an image's build by BuildKit, as the SHELL of its Dockerfile.
# bats file_tags=in-root

load engines

setup_file() {
    requires dockerd docker /bin/busybox
    start_docker
    import_init_images
}

teardown_file() { stop_docker; }

teardown() { :; }

# build RUN...: of an image that begins with these lines.
build() {
    {
        echo 'FROM busybox-init'
        printf '%s\n' "$@"
    } >"$BATS_TEST_TMPDIR/Dockerfile"
    # What a step printed before is not shown again, and not kept for the next test.
    DOCKER_BUILDKIT=1 timeout 60 docker build --network none --no-cache --progress plain --tag built "$BATS_TEST_TMPDIR"
}

@test "docker build: cppinit is PID 1 of a RUN, and its exit code is the program's" {
    run build 'SHELL ["/cppinit", "--", "/bin/sh", "-c"]' 'RUN cat /proc/1/comm; exit 7'
    echo "$output"
    [ "$status" -ne 0 ]
    [[ $output == *"cppinit"*"exit code: 7"* ]]
}

@test "docker build: what a RUN leaves behind gets one TERM and the time to finish, and what it writes is in the image" {
    run build 'SHELL ["/cppinit", "--", "/bin/sh", "-c"]' \
        'RUN setsid /fixture finish /state 700 >/ready & until grep -q ready /ready; do :; done'
    echo "$output"
    [ "$status" -eq 0 ]
    [ "$(in_container built cut -d ' ' -f 1 /state)" -eq 1 ]
}

@test "docker build: cppinit --timeout ends a RUN that hangs, with 124" {
    run build 'RUN /cppinit --timeout 500ms -- /fixture sleep'
    echo "$output"
    [ "$status" -ne 0 ]
    [[ $output == *"exit code: 124"* ]]
}
