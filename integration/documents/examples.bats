#!/usr/bin/env bats
# Dockerfile.example and examples/, unchanged: built, started, stopped and killed by real engines.

load ../engines/engines

setup_file() {
    requires dockerd docker podman runc jq /bin/busybox
    start_docker
    import_init_images
    start_podman
    # Version 2 of Compose is a plug-in of the client.
    export COMPOSE=docker-compose
    if docker compose version >/dev/null 2>&1; then COMPOSE="docker compose"; fi
    # No image can be pulled: what the examples start from carries the tags that they name.
    docker tag busybox-init debian:12
    local version
    version=$("$CPPINIT" --version)
    version=${version#cppinit }
    tar -C "$(dirname "$CPPINIT")" -c cppinit | docker import - "cppinit:$version" >/dev/null
    build_image registry.example.com/service:1 Dockerfile.example >&2
}

teardown_file() {
    stop_podman
    stop_docker
}

setup() {
    volume=$BATS_TEST_TMPDIR/volume
    mkdir "$volume"
}

engine_remove() {
    docker ps --all --quiet | xargs --no-run-if-empty docker rm -f
    podman pod rm --all --force
}

# build_image TAG FILE: with the builder that needs nothing beside the engine.
build_image() { DOCKER_BUILDKIT=0 docker build --network none --tag "$1" --file "$root/$2" "$root"; }

as_json() { /usr/bin/python3 -c 'import json, sys, yaml; json.dump(yaml.safe_load(open(sys.argv[1])), sys.stdout)' "$root/examples/$1"; }

logs_hold() { "${logs[@]}" 2>&1 | grep -q "$1"; }

# service_is_ready LOGS...: with the command that shows its logs.
service_is_ready() {
    logs=("$@")
    eventually logs_hold 'service: ready'
    eventually logs_hold 'worker: ready'
}

service_has_finished() {
    logs_hold 'service: cleaned up'
    logs_hold 'worker: finished'
}

@test "Dockerfile.example: the image runs its service under cppinit, not as root, and a stop lets every process finish" {
    docker run -d --network none --name service registry.example.com/service:1
    service_is_ready docker logs service
    logs_hold "service for $(uname -m)"
    run docker exec service sh -c 'id -u; cat /proc/1/comm; tr "\0" " " </proc/1/cmdline'
    [ "$output" = $'65534\ncppinit\n/cppinit -- service ' ]
    docker stop service
    [ "$(docker inspect -f '{{.State.ExitCode}}' service)" -eq 0 ]
    service_has_finished
}

@test "Dockerfile.example: the arguments of docker run replace the program and keep cppinit" {
    run in_container registry.example.com/service:1 sh -c 'cat /proc/1/comm; exit 7' -V
    [ "$status" -eq 7 ]
    [ "$output" = cppinit ]
}

@test "Dockerfile.example: BuildKit builds it too, and says which architecture it is for" {
    # Debian's client brings BuildKit's with it; newer ones need buildx for that.
    DOCKER_BUILDKIT=1 /usr/bin/docker build --network none --tag buildkit --file "$root/Dockerfile.example" "$root"
    docker run -d --network none --name service buildkit
    service_is_ready docker logs service
    logs_hold "service for $(docker version -f '{{.Server.Arch}}')"
}

@test "Dockerfile.example: a binary that cannot run fails the build" {
    echo 'not for this machine' >"$BATS_TEST_TMPDIR/cppinit"
    chmod +x "$BATS_TEST_TMPDIR/cppinit"
    tar -C "$BATS_TEST_TMPDIR" -c cppinit | docker import - cppinit:broken
    run env DOCKER_BUILDKIT=0 docker build --network none --build-arg CPPINIT=cppinit:broken --file "$root/Dockerfile.example" "$root"
    [ "$status" -ne 0 ]
    [[ $output == *"/cppinit"* ]]
}

compose() {
    cat >"$BATS_TEST_TMPDIR/offline.yaml" <<'OFFLINE'
services:
  service:
    network_mode: none
    build: {network: none}
OFFLINE
    $COMPOSE --project-name examples --file "$root/examples/compose.yaml" --file "$BATS_TEST_TMPDIR/offline.yaml" "$@" 3>&-
}

@test "compose.yaml: a stop lets the service and its worker finish" {
    DOCKER_BUILDKIT=0 COMPOSE_DOCKER_CLI_BUILD=0 compose build
    compose up --detach
    container=$(compose ps --quiet service)
    service_is_ready docker logs "$container"
    [ "$(docker inspect -f '{{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}}' "$container")" = "true [ALL]" ]
    run compose exec -T service sh -c 'cat /proc/1/comm; tr "\0" "\n" </proc/1/environ | grep CPPINIT'
    [ "$output" = $'cppinit\nCPPINIT_GRACE=8s' ]
    compose stop
    [ "$(docker inspect -f '{{.State.ExitCode}}' "$container")" -eq 0 ]
    service_has_finished
    compose down
}

@test "compose.yaml: a kill ends everything with 137" {
    compose up --detach --no-build
    container=$(compose ps --quiet service)
    service_is_ready docker logs "$container"
    compose kill
    [ "$(docker inspect -f '{{.State.ExitCode}}' "$container")" -eq 137 ]
    run logs_hold 'worker: finished'
    [ "$status" -ne 0 ]
    compose down
}

@test "compose.yaml and kubernetes-pod.yaml: the engine waits longer than cppinit before it kills" {
    # In seconds, as the files have them.
    as_json compose.yaml | jq -e '.services.service | (.stop_grace_period | rtrimstr("s") | tonumber) >
        (.environment.CPPINIT_GRACE | rtrimstr("s") | tonumber)'
    as_json kubernetes-pod.yaml | jq -e '.spec | .terminationGracePeriodSeconds >
        (.containers[0].command[1] | ltrimstr("--grace=") | rtrimstr("s") | tonumber)'
}

# play_pod FILTER: the pod of the example, changed by this filter of jq, from the image that Dockerfile.example makes.
play_pod() {
    docker save registry.example.com/service:1 | podman load --quiet
    as_json kubernetes-pod.yaml | jq "$1" | podman kube play --network none -
    service_is_ready podman logs service-service
}

code_of_pod() { podman inspect -f '{{.State.ExitCode}}' service-service; }

@test "kubernetes-pod.yaml: cppinit is the entrypoint, and a stop lets the service and its worker finish" {
    play_pod .
    run podman exec service-service sh -c 'id -u; cat /proc/1/comm; tr "\0" " " </proc/1/cmdline; touch /file'
    [ "${lines[0]}" -eq 65534 ]
    [ "${lines[1]}" = cppinit ]
    [[ ${lines[2]} == "/cppinit --grace=15s --report=/dev/termination-log -- service "* ]]
    [[ $output == *"Read-only file system" ]]
    podman stop service-service
    [ "$(code_of_pod)" -eq 0 ]
    service_has_finished
}

@test "kubernetes-pod.yaml: the report is where Kubernetes reads the termination message" {
    # The kubelet mounts a file there that all may write, and puts what it holds into the container's state.
    : >"$volume/termination-log"
    chmod 666 "$volume/termination-log"
    play_pod ".spec.volumes += [{ name: \"log\", hostPath: { path: \"$volume/termination-log\", type: \"File\" } }] |
        .spec.containers[0].volumeMounts += [{ name: \"log\", mountPath: \"/dev/termination-log\" }]"
    podman stop service-service
    [ "$(code_of_pod)" -eq 0 ]
    # The kubelet keeps no more than 4 KiB.
    [ "$(stat -c %s "$volume/termination-log")" -le 4096 ]
    jq -e '.program == "service" and .exit_code == 0 and .signals.received.TERM == 1' "$volume/termination-log"
}

@test "kubernetes-pod.yaml: without a command, the image's ENTRYPOINT stays, and with it cppinit" {
    play_pod 'del(.spec.containers[0].command)'
    [ "$(podman exec service-service sh -c 'tr "\0" " " </proc/1/cmdline')" = "/cppinit -- service " ]
}

@test "kubernetes-pod.yaml: if the pod shares a PID namespace, a stop lets the service and its worker finish" {
    play_pod '.spec.shareProcessNamespace = true'
    [ "$(podman exec service-service cat /proc/1/comm)" = catatonit ]
    podman stop service-service
    [ "$(code_of_pod)" -eq 0 ]
    service_has_finished
}

@test "kubernetes-pod.yaml: a kill ends everything with 137" {
    play_pod .
    podman pod kill service
    killed() { [ "$(code_of_pod)" -eq 137 ]; }
    eventually killed
}


# A `make` whose tests leave orphans behind, and a browser in a session of its own that needs a moment to end. With CODE=hang the
# tests never end. Its report lists what is still there.
image_for_builds() {
    cat >"$volume/make" <<'MAKE'
#!/bin/sh
case $1 in
    test)
        /fixture orphans 20 </dev/null
        : >/work/started # what an earlier run left there is not the answer
        setsid /fixture finish /work/browser 300 >/work/started &
        while ! [ -s /work/started ]; do :; done
        [ "$CODE" != hang ] || exec /fixture sleep
        exit "$CODE"
        ;;
    report) echo "zombies: $(/fixture zombies), browsers: $(ps -o args | grep -c '^/fixture finish')" ;;
esac
MAKE
    chmod +x "$volume/make"
    docker tag busybox-init "$1"
}

# without_cppinit: the same lines, for comparison.
without_cppinit() { sed 's|/cppinit .* -- ||'; }

# gitlab_job CODE: as the runner does it: a shell is the image's program, and gets the lines on its input.
gitlab_job() {
    docker run -i --rm --network none -e PATH=/work:/bin -e CODE="$1" -v "$volume:/work" "$(as_json gitlab-ci.yml | jq -r .test.image)" \
        sh -c 'exec sh' < <(echo 'set -e' && as_json gitlab-ci.yml | jq -r '.test.script[]' | "${change:-cat}")
}

@test "gitlab-ci.yml: the tests leave no process behind, and their exit code is the job's" {
    image_for_builds "$(as_json gitlab-ci.yml | jq -r .test.image)"
    run keeping_output gitlab_job 0
    [ "$status" -eq 0 ]
    [[ $output == *"zombies: 0, browsers: 0" ]]
    [ "$(cut -d' ' -f1 "$volume/browser")" -eq 1 ]
    run keeping_output gitlab_job 3
    [ "$status" -eq 3 ]
    [[ $output != *zombies* ]]
    change=without_cppinit run keeping_output gitlab_job 0
    [[ $output == *"browsers: 1" ]]
}

# github_step N CODE: as the runner does it: PID 1 is a tail, and each step is a script that is executed from outside.
github_step() {
    as_json github-workflow.yml | jq -r "[.jobs.test.steps[].run | values][$1]" | "${change:-cat}" >"$volume/step.sh"
    docker exec -e PATH=/work:/bin -e CODE="$2" runner sh -e /work/step.sh
}

github_job() {
    docker rm -f runner >/dev/null 2>&1 || true
    docker run -d --network none --name runner -v "$volume:/work" --entrypoint tail \
        "$(as_json github-workflow.yml | jq -r .jobs.test.container)" -f /dev/null
}

@test "github-workflow.yml: the tests leave no process behind, and their exit code is the step's" {
    image_for_builds "$(as_json github-workflow.yml | jq -r .jobs.test.container)"
    github_job
    github_step 0 0
    run github_step 1 0
    [ "$output" = "zombies: 0, browsers: 0" ]
    [ "$(cut -d' ' -f1 "$volume/browser")" -eq 1 ]
    run github_step 0 3
    [ "$status" -eq 3 ]
    github_job
    change=without_cppinit github_step 0 0
    run github_step 1 0
    [ "$output" = "zombies: 20, browsers: 1" ]
}

@test "github-workflow.yml: a cancelled step leaves no process running" {
    image_for_builds "$(as_json github-workflow.yml | jq -r .jobs.test.container)"
    # in_step PATTERN: the pids of the processes in the container whose command line matches.
    in_step() {
        docker exec runner ps -o pid,args | awk -v pattern="$1" '
            { pid = $1; sub(/^ *[0-9]+ /, "") }
            $0 ~ pattern { print pid; is_found = 1 }
            END { exit !is_found }'
    }
    cancel() {
        github_job
        rm -f "$volume/started"
        github_step 0 hang >/dev/null 3>&- </dev/null &
        eventually in_step '^/fixture sleep'
        # The runner signals only the step's shell.
        docker exec runner kill "$(in_step '^sh -e /work/step.sh')"
        wait $! || true
    }
    none_in_step() { ! in_step '^/(fixture|cppinit)'; }
    cancel
    eventually none_in_step
    change=without_cppinit cancel
    in_step '^/fixture sleep'
    in_step '^/fixture finish'
}

@test "jenkins-agent.Dockerfile: the agent runs under cppinit, with its arguments" {
    mkdir -p "$BATS_TEST_TMPDIR/root/usr/local/bin"
    busybox_root "$BATS_TEST_TMPDIR/root"
    cat >"$BATS_TEST_TMPDIR/root/usr/local/bin/jenkins-agent" <<'AGENT'
#!/bin/sh
echo "agent $*, PID 1 is $(cat /proc/1/comm)"
AGENT
    chmod +x "$BATS_TEST_TMPDIR/root/usr/local/bin/jenkins-agent"
    tar -C "$BATS_TEST_TMPDIR/root" -c . |
        docker import --change 'USER 1000' --change 'ENTRYPOINT ["/usr/local/bin/jenkins-agent"]' - jenkins/inbound-agent:latest
    run in_container jenkins/inbound-agent -url http://jenkins:8080
    [ "$output" = "agent -url http://jenkins:8080, PID 1 is jenkins-agent" ]
    build_image agent examples/jenkins-agent.Dockerfile
    run in_container agent -url http://jenkins:8080
    [ "$status" -eq 0 ]
    [ "$output" = "agent -url http://jenkins:8080, PID 1 is cppinit" ]
}
