#!/usr/bin/env bats
# The contract's chapter "While it runs": stderr never delays cppinit, and nothing that it causes is forwarded.

load ../helpers

@test "-v logs how the program ended, -q only errors" {
    run "$CPPINIT" -v sh -c 'exit 3'
    [[ ${lines[0]} =~ ^"cppinit: program exited, pid "[0-9]+", exit code 3"$ ]]
    run "$CPPINIT" -v "$FIXTURE" die 15
    [[ ${lines[0]} =~ ^"cppinit: program killed, pid "[0-9]+", TERM"$ ]]
    run "$CPPINIT" sh -c 'exit 3'
    [ -z "$output" ]
    run -127 "$CPPINIT" -q no-such-program
    [[ $output == *"cannot execute 'no-such-program'"* ]]
}

@test "no name in a message commands the terminal" {
    # Escape, and U+009B, which does the same in one character.
    run -127 "$CPPINIT" $'no\e[31m-\xc2\x9b31m-such'
    [ "$output" = "cppinit: cannot execute 'no?[31m-?31m-such': No such file or directory" ]
    run -125 "$CPPINIT" $'--no\xc2\x9b31m'
    [[ ${lines[0]} == "cppinit: unknown option '--no?31m'"* ]]
}

@test "-w logs the name and the end of each orphan that is reaped, and the program is not an orphan" {
    run_as subreaper -w python3 "$root/integration/fixtures/leave_orphans.py"
    [ "$status" -eq 3 ]
    [[ ${lines[0]} == "cppinit: orphan exited 'a\"b?"*"', pid "*", exit code 9" ]]
    [[ ${lines[1]} =~ ^"cppinit: orphan killed 'plain', pid "[0-9]+", KILL"$ ]]
    [ "${#lines[@]}" -eq 2 ]
}

@test "--log-format json writes one valid object a line, whatever a process is called" {
    run_as subreaper -v -w --log-format json python3 "$root/integration/fixtures/leave_orphans.py"
    [ "$status" -eq 3 ]
    jq -se 'length == 4 and
        (.[0] | .event == "orphan exited" and .name == "a\"b\n\u00ff\\" and .exit_code == 9 and .level == "warning" and
            .time > 1700000000 and .pid > 0 and (has("signal") | not)) and
        (.[1] | .event == "orphan killed" and .name == "plain" and .signal == "KILL" and (has("exit_code") | not)) and
        (.[2] | .event == "program exited" and .level == "info" and .exit_code == 3) and
        (.[3] | .event == "exiting" and .level == "info" and .exit_code == 3 and .reason == "the program exited with 3")' <<<"$output"
    # A name that would fill the line six times over.
    run -127 "$CPPINIT" --log-format=json "$(printf '\001%.0s' {1..1500})"
    jq -e '.name | length == 128' <<<"$output"
    run -127 "$CPPINIT" --log-format=json no-such-program
    jq -e '.level == "error" and .event == "cannot execute" and .name == "no-such-program" and
        .reason == "No such file or directory"' <<<"$output"
}

@test "-w logs the name of an orphan that ends just before cppinit waits" {
    requires strace
    # Each wait takes 20 ms: after that for one orphan, another one ends during the next.
    run -0 timeout 60 strace -o /dev/null -e trace=wait4 -e inject=wait4:delay_enter=20000 "$CPPINIT" -w sh -c '
        for hundredths in $(seq 10 3 67); do (sleep 0.$hundredths &); done
        sleep 1'
    echo "$output"
    [ "$(grep -cE "^cppinit: orphan exited 'sleep', pid [0-9]+, exit code 0$" <<<"$output")" -eq 20 ]
}

@test "-w logs no name where /proc is another namespace's" {
    run timeout 60 unshare --pid --fork --kill-child "$CPPINIT" -w python3 "$root/integration/fixtures/leave_orphans.py"
    [[ ${lines[0]} =~ ^"cppinit: orphan exited, pid "[0-9]+", exit code 9"$ ]]
}

