#!/usr/bin/env bats
# Stop signals within half a second are one request: timeout(1) sends TERM to its child and at once to its whole group, and a preStop
# hook and the engine may both ask. The clean-up of a worker is not cut short by the second one.

load behaviour

rounds=${ROUNDS:-1}

# Three workers, in C, Python and shell, each in the group of a main child that ends at once by TERM. WORKER FILE says "ready"; by a
# TERM it needs half a second, and then writes the file.
setup() {
    log=$BATS_TEST_TMPDIR/log file=$BATS_TEST_TMPDIR/file worker=$BATS_TEST_TMPDIR/worker
    cat >"$worker.c" <<END
"$FIXTURE" finish "\$1" 500 & exec sleep 1000
END
    cat >"$worker.sh" <<'END'
[ -n "$2" ] || { sh "$0" "$1" child & exec sleep 1000; }
trap 'sleep 0.5; echo finished >"$1"; exit' TERM
echo ready
while :; do sleep 0.01; done
END
    cat >"$worker.py" <<'END'
import os, signal, sys, time
if os.fork():
    signal.pause()
def finish(*_):
    time.sleep(0.5)
    print("finished", file=open(sys.argv[1], "w"))
    sys.exit()
signal.signal(signal.SIGTERM, finish)
print("ready", flush=True)
while True:
    signal.pause()
END
    workers=("sh $worker.c" "sh $worker.sh" "python3 $worker.py")
}

# finishes COMMAND...: in each round timeout(1), which the command begins with, is asked to end, and the worker finishes. Few other processes
# are there: an init that looks at all of a busy machine's before it sends KILL leaves the worker time that it did not mean to leave.
finishes() {
    local round asked
    for ((round = 0; round < rounds; ++round)); do
        rm -f "$file"
        : >"$log"
        "${in_pid_namespace[@]}" "${default_signals[@]}" "$@" >"$log" 2>&1 </dev/null 3>&- &
        started=$!
        eventually holds ready "$log"
        asked=$(child_of "$started")
        # The program can be ready before fork(2) has returned in timeout(1), which exits and signals nobody if it gets a TERM then.
        eventually sleeps "$asked"
        kill -"${asks_by:-TERM}" "$asked"
        wait "$started" || true
        started=
        [ -s "$file" ] || {
            echo "not finished in round $round: $*: $(cat "$log")"
            return 1
        }
    done
}

each_finishes() {
    local program
    for program in "${workers[@]}"; do finishes "$@" $program "$file"; done
}

@test "timeout(1) around cppinit lets workers finish, in each scope" {
    local scope
    for scope in --group --all --single-child; do each_finishes timeout 100 "$CPPINIT" $scope --; done
}

@test "timeout(1) lets workers finish under a cppinit that is PID 1, in each scope" {
    local scope
    # unshare(1) does not die of the TERM that it gets as well.
    for scope in --group --all --single-child; do
        each_finishes timeout 100 "${in_pid_namespace[@]}" "$CPPINIT" $scope --
    done
}

@test "timeout --foreground and timeout -k let workers finish, and so does a limit that expires" {
    local options
    for options in "" "-k 50" "--foreground" "--foreground -k 50"; do
        each_finishes timeout $options 100 "$CPPINIT" --
        # Its clock sends timeout(1) this one.
        asks_by=ALRM each_finishes timeout $options 100 "$CPPINIT" --
    done
}

@test "busybox timeout lets workers finish, with -k too" {
    requires busybox
    local program options limit
    for program in "${workers[@]}"; do
        for options in "" "-k 20"; do
            rm -f "$file"
            # On a busy machine the worker may not be there yet.
            for ((limit = 2; ; limit *= 2)); do
                run busybox timeout $options $limit "$CPPINIT" $program "$file"
                [[ $output != *ready* ]] || break
            done
            [ -s "$file" ]
        done
    done
}

@test "a hook's TERM and the engine's a moment later are one request, as PID 1 and as a subreaper" {
    local mode program
    for mode in $modes; do
        for program in "${workers[@]}"; do
            rm -f "$file"
            start "$mode" $program "$file"
            eventually holds ready "$out"
            kill -TERM "$init"
            eventually has_taken_signals "$init"
            # A busy machine can be so late with it that the worker has finished.
            kill -TERM "$init" 2>/dev/null || true
            await 143
            [ -s "$file" ]
        done
    done
}

@test "two requests cut the grace short" {
    local mode
    for mode in $modes; do
        start "$mode" --grace 1h sh -c 'trap "" TERM; (echo ready; exec sleep 1000) & sleep 0.1; exit 3'
        eventually holds ready "$out"
        kill -TERM "$init"
        let_the_request_pass
        kill -TERM "$init"
        await 3
    done
}
