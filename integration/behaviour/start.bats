#!/usr/bin/env bats
# The contract's chapter "Start": what the main child gets, and what cppinit keeps.

load ../helpers

signals_of() { awk '/^Sig(Blk|Ign):/ { print $2 }' ; }

@test "the inherited mask and the inherited ignores reach the program exactly" {
    # bash takes no part in it: it would set signals of its own.
    local blocked ignored
    while read -r blocked ignored; do
        run "$FIXTURE" with "$blocked" "$ignored" grep -E '^Sig(Blk|Ign)' /proc/self/status
        local without=$output
        run "$FIXTURE" with "$blocked" "$ignored" "$CPPINIT" grep -E '^Sig(Blk|Ign)' /proc/self/status
        [ "$output" = "$without" ]
        echo "$blocked $ignored: $output"
    done <<'SETS'
none none
all none
none all
20,21,22 1
1,2,3,15,32,33,34,64 13,17,32,33,34,64
17 17
SETS
}

@test "a program under nohup still ignores HUP, and TSTP, TTIN and TTOU are not left blocked" {
    run "${default_signals[@]}" nohup "$CPPINIT" grep -E '^Sig(Blk|Ign)' /proc/self/status
    [[ $output == *"SigBlk:"*0000000000000000* ]]
    [[ $output == *"SigIgn:"*0000000000000001* ]]
}

@test "the inherited descriptors reach the program exactly" {
    run bash -c 'exec 5</dev/null 19</etc/passwd 7<&-; ls /proc/self/fd >"$1"; "$0" ls /proc/self/fd >"$2"' \
        "$CPPINIT" "$BATS_TEST_TMPDIR/without" "$BATS_TEST_TMPDIR/with"
    grep -qx 19 "$BATS_TEST_TMPDIR/without"
    cmp "$BATS_TEST_TMPDIR/without" "$BATS_TEST_TMPDIR/with"
}

@test "standard descriptors that are closed stay closed, and cppinit works" {
    run bash -c '"$0" sh -c "ls /proc/self/fd >$1; exit 4" <&- >&- 2>&-' "$CPPINIT" "$BATS_TEST_TMPDIR/fds"
    [ "$status" -eq 4 ]
    local closed
    for closed in '<&-' '>&-' '2>&-'; do
        run bash -c "'$CPPINIT' sh -c 'exit 4' $closed"
        [ "$status" -eq 4 ]
    done
}

@test "arguments, environment and working directory reach the program exactly" {
    cd "$BATS_TEST_TMPDIR"
    run env -i A=1 B='x y' "$CPPINIT" env
    [ "$output" = $'A=1\nB=x y' ]
    run "$CPPINIT" printf '<%s>' -a -- '' 'b c' $'new\nline'
    [ "$output" = $'<-a><--><><b c><new\nline>' ]
    [ "$("$CPPINIT" pwd)" = "$BATS_TEST_TMPDIR" ]
    # argv[0] is the word as it was given.
    [ "$(PATH=$BATS_TEST_TMPDIR:$PATH "$CPPINIT" sh -c 'tr "\0" " " </proc/$$/cmdline')" != "" ]
}

@test "the program's own options are left to it (tini 91)" {
    run "$CPPINIT" sh -c 'echo "$@"' sh -v --quiet -- -K
    [ "$output" = "-v --quiet -- -K" ]
}

@test "the program leads a group of its own" {
    run "$CPPINIT" sh -c 'awk "{ print (\$1 == \$5) }" /proc/$$/stat'
    [ "$output" = 1 ]
}

@test "PROGRAM is looked up in PATH as execvp does" {
    mkdir "$BATS_TEST_TMPDIR/a" "$BATS_TEST_TMPDIR/b"
    echo 'not executable' >"$BATS_TEST_TMPDIR/a/tool"
    printf '#!/bin/sh\necho from b\n' >"$BATS_TEST_TMPDIR/b/tool"
    chmod +x "$BATS_TEST_TMPDIR/b/tool"
    PATH=/nowhere:$BATS_TEST_TMPDIR/a:$BATS_TEST_TMPDIR/b run "$CPPINIT" tool
    [ "$output" = "from b" ]
    PATH=/nowhere:$BATS_TEST_TMPDIR/a run "$CPPINIT" tool
    [ "$status" -eq 126 ]
    [[ $output == *"Permission denied" ]]
    # An empty folder is the working directory.
    cd "$BATS_TEST_TMPDIR/b"
    PATH=/nowhere::/bin run "$CPPINIT" tool
    [ "$output" = "from b" ]
    run env -i "$CPPINIT" sh -c 'echo default path'
    [ "$output" = "default path" ]
}

@test "a folder of PATH that may not be searched does not turn not found into not executable" {
    requires setpriv
    # Not below bats' own folder, which others may not enter.
    local shared
    shared=$(mktemp -d)
    chmod 755 "$shared"
    mkdir -m 700 "$shared/closed"
    cp "$CPPINIT" "$shared/cppinit"
    PATH=$shared/closed:$PATH run -127 setpriv --reuid 65534 --regid 65534 --clear-groups "$shared/cppinit" no-such-program
    [[ $output == *"No such file or directory" ]]
    rm -r "$shared"
}

@test "a name that is too long is not found" {
    run -127 "$CPPINIT" "$(printf 'a%.0s' $(seq 300))"
    run -127 "$CPPINIT" "/$(printf 'a%.0s' $(seq 5000))"
}