@test "a closed log pipe brings no SIGPIPE to the program and no harm to cppinit" {
    out=$BATS_TEST_TMPDIR/out
    mkfifo "$BATS_TEST_TMPDIR/log"
    "$CPPINIT" -vv "$FIXTURE" record >"$out" 2>"$BATS_TEST_TMPDIR/log" 3>&- &
    started=$! init=$!
    exec 9<"$BATS_TEST_TMPDIR/log"
    eventually holds ready "$out"
    exec 9<&-
    for _ in 1 2 3; do kill -40 "$init"; done
    three_came() { [ "$(grep -c '^signal 40' "$out")" -eq 3 ]; }
    eventually three_came
    # A PIPE from outside is still forwarded.
    kill -PIPE "$init"
    eventually holds 'signal 13 ' "$out"
    [ "$(grep -c '^signal 13' "$out")" -eq 1 ]
}

@test "a full log pipe delays nothing, and the number of dropped lines is logged later" {
    out=$BATS_TEST_TMPDIR/out
    mkfifo "$BATS_TEST_TMPDIR/log"
    exec 9<>"$BATS_TEST_TMPDIR/log"
    "$CPPINIT" -vv "$FIXTURE" record >"$out" 2>"$BATS_TEST_TMPDIR/log" 3>&- 9<&- &
    started=$! init=$!
    eventually holds ready "$out"
    # A pipe holds 65,536 bytes (pipe(7)), a line here less than 30.
    for _ in $(seq 3000); do kill -40 "$init"; done
    all_came() { [ "$(grep -c '^signal 40' "$out")" -eq 3000 ]; }
    eventually all_came
    timeout 1 cat <&9 >"$BATS_TEST_TMPDIR/first" || true
    grep -q 'forwarding' "$BATS_TEST_TMPDIR/first"
    kill -41 "$init"
    eventually holds 'signal 41 ' "$out"
    timeout 1 cat <&9 >"$BATS_TEST_TMPDIR/second" || true
    grep -qE '^cppinit: log lines dropped: [0-9]+$' "$BATS_TEST_TMPDIR/second"
    [ $(($(grep -c forwarding "$BATS_TEST_TMPDIR/first") + $(sed -n 's/^cppinit: log lines dropped: \([0-9]*\)$/\1/p' "$BATS_TEST_TMPDIR/second"))) -eq 3000 ]
    exec 9<&-
}

@test "the same without pwritev2, as on old kernels" {
    out=$BATS_TEST_TMPDIR/out
    mkfifo "$BATS_TEST_TMPDIR/log"
    exec 9<>"$BATS_TEST_TMPDIR/log"
    "$FIXTURE" deny 328 38 "$CPPINIT" -vv "$FIXTURE" record >"$out" 2>"$BATS_TEST_TMPDIR/log" 3>&- 9<&- &
    started=$! init=$!
    eventually holds ready "$out"
    for _ in $(seq 3000); do kill -40 "$init"; done
    all_came() { [ "$(grep -c '^signal 40' "$out")" -eq 3000 ]; }
    eventually all_came
    exec 9<&-
}

@test "a full disk and a full file delay nothing" {
    run bash -c '"$0" -vv sh -c "exit 3" 2>/dev/full' "$CPPINIT"
    [ "$status" -eq 3 ]
    out=$BATS_TEST_TMPDIR/out
    bash -c '(ulimit -f 0; exec "$0" -vv "$1" record 2>"$2.log") | cat >"$2"' "$CPPINIT" "$FIXTURE" "$out" 3>&- &
    started=$!
    eventually holds ready "$out"
    init=$(pgrep -f "^$CPPINIT -vv $FIXTURE record")
    kill -40 "$init"
    kill -41 "$init"
    eventually holds 'signal 41 ' "$out"
    [ "$(grep -c '^signal 25 ' "$out")" -eq 0 ]
    pkill -KILL -f "$FIXTURE record"
    wait "$started"
}
