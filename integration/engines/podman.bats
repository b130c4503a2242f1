#!/usr/bin/env bats
# cppinit under podman: as the init that --init brings, as an entrypoint, and as the pause process of a pod.
# bats file_tags=controllers

load podman

setup_file() { prepare_podman runc; }

log_holds() { podman logs "$1" 2>&1 | grep -q "$2"; }

# exit_code_of CONTAINER: once it has ended.
exit_code_of() { podman inspect -f '{{.State.ExitCode}}' "$1"; }

@test "podman run: the exit code is the program's" { check_exit_code; }
@test "podman run: orphans are reaped" { check_orphans; }
@test "podman stop: the program cleans up" { check_stop; }
@test "podman stop: a worker in a session of its own finishes" { check_worker; }
@test "podman kill: signals arrive once, and KILL ends everything" { check_kill; }

@test "podman run: what a program writes to the streams of PID 1 is in the output" { check_log; }
@test "podman exec, podman stop: a guest finishes" { check_guest; }

@test "podman run --init --init-path: the exit code is the program's" { with_init && check_exit_code; }
@test "podman run --init --init-path: orphans are reaped" { with_init && check_orphans; }
@test "podman run --init --init-path, podman stop: the program cleans up" { with_init && check_stop; }
@test "podman run --init --init-path, podman stop: a worker in a session of its own finishes" { with_init && check_worker; }
@test "podman run --init --init-path, podman kill: signals arrive once, and KILL ends everything" { with_init && check_kill; }

@test "podman run --init: what containers.conf calls catatonit is cppinit" {
    how=(--init localhost/busybox)
    in_engine sh -c 'cat /proc/1/comm; cmp /proc/1/exe /cppinit && exit 7'
    [ "$status" -eq 7 ]
    [ "$output" = podman-init ]
}

# A pod that shares its PID namespace: PID 1 is the pause process that podman makes of catatonit, here cppinit; below it two
# containers, each with cppinit as its entrypoint.
pod() {
    cat <<POD
apiVersion: v1
kind: Pod
metadata:
  name: $container
spec:
  shareProcessNamespace: true
  restartPolicy: Never
  containers:
    - name: main
      image: localhost/busybox:latest
      command: ["/cppinit", "--", "sh", "-c"]
      args: ["setsid /fixture finish /work/worker 500 & exec /fixture sleep"]
      volumeMounts: [{name: work, mountPath: /work}]
    - name: side
      image: localhost/busybox:latest
      command: ["/cppinit", "--", "/fixture", "sleep"]
  volumes:
    - name: work
      hostPath: {path: $volume}
POD
}

play() {
    podman kube play --network none - < <(pod) >/dev/null
    infra=$(podman pod inspect -f '{{.InfraContainerID}}' "$container")
    main=$container-main side=$container-side
    eventually log_holds "$main" ready
}

@test "podman kube play: cppinit is the pause process of the pod and the entrypoint of its containers" {
    play
    run podman exec "$main" ps -o pid,ppid,args
    echo "$output"
    [[ $output =~ " 1 "+"0 /catatonit -P" ]]
    [ "$(grep -c ' 0 /cppinit -- ' <<<"$output")" -eq 2 ]
    podman exec "$main" cmp /proc/1/exe /cppinit
}

@test "podman kube play: the pause process reaps what nobody else does" {
    play
    # Whoever comes from outside, through no init, leaves its orphans to PID 1 of the namespace.
    run podman exec "$side" sh -c '/fixture orphans 50 </dev/null; '"$print_zombies"
    [ "$output" = $'ready\n0' ]
}

@test "podman stop in a pod: a worker finishes, each container has its program's code, and the pause process 0" {
    play
    local before=$SECONDS
    # The containers first, as Kubernetes does it, and one by one: podman 4.3 takes one that is being stopped for one that has
    # ended; once none is left it stops the pause process, and with it the namespace, whichever pause process that is.
    podman stop "$main"
    podman stop "$side"
    podman pod stop "$container"
    [ $((SECONDS - before)) -lt 8 ]
    [ "$(cut -d' ' -f1 "$volume/worker")" -eq 1 ]
    [ "$(exit_code_of "$main")" -eq 143 ]
    [ "$(exit_code_of "$side")" -eq 143 ]
    [ "$(exit_code_of "$infra")" -eq 0 ]
}

@test "podman pod kill: everything ends at once with 137" {
    play
    podman pod kill "$container"
    has_code() { [ "$(exit_code_of "$1")" -eq 137 ]; }
    eventually has_code "$main"
    eventually has_code "$side"
    eventually has_code "$infra"
    [ ! -e "$volume/worker" ]
}
