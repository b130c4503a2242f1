#!/usr/bin/env bats
# Programs that stop gracefully by another signal than TERM: the options that wait for a stop signal wait for theirs.

load programs

setup_file() { use_programs programs; }

teardown_file() { stop_docker; }

# ended CODE MILLISECONDS MILLISECONDS: the container ends with this code, so long after $before.
ended() {
    local code took_ms
    code=$(docker wait "$container")
    took_ms=$(((${EPOCHREALTIME/./} - before) / 1000))
    echo "# $BATS_TEST_DESCRIPTION: exit code $code after $took_ms ms" >&3
    [ "$code" -eq "$1" ]
    [ "$took_ms" -ge "$2" ]
    [ "$took_ms" -lt "$3" ]
}

# As image authors do it, the container's stop signal is the program's own.
stop_in_the_background() {
    before=${EPOCHREALTIME/./}
    docker stop -t 30 "$container" >/dev/null 3>&- &
}

# haproxy_with OPTION...: haproxy below cppinit with these options; a client is in the middle of a request, and sends the rest once
# $volume/go is there.
haproxy_with() {
    cat >"$volume/haproxy.cfg" <<'CFG'
defaults
    mode http
    timeout client 1h
    timeout http-request 1h
frontend all
    bind 127.0.0.1:80
    http-request wait-for-body time 1h if METH_POST
    http-request return status 200 content-type text/plain string whole
CFG
    options=(--stop-signal USR1)
    start_program /cppinit --stop-signals USR1 "$@" -- haproxy -W -db -f /work/haproxy.cfg
    eventually log_holds 'Loading success'
    client python3 /programs/python/slow_request.py >"$BATS_TEST_TMPDIR/answer" 2>"$BATS_TEST_TMPDIR/error" &
    request=$!
    eventually holds ' 100 ' "$BATS_TEST_TMPDIR/answer"
}
is_served() { [ "$(client curl --silent http://127.0.0.1/)" = whole ]; }
is_not_served() { ! is_served; }

@test "haproxy: USR1 takes no new connections, and the request in hand is answered before --kill-after" {
    haproxy_with --kill-after 20s
    stop_in_the_background
    eventually is_not_served
    touch "$volume/go"
    wait "$request"
    holds whole "$BATS_TEST_TMPDIR/answer"
    ended 0 0 15000
}

@test "haproxy: a request that does not end holds it for --kill-after and no longer" {
    haproxy_with --kill-after 1s
    stop_in_the_background
    ended 137 1000 6000
    run ! holds whole "$BATS_TEST_TMPDIR/answer"
}

@test "haproxy: with --stop-delay new connections are still taken until USR1 is forwarded" {
    haproxy_with --stop-delay 2s
    before=${EPOCHREALTIME/./}
    docker kill -s USR1 "$container"
    is_served
    touch "$volume/go"
    wait "$request"
    holds whole "$BATS_TEST_TMPDIR/answer"
    ended 0 2000 8000
}

# httpd_with OPTION...: Apache's httpd below cppinit with these options; a client is in the middle of a download that takes two
# seconds.
httpd_with() {
    cat >"$volume/httpd.conf" <<'CONF'
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule env_module /usr/lib/apache2/modules/mod_env.so
LoadModule ratelimit_module /usr/lib/apache2/modules/mod_ratelimit.so
User www-data
Group www-data
ServerName localhost
PidFile /tmp/httpd.pid
ErrorLog /dev/stderr
Listen 127.0.0.1:80
DocumentRoot /work
SetOutputFilter RATE_LIMIT
SetEnv rate-limit 1024
CONF
    head -c 2M /dev/urandom >"$volume/file"
    options=(--stop-signal WINCH)
    start_program /cppinit --stop-signals WINCH "$@" -- /usr/sbin/apache2 -D FOREGROUND -f /work/httpd.conf
    eventually log_holds 'resuming normal operations'
    client curl --silent --show-error http://127.0.0.1/file >"$BATS_TEST_TMPDIR/download" 2>"$BATS_TEST_TMPDIR/error" &
    download=$!
    eventually test -s "$BATS_TEST_TMPDIR/download"
}

@test "httpd: WINCH lets a download that is under way finish whole before --kill-after" {
    httpd_with --kill-after 20s
    stop_in_the_background
    wait "$download"
    cmp "$volume/file" "$BATS_TEST_TMPDIR/download"
    ended 0 0 15000
}

@test "httpd: a download that takes longer is cut short at --kill-after" {
    httpd_with --kill-after 300ms
    stop_in_the_background
    ended 137 300 5000
    run ! wait "$download"
    run ! cmp "$volume/file" "$BATS_TEST_TMPDIR/download"
}

# An interactive bash ignores TERM, and HUP ends it.
@test "bash: with TERM rewritten to HUP an interactive shell ends, and --stop-delay holds that back" {
    # The engine's log has whole lines only, and a prompt is none.
    options=(-i -t -e PROMPT_COMMAND='echo ready')
    start_program /cppinit --rewrite TERM:HUP -- bash --norc -i
    eventually log_holds ready
    stop_program 129 5000
    docker rm "$container"
    start_program /cppinit --rewrite TERM:HUP --stop-delay 1500ms -- bash --norc -i
    eventually log_holds ready
    stop_in_the_background
    ended 129 1500 6000
}

@test "bash: one that ignores HUP as well is killed at --kill-after" {
    start_program /cppinit --rewrite TERM:HUP --kill-after 500ms -- bash -c 'trap "" HUP; echo ready; while :; do sleep 1; done'
    eventually log_holds ready
    stop_program 137 5000
}

@test "bash: with TERM rewritten to HUP, TERM ends --leftovers=wait, and what was left behind finishes" {
    start_program /cppinit --rewrite TERM:HUP --leftovers=wait -v -- \
        bash -c 'setsid /fixture finish /work/state 300 & exit 7'
    eventually log_holds ready
    eventually log_holds 'exit code 7'
    stop_program 7 5000
    [ "$(cut -d ' ' -f 1 "$volume/state")" -eq 1 ]
}

@test "bash: with TERM rewritten to HUP, TERM ends --pause" {
    start_program /cppinit --rewrite TERM:HUP --pause
    docker exec "$container" bash -c 'while ! grep -q "^State:.S" /proc/1/status; do :; done'
    stop_program 0 5000
}
