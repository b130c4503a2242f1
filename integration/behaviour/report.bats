#!/usr/bin/env bats
# The contract's --report: one JSON object about the run, written whole, and never a reason for another exit code.

load ../helpers

setup() {
    report=$BATS_TEST_TMPDIR/report.json
}

# A report is one line, and what docs/report.schema.json says.
is_valid() {
    [ "$(wc -l <"$1")" -eq 1 ]
    /usr/bin/python3 "$root/integration/fixtures/check_schema.py" "$root/docs/report.schema.json" "$1"
}

# says FILE FILTER: a valid report of which the jq filter is true.
says() {
    is_valid "$1"
    jq -e "$2" "$1" >/dev/null || {
        cat "$1" >&2
        return 1
    }
}

@test "the schema refuses what is no report" {
    "$CPPINIT" --report "$report" true
    is_valid "$report"
    local change
    for change in 'del(.exit_code)' '.exit_code = 256' '.signals.received.TERM = 0' '.leftovers.killed.names = ["0123456789abcdef"]' \
        '.more = 1' 'del(.pid)' '.signal = "SIG TERM"'; do
        jq -c "$change" "$report" >"$BATS_TEST_TMPDIR/changed.json"
        run ! is_valid "$BATS_TEST_TMPDIR/changed.json"
    done
}

@test "it describes the program: name, pid, exit code, time and memory" {
    local mode
    for mode in pid1 subreaper; do
        run_as "$mode" --report "$report" python3 -c 'import time, sys
data = bytearray(40 << 20)
until = time.process_time() + 0.2
while time.process_time() < until: pass
sys.exit(3)'
        [ "$status" -eq 3 ]
        [ -z "$output" ]
        says "$report" '.program == "python3" and .exit_code == 3 and (has("signal") | not) and .pid > 1 and
            .wall_ms >= 200 and .wall_ms < 20000 and .main_child.cpu_ms >= 200 and .main_child.max_rss_kb > 40 * 1024 and
            .orphans.reaped == 0 and .signals == { received: {}, forwarded: {} } and .dropped_log_lines == 0'
    done
}

@test "it names the signal that killed the program, and the exit code after --remap-exit" {
    run_as subreaper --report "$report" --remap-exit 143:5 sh -c 'kill -TERM $$'
    [ "$status" -eq 5 ]
    says "$report" '.exit_code == 5 and .signal == "TERM"'
}

@test "it counts the signals that came and those that were forwarded, by name" {
    start subreaper --report "$report" --rewrite HUP:RTMIN+1 --rewrite USR2:0 "$FIXTURE" record
    eventually holds ready "$out"
    kill -HUP "$init"
    kill -USR2 "$init"
    eventually holds 'signal 35' "$out"
    kill -HUP "$init"
    twice() { [ "$(grep -c 'signal 35' "$out")" -eq 2 ]; }
    eventually twice
    pkill -KILL -P "$init"
    await 137
    says "$report" '.signals == { received: { HUP: 2, USR2: 1 }, forwarded: { "RTMIN+1": 2 } } and .signal == "KILL"'
}

@test "it counts orphans and what they used, and names the leftovers that ended and those that were killed" {
    local mode
    for mode in pid1 subreaper; do
        run_as "$mode" --report "$report" --grace 1500ms python3 "$root/integration/fixtures/leave_leftovers.py"
        [ "$status" -eq 4 ]
        says "$report" '.exit_code == 4 and .orphans.reaped == 4 and .orphans.cpu_ms >= 100 and
            .orphans.max_rss_kb > 20 * 1024 and .leftovers.terminated == { count: 2, names: ["heeds", "heeds"] } and
            .leftovers.killed == { count: 1, names: ["ig\"\u00ff\nores"] } and
            .signals.forwarded == {}'
    done
}

@test "it names the first sixteen leftovers and counts all" {
    run_as pid1 --report "$report" sh -c 'for i in $(seq 40); do sleep 60 & done'
    says "$report" '.leftovers.terminated.count == 40 and (.leftovers.terminated.names | length == 16 and all(. == "sleep" or . == "sh"))'
}

@test "of --pause it names no program" {
    start pid1 --report "$report" --pause
    eventually sleeps "$init"
    kill -TERM "$init"
    await 0
    says "$report" '(has("program") or has("pid") or has("main_child") | not) and .exit_code == 0 and
        .signals.received == { TERM: 1 }'
}

@test "a program that could not be started is reported too" {
    run -127 "$CPPINIT" --report "$report" no-such-program
    says "$report" '.program == "no-such-program" and .exit_code == 127 and (has("pid") | not)'
}

@test "- is stderr, CPPINIT_REPORT is the variable, and no file is bad input" {
    "$CPPINIT" --report - sh -c 'echo out' 2>"$report" >"$BATS_TEST_TMPDIR/out"
    says "$report" '.exit_code == 0'
    [ "$(cat "$BATS_TEST_TMPDIR/out")" = out ]
    rm "$report"
    CPPINIT_REPORT=$report "$CPPINIT" true
    is_valid "$report"
    run -125 "$CPPINIT" --report= true
    [[ ${lines[0]} == "cppinit: bad value '' for --report: expected a file, or - for stderr" ]]
    run -125 "$CPPINIT" --report
    [[ ${lines[0]} == "cppinit: option '--report' needs a value: expected FILE" ]]
}

