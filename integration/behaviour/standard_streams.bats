#!/usr/bin/env bats
# The contract's chapter "Start", point 5: as PID 1, and under a peer's name, the standard streams stay open in cppinit.

load ../helpers

# What cppinit has open. Ask once it sleeps: then it has closed what it does not keep.
descriptors() { (cd "/proc/$init/fd" && echo *); }

# For the jobs below, which would otherwise be done before cppinit has closed anything.
wait_for_init='until grep -q "^State:.S" /proc/1/status; do :; done'

@test "as PID 1 cppinit keeps 0, 1 and 2, and nothing above" {
    exec 8</etc/passwd 19>/dev/null
    start pid1 "$FIXTURE" record
    exec 8<&- 19>&-
    eventually holds ready "$out"
    eventually sleeps "$init"
    [ "$(descriptors)" = "0 1 2" ]
    [ "$(readlink "/proc/$init/fd/1")" = "$out" ]
    [ "$(readlink "/proc/$init/cwd")" = / ]
}

@test "without close_range it keeps the same" {
    out=$BATS_TEST_TMPDIR/out
    "${in_pid_namespace[@]}" "$FIXTURE" deny 436 38 "$CPPINIT" "$FIXTURE" record \
        >"$out" 2>/dev/null </dev/null 8</etc/passwd 3>&- &
    started=$!
    eventually holds ready "$out"
    init=$(child_of "$started")
    eventually sleeps "$init"
    [ "$(descriptors)" = "0 1 2" ]
}

@test "under each peer's name it keeps them even if it is not PID 1" {
    local name
    for name in tini tini-static docker-init dumb-init catatonit; do
        ln -s "$CPPINIT" "$BATS_TEST_TMPDIR/$name"
        CPPINIT=$BATS_TEST_TMPDIR/$name start subreaper "$FIXTURE" record
        eventually holds ready "$out"
        eventually sleeps "$init"
        echo "$name: $(descriptors)"
        [ "$(descriptors)" = "0 1 2" ]
        kill -KILL "$(child_of "$init")"
        await 137
    done
}

@test "a standard descriptor that was closed stays closed in PID 1, whatever files cppinit opens" {
    out=$BATS_TEST_TMPDIR/out
    local open closed
    while read -r closed open; do
        : >"$out"
        bash -c "exec $closed; exec \"\$@\"" bash "${in_pid_namespace[@]}" \
            "$CPPINIT" -vv --report "$BATS_TEST_TMPDIR/report" "$FIXTURE" finish "$out" 0 >/dev/null 2>&1 3>&- </dev/null &
        started=$!
        eventually has_child "$started"
        init=$(child_of "$started")
        eventually has_child "$init"
        eventually sleeps "$init"
        echo "$closed: $(descriptors)"
        [ "$(descriptors)" = "$open" ]
        kill -TERM "$init"
        await 0
    done <<'CLOSED'
<&- 1 2
>&- 0 2
2>&- 0 1
CLOSED
}

@test "a job writes to the container's log through /proc/1/fd/1, long after the start" {
    run_as pid1 sh -c "$wait_for_init; echo line >/proc/1/fd/1; echo error >/proc/1/fd/2"
    [ "$status" -eq 0 ]
    [ "$output" = $'line\nerror' ]
}

@test "a job asks the program to stop through /proc/1/fd/0" {
    mkfifo "$BATS_TEST_TMPDIR/input"
    # Open for reading and writing, so that neither side waits for the other.
    exec 8<>"$BATS_TEST_TMPDIR/input"
    run timeout 60 "${in_pid_namespace[@]}" "$CPPINIT" \
        sh -c "($wait_for_init; echo stop >/proc/1/fd/0) & read -r line; echo \"got \$line\"" <&8 3>&-
    exec 8<&-
    [ "$status" -eq 0 ]
    [ "$output" = "got stop" ]
}
