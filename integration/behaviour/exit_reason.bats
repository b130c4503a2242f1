#!/usr/bin/env bats
# With -v the last line says in one sentence why cppinit exits with this code. What an OOM kill adds is in oom.bats.

load ../helpers

# gives_reason CODE TEXT WORDS...: cppinit with these words exits with the code, and with -v that is its last line; without,
# nothing is said.
gives_reason() {
    local code=$1 reason=$2 mode
    shift 2
    for mode in pid1 subreaper; do
        run_as $mode -v "$@"
        [ "$status" -eq "$code" ]
        [ "${lines[-1]}" = "cppinit: exiting, exit code $code: $reason" ]
        run_as $mode "$@"
        [ "$status" -eq "$code" ]
        [[ $output != *exiting* ]]
    done
}

@test "-v: the program exited" {
    gives_reason 0 "the program exited with 0" true
    gives_reason 137 "the program exited with 137" sh -c 'exit 137'
}

@test "-v: a signal killed the program, which cppinit forwarded or did not send" {
    gives_reason 143 "the program was killed by TERM, which cppinit forwarded" sh -c 'kill -TERM $PPID; sleep 60'
    gives_reason 143 "the program was killed by TERM, which cppinit did not send" sh -c 'kill -TERM $$'
    gives_reason 137 "the program was killed by KILL, which cppinit did not send" sh -c 'kill -KILL $$'
    gives_reason 134 "the program was killed by ABRT, which cppinit did not send" "$FIXTURE" die 6
}

@test "-v: --kill-after expired" {
    gives_reason 137 "the program was killed by KILL, which cppinit sent when --kill-after expired" \
        --kill-after 50ms sh -c 'trap "" TERM; kill -TERM $PPID; sleep 60; :'
}

@test "-v: the exit code is remapped" {
    gives_reason 5 "the program was killed by TERM, which cppinit did not send (--remap-exit changes exit code 143)" \
        --remap-exit 143:5 sh -c 'kill -TERM $$'
}

@test "-v: --pause ends by a stop signal" {
    local mode
    for mode in pid1 subreaper; do
        start $mode -v --pause
        eventually sleeps "$init"
        kill -TERM "$init"
        await 0
        [ "$(tail -n 1 "$err")" = "cppinit: exiting, exit code 0: a stop signal ended --pause" ]
    done
}

@test "-v: the reason is the last line, after what was said of leftovers" {
    run_as subreaper -v -w --grace 50ms sh -c 'setsid sh -c "trap : TERM; sleep 60; sleep 60" & exit 3'
    [ "$status" -eq 3 ]
    [[ $output == *"orphan killed"* ]]
    [ "${lines[-1]}" = "cppinit: exiting, exit code 3: the program exited with 3" ]
}