@test "a relative FILE counts from where cppinit was started" {
    cd "$BATS_TEST_TMPDIR"
    mkdir -p below/deeper
    "$CPPINIT" --report below/report.json sh -c 'cd below/deeper'
    is_valid below/report.json
    # A folder that is gone has no path.
    mkdir gone
    cd gone
    rmdir ../gone
    run -4 "$CPPINIT" --report nowhere.json sh -c 'exit 4'
    [ "${lines[0]}" = "cppinit: cannot write the report 'nowhere.json': No such file or directory" ]
    # cppinit itself has gone to the root directory since.
    [ ! -e /nowhere.json ]
}

@test "a reader sees the old report or the new one, whole, and nothing else stays in the folder" {
    mkdir "$BATS_TEST_TMPDIR/folder"
    report=$BATS_TEST_TMPDIR/folder/report.json
    echo '{"old":true}' >"$report"
    exec 9<"$report"
    "$CPPINIT" --report "$report" true
    # Who had it open still reads the old one.
    [ "$(cat <&9)" = '{"old":true}' ]
    exec 9<&-
    is_valid "$report"
    [ "$(ls "$BATS_TEST_TMPDIR/folder")" = report.json ]
    (umask 027 && "$CPPINIT" --report "$report" true)
    [ "$(stat -c %a "$report")" = 640 ]
}

@test "a link is followed and stays a link" {
    ln -s target.json "$BATS_TEST_TMPDIR/link.json"
    "$CPPINIT" --report "$BATS_TEST_TMPDIR/link.json" true
    [ -L "$BATS_TEST_TMPDIR/link.json" ]
    is_valid "$BATS_TEST_TMPDIR/target.json"
}

@test "a file that is mounted, as /dev/termination-log is, is written in place" {
    requires unshare mount
    echo a much longer file than this, so that what it held shows where it is not cut >"$report"
    unshare --mount sh -c 'mount --bind "$1" "$1" && exec "$0" --report "$1" true' "$CPPINIT" "$report"
    is_valid "$report"
    [ "$(echo "$BATS_TEST_TMPDIR"/report.json*)" = "$report" ]
}

@test "a folder that takes no new file still has the old one written" {
    requires unshare mount
    mkdir "$BATS_TEST_TMPDIR/folder"
    echo '{}' >"$BATS_TEST_TMPDIR/folder/report.json"
    unshare --mount sh -c 'mount --bind "$1/report.json" "$1/report.json" && mount --bind "$1" "$2" &&
        mount --bind "$1/report.json" "$2/report.json" && mount -o remount,ro,bind "$2" && exec "$0" --report "$2/report.json" true' \
        "$CPPINIT" "$BATS_TEST_TMPDIR/folder" "$(mktemp -d "$BATS_TEST_TMPDIR/XXXX")"
    is_valid "$BATS_TEST_TMPDIR/folder/report.json"
}

@test "a file of somebody else, in a folder that all may write to, is written too" {
    requires unshare mount sysctl
    local before
    before=$(sysctl -n fs.protected_regular)
    mkdir -m 1777 "$BATS_TEST_TMPDIR/shared"
    touch "$BATS_TEST_TMPDIR/shared/report.json" "$BATS_TEST_TMPDIR/theirs"
    chown 1000 "$BATS_TEST_TMPDIR/theirs"
    sysctl -q fs.protected_regular=2
    run unshare --mount sh -c 'mount --bind "$1/theirs" "$1/shared/report.json" && exec "$0" --report "$1/shared/report.json" true' \
        "$CPPINIT" "$BATS_TEST_TMPDIR"
    sysctl -q "fs.protected_regular=$before"
    [ -z "$output" ]
    is_valid "$BATS_TEST_TMPDIR/theirs"
}

@test "the KILL of leftovers is not counted as forwarded, whatever brings it" {
    start subreaper --report "$report" --grace 60s python3 "$root/integration/fixtures/leave_leftovers.py"
    one_is_left() {
        local child
        child=$(cat "/proc/$init/task/$init/children")
        [[ $(cat "/proc/${child% }/comm" 2>/dev/null) == ig* ]]
    }
    eventually one_is_left
    kill -TERM "$init"
    let_the_request_pass
    kill -INT "$init"
    await 4
    says "$report" '.signals == { received: { INT: 1, TERM: 1 }, forwarded: {} } and .leftovers.killed.count == 1'
}

@test "a device is never replaced, and a pipe never waited for" {
    requires mknod timeout
    mknod "$BATS_TEST_TMPDIR/null" c 1 3
    "$CPPINIT" --report "$BATS_TEST_TMPDIR/null" true
    [ -c "$BATS_TEST_TMPDIR/null" ]
    mkfifo "$BATS_TEST_TMPDIR/pipe"
    run timeout 20 "$CPPINIT" --report "$BATS_TEST_TMPDIR/pipe" sh -c 'exit 6'
    [ "$status" -eq 6 ]
    [[ $output == "cppinit: cannot write the report '$BATS_TEST_TMPDIR/pipe': No such device or address" ]]
    [ -p "$BATS_TEST_TMPDIR/pipe" ]
    exec 9<>"$BATS_TEST_TMPDIR/pipe"
    "$CPPINIT" --report "$BATS_TEST_TMPDIR/pipe" true
    read -r line <&9
    echo "$line" >"$report"
    is_valid "$report"
}

