#!/usr/bin/env bats
# Stop signals within half a second are one request: timeout(1) sends TERM to its child and at once to its whole group, and a preStop
# hook and the engine may both ask. The clean-up of a worker is not cut short by the second one.

load behaviour

rounds=${ROUNDS:-2}

# The main child ends at once by TERM; its worker, in the same group, needs 0.3 s to write its last line.
setup() {
    worker=$BATS_TEST_TMPDIR/worker.sh
    cat >"$worker" <<'END'
[ -n "$2" ] || { sh "$0" "$1" child & exec sleep 1000; }
trap 'sleep 0.3; echo finished >>"$1"; exit' TERM
echo ready >>"$1"
while :; do sleep 0.01; done
END
    cat >"$BATS_TEST_TMPDIR/worker.py" <<'END'
import os, signal, sys, time
if os.fork():
    signal.pause()
def finish(*_):
    time.sleep(0.3)
    print("finished", file=open(sys.argv[1], "a"))
    sys.exit()
signal.signal(signal.SIGTERM, finish)
print("ready", file=open(sys.argv[1], "a"), flush=True)
while True:
    signal.pause()
END
}

# finishes COMMAND...: in each round timeout(1) is told to end, does what it does when its time has come, and the worker comes to its
# last line.
finishes() {
    local round log=$BATS_TEST_TMPDIR/log
    for ((round = 0; round < rounds; ++round)); do
        : >"$log"
        "${default_signals[@]}" "$@" >/dev/null 2>&1 </dev/null 3>&- &
        started=$! init=$!
        eventually holds ready "$log"
        kill -TERM "$started"
        wait "$started" || true
        started=
        echo "$*: round $round: $(tr '\n' ' ' <"$log")"
        [ "$(cat "$log")" = $'ready\nfinished' ]
    done
}

programs_finish() {
    finishes "$@" sh "$worker" "$BATS_TEST_TMPDIR/log"
    finishes "$@" python3 "$BATS_TEST_TMPDIR/worker.py" "$BATS_TEST_TMPDIR/log"
}

@test "timeout(1) around cppinit lets workers finish, in each scope that reaches them" {
    local scope
    for scope in --group --all; do programs_finish timeout 100 "$CPPINIT" $scope --; done
}

@test "a limit that expires lets a worker finish, with busybox too" {
    local limited
    for limited in timeout "busybox timeout"; do
        : >"$BATS_TEST_TMPDIR/log"
        run $limited 3 "$CPPINIT" sh "$worker" "$BATS_TEST_TMPDIR/log"
        [ "$(cat "$BATS_TEST_TMPDIR/log")" = $'ready\nfinished' ]
    done
}

@test "with --single-child the worker gets one TERM, at the end, and finishes" {
    programs_finish timeout 100 "$CPPINIT" --single-child --
}

@test "a hook's TERM and the engine's a moment later are one request, as PID 1 and as a subreaper" {
    local mode
    for mode in $modes; do
        : >"$BATS_TEST_TMPDIR/log"
        start "$mode" sh "$worker" "$BATS_TEST_TMPDIR/log"
        eventually holds ready "$BATS_TEST_TMPDIR/log"
        kill -TERM "$init"
        eventually has_taken_signals "$init"
        kill -TERM "$init"
        await 143
        [ "$(cat "$BATS_TEST_TMPDIR/log")" = $'ready\nfinished' ]
    done
}

@test "two requests cut the grace short" {
    local mode
    for mode in $modes; do
        : >"$BATS_TEST_TMPDIR/log"
        start "$mode" --grace 1h sh -c 'trap "" TERM; (echo ready; exec sleep 1000) >>"$1" & sleep 0.1; exit 3' sh "$BATS_TEST_TMPDIR/log"
        eventually holds ready "$BATS_TEST_TMPDIR/log"
        kill -TERM "$init"
        let_the_request_pass
        kill -TERM "$init"
        await 3
    done
}
