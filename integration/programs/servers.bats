#!/usr/bin/env bats
# Servers that have work in hand when `docker stop` comes.

load programs

setup_file() { use_programs programs; }

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

# postgres_with OPTION...: PostgreSQL below cppinit with these options; it has one row, and a client that does not leave.
postgres_with() {
    options=(--user postgres)
    docker run --rm --network none --user postgres -v "$programs_root/usr:/usr:ro" -v "$volume:/work" programs \
        "$postgres/initdb" --pgdata /work/data --auth trust --locale C --no-sync >/dev/null
    start_program /cppinit "$@" -- "$postgres/postgres" -D /work/data -k /tmp
    eventually log_holds 'ready to accept connections'
    sql 'create table t (n int); insert into t values (42)'
    sql 'select pg_sleep(1000)' >"$BATS_TEST_TMPDIR/client" 2>&1 &
    eventually client_is_there
}

postgres=/usr/lib/postgresql/15/bin
sql() { client "$postgres/psql" -h 127.0.0.1 -U postgres --no-align --tuples-only --command "$1"; }
client_is_there() { [ "$(sql "select count(*) from pg_stat_activity where query like '%sleep(1000)'")" -eq 1 ]; }
row_is_there() { [ "$(sql 'select n from t' 2>&1)" = 42 ]; }

@test "PostgreSQL: TERM waits for the clients, and after the KILL that follows the next start has to recover" {
    postgres_with
    engine_patience=2
    stop_program 137 5000
    start_again
    eventually row_is_there
    log_holds 'was not properly shut down'
}

@test "PostgreSQL: with TERM rewritten to INT it stops in spite of a client, and the next start has nothing to recover" {
    postgres_with --rewrite TERM:INT
    stop_program 0 5000
    log_holds 'database system is shut down'
    start_again
    eventually row_is_there
    log_holds 'database system was shut down at'
    run ! log_holds 'was not properly shut down'
}

redis() { client redis-cli --raw "$@"; }
keys_are_there() { [ "$(redis dbsize)" = 300000 ]; }

@test "redis: what was set is there after a stop and a start" {
    options=(--user redis --workdir /work)
    start_program /cppinit -- redis-server --dir /work --bind 127.0.0.1
    eventually log_holds 'Ready to accept connections'
    redis eval "for i = 1, 300000 do redis.call('set', i, i) end" 0
    stop_program 0 5000
    log_holds 'DB saved on disk'
    start_again
    eventually keys_are_there
    [ "$(redis get 299999)" = 299999 ]
}

# A worker of gunicorn 20.1 that is not that far yet loses the TERM, whoever sends it, and is waited for 30 seconds.
workers_are_ready() { [ "$(log_of_program | grep -c loaded)" -eq 3 ]; }

# The main process sends each worker a TERM itself. A second one, from the group's, kills the worker in the middle of its exit, and
# the warning about that can trip over the main process's own log, which then waits for the worker for 30 seconds.
@test "gunicorn: with --single-child a request that a worker has begun is answered whole, and its workers end by themselves" {
    start_program /cppinit --single-child --warn-on-reap -- \
        gunicorn --workers 3 --bind 127.0.0.1:8000 --chdir /programs/python service
    eventually workers_are_ready
    client curl --silent --show-error http://127.0.0.1:8000/ >"$BATS_TEST_TMPDIR/answer" 2>"$BATS_TEST_TMPDIR/error" &
    local request=$!
    eventually log_holds begun
    eventually log_holds "orphan exited 'sleep'"
    eventually no_zombie
    stop_program 0 5000
    wait "$request"
    [ "$(cat "$BATS_TEST_TMPDIR/answer")" = whole ]
    run ! log_holds 'was terminated due to signal'
}

# celery_with OPTION...: Celery below cppinit with these options; one of its workers is in the middle of a job.
celery_with() {
    options=(--user www-data --env PYTHONPATH=/programs/python)
    start_program /cppinit --warn-on-reap "$@" -- celery --app jobs worker --concurrency 2 --loglevel info
    eventually log_holds ' ready.$'
    client env PYTHONPATH=/programs/python python3 -m jobs
    eventually log_holds begun
}

@test "Celery: where the group gets the TERM, the job in hand is lost, and its main process waits for it until the KILL" {
    celery_with
    engine_patience=2
    stop_program 137 5000
    [ ! -e "$volume/result" ]
}

@test "Celery: with --single-child the job in hand is finished" {
    celery_with --single-child
    eventually log_holds "orphan exited 'sleep'"
    eventually no_zombie
    # It takes five seconds without an init too.
    stop_program 0 9000
    [ "$(cat "$volume/result")" = whole ]
}