@test "a report that cannot be written is a warning and changes no exit code" {
    run "$CPPINIT" --report "$BATS_TEST_TMPDIR/none/report.json" sh -c 'exit 9'
    [ "$status" -eq 9 ]
    [ "$output" = "cppinit: cannot write the report '$BATS_TEST_TMPDIR/none/report.json': No such file or directory" ]
    run "$CPPINIT" --report /dev/full sh -c 'exit 9'
    [ "$status" -eq 9 ]
    [[ $output == *"'/dev/full': No space left on device" ]]
    run "$CPPINIT" --report "$BATS_TEST_TMPDIR" sh -c 'exit 9'
    [ "$status" -eq 9 ]
    [[ $output == *"Is a directory" ]]
    run "$CPPINIT" -q --report "$BATS_TEST_TMPDIR" sh -c 'exit 9'
    [ "$status" -eq 9 ]
    [ -z "$output" ]
}

@test "a full disk leaves the old report" {
    requires unshare mount
    unshare --mount bash -c 'mount -t tmpfs -o size=16k none "$2" && echo old >"$2/report.json" && cat /dev/zero >"$2/fill" 2>/dev/null
        "$0" --report "$2/report.json" true 2>"$1/err"; ls "$2" >"$1/ls"; cat "$2/report.json" >"$1/kept"' \
        "$CPPINIT" "$BATS_TEST_TMPDIR" "$(mktemp -d "$BATS_TEST_TMPDIR/XXXX")"
    [ "$(cat "$BATS_TEST_TMPDIR/kept")" = old ]
    [[ $(cat "$BATS_TEST_TMPDIR/err") == *"cannot write the report"*"No space left on device" ]]
    [ "$(cat "$BATS_TEST_TMPDIR/ls")" = "$(printf 'fill\nreport.json')" ]
}

@test "it counts the log lines that were dropped" {
    # Nobody reads: from some line on the pipe is full.
    mkfifo "$BATS_TEST_TMPDIR/log"
    exec 9<>"$BATS_TEST_TMPDIR/log"
    "$CPPINIT" -w --report "$report" "$FIXTURE" crowd 3000 2>&9 9<&- >"$BATS_TEST_TMPDIR/out" 3>&- &
    started=$! init=$!
    eventually holds ready "$BATS_TEST_TMPDIR/out"
    pkill -KILL -P "$init" -f crowd || true
    eventually has_ended "$started"
    exec 9<&-
    says "$report" '.dropped_log_lines > 0 and .dropped_log_lines <= .orphans.reaped + 2'
}

@test "the names of open streams mean the streams, and truncate no file that they are" {
    local mode name before
    for mode in pid1 subreaper; do
        in_mode $mode
        for name in - /dev/stderr /dev/fd/2 /proc/self/fd/2 /dev/stdout /dev/fd/1 /dev/fd/5; do
            echo "written before" >"$BATS_TEST_TMPDIR/log"
            run bash -c '"$@" >>"$0" 2>&1 5>&1' "$BATS_TEST_TMPDIR/log" "${before[@]}" "$CPPINIT" --report "$name" sh -c 'exit 7'
            echo "$mode, $name: $status, $(cat "$BATS_TEST_TMPDIR/log")"
            [ "$status" -eq 7 ]
            [ "$(head -n 1 "$BATS_TEST_TMPDIR/log")" = "written before" ]
            [ "$(tail -n 1 "$BATS_TEST_TMPDIR/log" | jq .exit_code)" -eq 7 ]
        done
    done
}

@test "a report on a stream that is not open, or that nobody reads, is a warning" {
    run bash -c '"$0" --report /dev/fd/7 sh -c "exit 7" 7>&-' "$CPPINIT"
    [ "$status" -eq 7 ]
    [ "$output" = "cppinit: cannot write the report '/dev/fd/7': Bad file descriptor" ]
    run bash -c 'exec 7> >(:); wait $!; "$0" --report /dev/fd/7 sh -c "exit 7"' "$CPPINIT"
    [ "$status" -eq 7 ]
    [ "$output" = "cppinit: cannot write the report '/dev/fd/7': Broken pipe" ]
}

@test "a report on a full pipe waits for the reader, for up to a second" {
    run bash -c '"$0" --report - sh -c "head -c 65536 /dev/zero >&2" 2>&1 >/dev/null | { sleep 0.3; tail -n 1; }' "$CPPINIT"
    [ "$(tr -d '\0' <<<"$output" | jq .exit_code)" -eq 0 ]
    run timeout 10 bash -c '"$0" --report - sh -c "head -c 65536 /dev/zero >&2" 2> >(exec sleep 5)' "$CPPINIT"
    [ "$status" -eq 0 ]
}
