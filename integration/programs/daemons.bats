#!/usr/bin/env bats
# Daemons that start what others ask for, and what that leaves behind.

load programs

setup_file() { use_programs programs; }

teardown_file() { stop_docker; }

# How many TERM the fixture `finish` got that wrote this file of the volume; nothing where it did not come to that.
terms() { cut -d ' ' -f 1 "$volume/$1" 2>/dev/null; }

# parent_of NAME: of the process of this name in the container, as numbered there.
parent_of() { docker exec "$container" ps -e -o ppid=,comm= | awk -v name="$1" '$2 == name { print $1 }'; }
is_an_orphan() { [ "$(parent_of "$1")" = 1 ]; }

sshd_is_there() {
    requires ssh-keygen
    ssh-keygen -q -t ed25519 -N '' -f "$volume/key" </dev/null
    options=(--tmpfs /run/sshd:mode=755)
    start_program /cppinit --warn-on-reap -- /usr/sbin/sshd -D -e -o AuthorizedKeysFile=/work/key.pub -o StrictModes=no
    eventually log_holds 'Server listening on 0.0.0.0'
}
session() {
    client ssh -i /work/key -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=error root@127.0.0.1 "$@"
}

@test "sshd: what a session leaves behind is reaped" {
    sshd_is_there
    [ "$(session 'sleep 0.1 >/dev/null 2>&1 & echo from the session')" = 'from the session' ]
    eventually log_holds "orphan exited 'sleep'"
    eventually no_zombie
    stop_program 0 3000
    log_holds 'Received signal 15; terminating'
}

@test "sshd: at a stop, what runs in an open session gets one TERM and finishes" {
    sshd_is_there
    session /fixture finish /work/state 500 >"$BATS_TEST_TMPDIR/session" 2>&1 &
    eventually holds ready "$BATS_TEST_TMPDIR/session"
    stop_program 0 3000
    [ "$(terms state)" -eq 1 ]
}

@test "cron: what a job leaves in the background is reaped, or gets one TERM at the stop and finishes" {
    cat >"$volume/jobs" <<'JOBS'
@reboot root sleep 0.1 &
@reboot root setsid /fixture finish /work/state 500 >/work/out &
JOBS
    chmod 644 "$volume/jobs"
    options=(-v "$volume/jobs:/etc/cron.d/jobs:ro")
    start_program /cppinit --warn-on-reap -- cron -f -L 15
    eventually holds ready "$volume/out"
    eventually is_an_orphan fixture
    eventually log_holds "orphan exited 'sleep'"
    eventually no_zombie
    stop_program 143 3000
    [ "$(terms state)" -eq 1 ]
}

# supervisord_with PROGRAM...: supervisord below cppinit, with a program of this command.
supervisord_with() {
    cat >"$volume/supervisord.conf" <<CONF
[supervisord]
logfile=/dev/null
logfile_maxbytes=0
pidfile=/tmp/supervisord.pid
nodaemon=true
[unix_http_server]
file=/tmp/supervisor.sock
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix:///tmp/supervisor.sock
[program:app]
command=$*
CONF
    start_program /cppinit --warn-on-reap -- supervisord -c /work/supervisord.conf
    eventually holds ready "$volume/out"
}
supervisorctl() { docker exec "$container" supervisorctl -c /work/supervisord.conf "$@"; }

# A program whose child is in a session of its own.
app="sh -c 'setsid /fixture finish /work/state 500 >/work/out & exec /fixture sleep'"

@test "supervisord: what a stopped program leaves is an orphan of cppinit, which ends it at the stop of the container" {
    supervisord_with "$app"
    supervisorctl stop app
    eventually is_an_orphan fixture
    [ ! -e "$volume/state" ]
    stop_program 0 5000
    [ "$(terms state)" -eq 1 ]
}

@test "supervisord: with cppinit before the command, the stop of the program reaches its grandchildren and waits for them" {
    supervisord_with "/cppinit -- $app"
    supervisorctl stop app
    [ "$(terms state)" -eq 1 ]
    run processes
    [[ $output != *fixture* ]]
    stop_program 0 5000
}
