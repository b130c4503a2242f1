#!/usr/bin/env bats
# Servers that have work in hand when `docker stop` comes.

load programs

setup_file() { use_programs programs "${packages[@]}"; }

teardown_file() { stop_docker; }

# nginx_with OPTION...: nginx below cppinit with these options; a client is in the middle of a download that takes two seconds.
nginx_with() {
    cat >"$volume/nginx.conf" <<'CONF'
error_log stderr notice;
events {}
http {
    access_log off;
    server {
        listen 127.0.0.1:80;
        root /work;
        limit_rate 1m;
    }
}
CONF
    head -c 2M /dev/urandom >"$volume/file"
    start_program /cppinit "$@" -- nginx -c /work/nginx.conf -g 'daemon off;'
    eventually log_holds 'start worker process '
    client curl --silent --show-error http://127.0.0.1/file >"$BATS_TEST_TMPDIR/download" 2>"$BATS_TEST_TMPDIR/error" &
    download=$!
    eventually test -s "$BATS_TEST_TMPDIR/download"
}

@test "nginx: TERM cuts a download short" {
    nginx_with
    stop_program 0 2000
    run ! wait "$download"
    run ! cmp "$volume/file" "$BATS_TEST_TMPDIR/download"
}

@test "nginx: with TERM rewritten to QUIT a download that is under way finishes whole" {
    nginx_with --rewrite TERM:QUIT
    stop_program 0 6000
    wait "$download"
    cmp "$volume/file" "$BATS_TEST_TMPDIR/download"
    log_holds 'gracefully shutting down'
}
