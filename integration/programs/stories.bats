#!/usr/bin/env bats
# The five stories behind the project (docs: README, Questions): each first without cppinit, then with it.

load ../helpers

setup_file() {
    requires python3 unshare
    # For what a person would do at night: docker exec CONTAINER /cppinit --ps.
    export CPPINIT
}

stories=$root/integration/programs/stories

# as_pid_1 WORDS...: these words are PID 1 of a new namespace.
as_pid_1() { run timeout 60 "${in_pid_namespace[@]}" "$@"; }

# leaves STORY: the zombies that are there after the story, without and with cppinit, into $without and $with.
leaves() {
    as_pid_1 python3 "$stories/service.py" python3 "$@"
    [ "$status" -eq 0 ]
    # Without an init they are those of PID 1, which is the service.
    without=$(grep -c "^zombie .* its parent, pid 1 'python3', lives and has to wait for it$" <<<"$output") || true
    as_pid_1 "$CPPINIT" -- python3 "$stories/service.py" python3 "$@"
    [ "$status" -eq 0 ]
    with=$(grep -c '^zombie ' <<<"$output") || true
    echo "$1: $without without cppinit, $with with it"
}

@test "story 1: children that a consumer never joins are zombies while it lives, and gone with cppinit once it ends" {
    leaves "$stories/consumer.py"
    [ "$without" -ge 1 ]
    [ "$with" -eq 0 ]
    # While their parent lives, no init can wait for them: that is its business alone.
    [[ $output =~ "zombies of the consumer while it lives: "[1-5] ]]
}

@test "story 2: the child of a worker that ended before it is reaped" {
    leaves "$stories/worker.py"
    [ "$without" -eq 1 ]
    [ "$with" -eq 0 ]
}

@test "story 3: a SIGCHLD handler that misses merged signals leaves no zombie" {
    leaves "$stories/handler.py"
    [ "$without" -ge 1 ]
    [ "$with" -eq 0 ]
}

@test "story 3: polling with WNOHANG leaves no zombie" {
    leaves "$stories/polling.py"
    [ "$without" -ge 1 ]
    [ "$with" -eq 0 ]
}

@test "story 3: a double-forked daemon lives while the main child does, and ends with it" {
    local pid_file=$BATS_TEST_TMPDIR/daemon.pid
    mkfifo "$BATS_TEST_TMPDIR/input"
    out=$BATS_TEST_TMPDIR/out err=$BATS_TEST_TMPDIR/err
    "$CPPINIT" sh -c 'python3 "$0" "$1" && echo started; read -r line; exit 3' "$stories/daemon.py" "$pid_file" \
        <"$BATS_TEST_TMPDIR/input" >"$out" 2>"$err" 3>&- &
    started=$! init=$!
    exec 9>"$BATS_TEST_TMPDIR/input"
    eventually holds started "$out"
    local daemon
    daemon=$(cat "$pid_file")
    eventually sleeps "$daemon"
    [ "$(awk '{ print $4 }' "/proc/$daemon/stat")" -eq "$init" ]
    exec 9>&-
    await 3
    run ! kill -0 "$daemon"

    # Without an init a daemon outlives the program that started it.
    rm "$pid_file"
    python3 "$stories/daemon.py" "$pid_file"
    kill "$(cat "$pid_file")"
}

# is_listed WORDS: a process with exactly these is in the tree.
is_listed() { "$CPPINIT" --ps | grep -qP "^[0-9]+\t[^Z]\t.*\t *\Q$1\E$"; }

# reader_says EXIT_CODE END WORDS...: what story 4's service prints.
reader_says() {
    local said=$'exit code '$1$'\n'$2
    shift 2
    # Other tests sleep as well.
    export NAP=1000.$$$BATS_TEST_NUMBER
    run timeout 60 python3 "$stories/reader.py" "$@" 3>&-
    [ "$output" = "$said" ]
}

# It shows what holds the pipe.
sleep_holds_the_pipe() {
    is_listed "sleep $NAP"
    pkill -KILL -xf "sleep $NAP"
}

@test "story 4: the reader of a command that timed out hangs without cppinit, and has its end of file with it" {
    reader_says -15 "the reader hangs" terminate
    sleep_holds_the_pipe
    reader_says 143 "the reader has its end of file" terminate "$CPPINIT" --
    run ! is_listed "sleep $NAP"
}

@test "story 4: cppinit --timeout in place of the service's own time limit" {
    reader_says 124 "the reader has its end of file" none "$CPPINIT" -q --timeout 200ms --
    run ! is_listed "sleep $NAP"
    # timeout(1) there does not help.
    reader_says 124 "the reader hangs" none timeout 0.2
    sleep_holds_the_pipe
}

@test "story 4: a service that kills cppinit itself with KILL, as Python's run(timeout=) does, needs --timeout" {
    reader_says -9 "the reader hangs" kill "$CPPINIT" --
    sleep_holds_the_pipe
    reader_says 124 "the reader has its end of file" none "$CPPINIT" -q --timeout 100ms --
    run ! is_listed "sleep $NAP"
}

# pool PREFIX...: starts the main process with its workers, below these words. Sets $main and $workers.
pool() {
    out=$BATS_TEST_TMPDIR/out
    : >"$out"
    "$@" python3 "$stories/pool.py" >"$out" 2>/dev/null 3>&- &
    started=$!
    eventually holds ready "$out"
    read -r _ workers <"$out"
    main=$(awk '{ print $4 }' "/proc/${workers%% *}/stat")
}

# How many of the workers are in the tree, and no zombies.
living_workers() { "$CPPINIT" --ps | grep -cP "^(${workers// /|})\t[^Z]\t"; }
workers_live() { [ "$(living_workers)" -eq 3 ]; }
workers_are_gone() { [ "$(living_workers)" -eq 0 ]; }

@test "story 5: the workers of a killed main process survive it without cppinit" {
    local signal
    for signal in TERM KILL; do
        pool env
        kill -"$signal" "$main"
        eventually has_ended "$main"
        workers_live
        kill -KILL $workers
    done
}

@test "story 5: with cppinit they end with it: by TERM to the group, by the end of leftovers, by --kill-child" {
    pool "$CPPINIT" --
    kill -TERM "$started"
    await 143
    workers_are_gone

    pool "$CPPINIT" --
    kill -KILL "$main"
    await 137
    workers_are_gone

    # Even where cppinit itself is killed: the main process gets its signal, and the next reaper ends the rest.
    pool "$CPPINIT" -- "$CPPINIT" --kill-child --
    kill -KILL "$(child_of "$started")"
    await 137
    has_ended "$main"
    workers_are_gone
}
