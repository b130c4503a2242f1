#!/usr/bin/env bats
# What reaches the container's log and the program through the standard streams of PID 1: real programs in the Docker Engine.

load ../programs/programs

setup_file() { use_programs programs; }

teardown_file() { stop_docker; }

@test "a cron job writes to the container's log" {
    # The job waits until cppinit sleeps: then it has closed what it does not keep.
    cat >"$volume/jobs" <<'JOBS'
@reboot root until grep -q "^State:.S" /proc/1/status; do :; done; echo output of the job >/proc/1/fd/1; echo error of the job >/proc/1/fd/2
JOBS
    chmod 644 "$volume/jobs"
    options=(-v "$volume/jobs:/etc/cron.d/jobs:ro")
    start_program /cppinit -- cron -f
    eventually log_holds 'output of the job'
    eventually log_holds 'error of the job'
}

@test "docker exec: a hook writes to the container's log" {
    start_program /cppinit -- sh -c 'echo ready; exec sleep 1000'
    eventually log_holds ready
    docker exec "$container" sh -c 'echo out of the hook >/proc/1/fd/1'
    eventually log_holds 'out of the hook'
}

@test "docker run -i: a server that reads commands from its console can be stopped through /proc/1/fd/0" {
    options=(-i)
    start_program /cppinit -- sh -c 'echo ready; while read -r command; do [ "$command" != stop ] || exit 7; done'
    eventually log_holds ready
    docker exec "$container" sh -c 'echo save >/proc/1/fd/0; echo stop >/proc/1/fd/0'
    [ "$(timeout 20 docker wait "$container")" -eq 7 ]
}

@test "nginx: logs that link to /dev/stdout and /dev/stderr reach the container's log, also after they are reopened" {
    cat >"$volume/nginx.conf" <<'CONF'
error_log /work/error.log notice;
events {}
http {
    log_format short "request for $uri";
    access_log /work/access.log short;
    server {
        listen 127.0.0.1:80;
        root /work;
    }
}
CONF
    ln -s /dev/stdout "$volume/access.log"
    ln -s /dev/stderr "$volume/error.log"
    start_program /cppinit -- nginx -c /work/nginx.conf -g 'daemon off;'
    eventually log_holds 'start worker process '
    client curl --silent http://127.0.0.1/first >/dev/null
    eventually log_holds 'request for /first'
    docker kill -s USR1 "$container" >/dev/null
    eventually log_holds 'reopening logs'
    client curl --silent http://127.0.0.1/second >/dev/null
    eventually log_holds 'request for /second'
    stop_program 0 5000
}
