#!/usr/bin/env bats
# Leftovers at shutdown that lead a session with a controlling terminal, as interactive shells do, which ignore TERM: they get HUP,
# as if their terminal had been closed, and nobody else does.

load behaviour

setup() { requires python3; }

keep_terminal=(python3 "$root/integration/fixtures/keep_terminal.py")

# signals FILE: what came to the fixture `record` that wrote it.
signals() { sed -n 's/^signal \([0-9]*\) .*/\1/p' "$1" | sort -n; }

# What a program leaves behind, in a session of its own, before it exits with 7.
leave='
    out=$0
    setsid "$@" >"$out" &
    while ! grep -qs ready "$out"; do :; done
    exit 7'

@test "an interactive bash that was left behind ends by HUP, long before the grace is over" {
    local mode out1=$BATS_TEST_TMPDIR/out1
    for mode in $modes; do
        rm -f "$out1"
        milliseconds run_as "$mode" --grace 30s sh -c "$leave" "$out1" "${interactive_shell[@]}"
        [ "$status" -eq 7 ]
        [ "$elapsed" -lt 5000 ]
        # The leader of a session without a terminal, which keeps it, gets TERM alone.
        [ "$(cat "$out1")" = $'ready\nsignal 15\nended -1' ]
    done
}

@test "so does one that is stopped" {
    local mode out1=$BATS_TEST_TMPDIR/out1
    for mode in $modes; do
        rm -f "$out1"
        milliseconds run_as "$mode" --grace 30s sh -c '
            out=$0
            setsid "$@" >"$out" &
            while ! grep -qs ready "$out"; do :; done
            read -r shell _ <"/proc/$!/task/$!/children"
            kill -STOP "$shell"
            while ! grep -q "^State:.T" "/proc/$shell/status"; do :; done
            exit 7' "$out1" "${interactive_shell[@]}"
        [ "$status" -eq 7 ]
        [ "$elapsed" -lt 5000 ]
        holds "ended -1" "$out1"
    done
}

@test "so does one that a forwarded TERM reached and that ignored it (--all)" {
    local mode out1=$BATS_TEST_TMPDIR/out1
    for mode in $modes; do
        : >"$out1"
        start "$mode" --all --grace 30s sh -c '
            out=$0
            setsid "$@" >"$out" &
            while ! grep -qs ready "$out"; do :; done
            echo ready
            wait' "$out1" "${interactive_shell[@]}"
        eventually holds ready "$out"
        kill -TERM "$init"
        milliseconds await 143
        [ "$elapsed" -lt 5000 ]
        [ "$(cat "$out1")" = $'ready\nsignal 15\nended -1' ]
    done
}

@test "the leader gets TERM and HUP once, and the others of its session TERM alone" {
    local mode leader=$BATS_TEST_TMPDIR/leader other=$BATS_TEST_TMPDIR/other
    for mode in $modes; do
        rm -f "$leader" "$other"
        start "$mode" --grace infinity sh -c '
            leader=$0 other=$1
            shift
            setsid "$@" >/dev/null &
            while ! { grep -qs ready "$leader" && grep -qs ready "$other"; }; do :; done
            exit 7' "$leader" "$other" "${keep_terminal[@]}" sh -c '"$0" record >"$1" & exec "$0" record >"$2"' "$FIXTURE" "$other" "$leader"
        eventually has_received 1 "$leader"
        eventually has_received 15 "$other"
        # By then all that cppinit sends has come. (The end of the leader sends HUP to the others as well.)
        eventually is_idle
        pkill -64 --full -- "^$FIXTURE record"
        eventually has_received 64 "$leader"
        eventually has_received 64 "$other"
        [ "$(signals "$leader")" = $'1\n15\n64' ]
        [ "$(signals "$other")" = $'15\n64' ]
        pkill -KILL --full -- "^$FIXTURE record"
        await 7
    done
}

# As `docker exec -it` starts them. Such a program has no use for the HUP of a terminal that is still open: TERM is enough.
@test "one that handles TERM and would die of HUP is left to finish its clean-up" {
    local mode out1=$BATS_TEST_TMPDIR/out1 done1=$BATS_TEST_TMPDIR/done1
    for mode in $modes; do
        rm -f "$out1" "$done1"
        run_as "$mode" --grace 30s sh -c "$leave" "$out1" "${keep_terminal[@]}" \
            sh -c 'trap "sleep 0.3; echo finished >\"$0\"; exit 5" TERM; echo started; while :; do sleep 0.05; done' "$done1"
        [ "$status" -eq 7 ]
        cat "$out1"
        holds "ended 5" "$out1"
        [ "$(cat "$done1")" = finished ]
    done
}