@test "a long word leaves the reason and the hint their room" {
    local word
    word=$(printf 'a%.0s' $(seq 2000))
    run -127 "$CPPINIT" "$word"
    [[ $output == "cppinit: cannot execute '"*"...': No such file or directory" ]]
    run -125 "$CPPINIT" "--$word" true
    [[ ${lines[0]} == "cppinit: unknown option '"*"...': expected an option from the help, or -- before a program of that name" ]]
    [ "${lines[1]}" = "Try 'cppinit --help'" ]
}

@test "a signal to cppinit's group in its first moments reaches the program once" {
    run timeout 300 "$FIXTURE" twice 3000 "$CPPINIT" -- "$FIXTURE" count-until-41
    [ "$output" = "3000 of 3000" ]
}

@test "a script without #! is handed to the shell with its arguments" {
    printf 'echo "$0 has $1 and $2"' >"$BATS_TEST_TMPDIR/script"
    chmod +x "$BATS_TEST_TMPDIR/script"
    run "$CPPINIT" "$BATS_TEST_TMPDIR/script" one 'two words'
    [ "$output" = "$BATS_TEST_TMPDIR/script has one and two words" ]
}

@test "LISTEN_PID that names cppinit becomes the program's pid, and no other is touched" {
    run bash -c 'LISTEN_PID=$$ LISTEN_FDS=1 exec "$0" sh -c "test \$LISTEN_PID = \$\$ && echo \$LISTEN_FDS"' "$CPPINIT"
    [ "$output" = 1 ]
    LISTEN_PID=1 run "$CPPINIT" sh -c 'echo $LISTEN_PID'
    [ "$output" = 1 ]
    LISTEN_PID=1 run_as pid1 sh -c 'test $LISTEN_PID = $$ && echo retargeted'
    [ "$output" = retargeted ]
}

@test "cppinit keeps no descriptor but stderr, and no directory" {
    cd "$BATS_TEST_TMPDIR"
    exec 8</etc/passwd
    start subreaper "$FIXTURE" record
    exec 8<&-
    eventually holds ready "$out"
    eventually sleeps "$init"
    [ "$(ls "/proc/$init/fd")" = 2 ]
    [ "$(readlink "/proc/$init/cwd")" = / ]
}

@test "without close_range it closes them all the same" {
    out=$BATS_TEST_TMPDIR/out err=$BATS_TEST_TMPDIR/err
    "$FIXTURE" deny 436 38 "$CPPINIT" "$FIXTURE" record >"$out" 2>"$err" 8</etc/passwd 3>&- &
    started=$! init=$!
    eventually holds ready "$out"
    eventually sleeps "$init"
    [ "$(ls "/proc/$init/fd")" = 2 ]
}

@test "a pipe that the program closes is closed" {
    mkfifo "$BATS_TEST_TMPDIR/pipe"
    "${default_signals[@]}" "$CPPINIT" sh -c 'echo data; exec >&-; exec "$0" sleep' "$FIXTURE" >"$BATS_TEST_TMPDIR/pipe" 3>&- &
    started=$! init=$!
    run timeout 20 cat "$BATS_TEST_TMPDIR/pipe"
    [ "$status" -eq 0 ]
    [ "$output" = data ]
    kill -TERM "$init"
    await 143
}

@test "--parent-death: the signal comes when cppinit's parent dies, and the program gets it" {
    out=$BATS_TEST_TMPDIR/out
    bash -c '"$0" -p USR2 "$1" record >"$2" & echo $! >"$2.pid"; wait' "$CPPINIT" "$FIXTURE" "$out" 3>&- &
    started=$!
    eventually holds ready "$out"
    init=$(cat "$out.pid")
    kill -KILL "$started"
    eventually holds 'signal 12 ' "$out"
}

@test "--kill-child: the program gets its signal when cppinit is killed" {
    start subreaper --kill-child "$FIXTURE" record
    eventually holds ready "$out"
    local child
    child=$(child_of "$init")
    kill -KILL "$init"
    eventually has_ended "$child"
    start subreaper -KUSR1 "$FIXTURE" record
    eventually holds ready "$out"
    child=$(child_of "$init")
    kill -KILL "$init"
    eventually holds 'signal 10 ' "$out"
    kill -KILL "$child"
}

@test "--kill-child: the kernel forgets the signal when credentials change, unless setpriv --pdeathsig keep sets it again" {
    requires setpriv
    local as_nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups) child
    # kill_cppinit WORD...: of a program that these words start and that runs by then as somebody else.
    kill_cppinit() {
        start subreaper --kill-child "$@" sleep 1000
        child=
        sleeps_as_nobody() { child=$(child_of "$init") && [[ $(cat "/proc/$child/comm") == sleep ]]; }
        eventually sleeps_as_nobody
        [ "$(stat --format %u "/proc/$child")" -eq 65534 ]
        kill -KILL "$init"
        await 137
    }
    kill_cppinit "${as_nobody[@]}"
    run ! has_ended "$child"
    kill -KILL "$child"
    kill_cppinit "${as_nobody[@]}" --pdeathsig keep
    eventually has_ended "$child"
}

@test "a cppinit that is not PID 1 adopts orphans, silently" {
    start subreaper sh -c '(setsid "$0" record & echo "$!" >"$1") ; exec "$0" sleep' "$FIXTURE" "$BATS_TEST_TMPDIR/orphan"
    eventually holds ready "$out"
    adopted() { [ "$(awk '{ print $4 }' "/proc/$(cat "$BATS_TEST_TMPDIR/orphan")/stat")" = "$init" ]; }
    eventually adopted
    [ ! -s "$err" ]
    kill -KILL "$(cat "$BATS_TEST_TMPDIR/orphan")"
}
