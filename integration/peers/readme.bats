#!/usr/bin/env bats
# The README's comparison with other inits: each cell is what a real run of that init shows, or a figure of docs/bench.md.

load ../helpers
load ../terminal/terminal

setup_file() { requires python3 tini dumb-init catatonit unshare nsenter setsid bash; }

setup() { folder=$BATS_TEST_TMPDIR; }

inits() { echo "$CPPINIT" tini dumb-init catatonit; }

# rows: the rows of the README's table, each as its comment and its cells: "reaps|yes|yes|yes|yes".
rows() {
    sed -n '/^| | cppinit | tini/,/^$/s/^| <!-- \(.*\) --> [^|]*| \(.*\) |$/\1|\2/p' "$root/README.md" | sed 's/ *| */|/g'
}

pid1() { timeout --signal KILL 20 "${in_pid_namespace[@]}" "$@"; }

# succeeds COMMAND...: "yes" or "no".
succeeds() { if "$@" >"$folder/output" 2>&1 3>&- </dev/null; then echo yes; else echo no; fi; }

# recorded SIGNAL EXPECTED WORD...: sends SIGNAL to an init; the program records that it received EXPECTED.
recorded() {
    local signal=$1 expected=$2 pid program
    shift 2
    : >"$folder/records"
    "$@" "$FIXTURE" record >"$folder/records" &
    pid=$!
    ready_or_ended() { holds ready "$folder/records" || has_ended "$pid"; }
    seen_or_ended() { holds "signal $expected " "$folder/records" || has_ended "$pid"; }
    eventually ready_or_ended
    # An init that the signal ends leaves it behind.
    program=$(child_of "$pid")
    kill -"$signal" "$pid" || true
    eventually seen_or_ended
    kill -KILL $program "$pid" || true
    wait "$pid" || true
    holds "signal $expected " "$folder/records"
}

# ---- the table's questions; each answers for one init ----

reaps() {
    succeeds pid1 "$1" -- sh -c '"$0" orphans 3 </dev/null
        n=0; until [ "$("$0" zombies)" = 0 ]; do n=$((n + 1)); [ $n -lt 500 ] || exit 1; done' "$FIXTURE"
}

finishes() {
    rm -f "$folder"/state*
    pid1 "$1" -- sh -c 'setsid "$0" finish "$1" 300 >"$1.ready" & until grep -qs ready "$1.ready"; do :; done' \
        "$FIXTURE" "$folder/state" 3>&- </dev/null
    succeeds [ -s "$folder/state" ]
}

# A guest is a process that entered the PID namespace from outside, as `docker exec` does it.
guests_finish() {
    local started init guest
    rm -f "$folder"/state*
    "${in_pid_namespace[@]}" "$1" -- sleep 1000 3>&- </dev/null &
    started=$!
    eventually has_child "$started"
    init=$(child_of "$started")
    eventually has_child "$init"
    nsenter --target "$init" --pid "$FIXTURE" finish "$folder/state" 300 >"$folder/state.ready" 3>&- </dev/null &
    guest=$!
    eventually holds ready "$folder/state.ready"
    kill -TERM "$init"
    eventually has_ended "$started"
    wait "$started" "$guest" || true
    succeeds [ -s "$folder/state" ]
}

# leaves_nothing WORD...: runs a program with a child in another session under these words; it ends with 124, and so does the child.
leaves_nothing() {
    local status=0
    # shellcheck disable=SC2016 # for the inner shells
    "$@" sh -c 'setsid sh -c "echo \$\$ >\"\$0\"; exec sleep 1000" "$0" & wait' "$folder/child" || status=$?
    [ "$status" -eq 124 ] && has_ended "$(cat "$folder/child")"
}

limits_time() {
    rm -f "$folder/child"
    succeeds leaves_nothing "$1" --timeout 1s --
}

stops_the_stopped() {
    local init program
    : >"$folder/records"
    "$1" -- "$FIXTURE" record >"$folder/records" 3>&- </dev/null &
    init=$!
    eventually holds ready "$folder/records"
    program=$(child_of "$init")
    is_stopped() { [[ $(process_state "$program") == T ]]; }
    has_received() { holds "signal 15 " "$folder/records"; }
    is_pending() { (((0x$(sed -n 's/^ShdPnd:\t//p' "/proc/$program/status") & 0x4000) != 0)); }
    # The init has done what it will do once it sleeps again.
    is_decided() { has_received || { is_pending && sleeps "$init"; }; }
    kill -STOP "$program"
    eventually is_stopped
    kill -TERM "$init"
    eventually is_decided
    succeeds has_received
    kill -KILL "$program"
    eventually has_ended "$init"
    wait "$init" || true
}

rewrites() { succeeds recorded TERM 10 "$1" -r 15:10; }

keeps_mask() {
    "$FIXTURE" with 10 12 "$FIXTURE" describe true 3>&- | grep -E '^(blocked|ignored):' >"$folder/before"
    "$FIXTURE" with 10 12 "$1" -- "$FIXTURE" describe true 3>&- | grep -E '^(blocked|ignored):' >"$folder/under"
    succeeds cmp "$folder/before" "$folder/under"
}

survives_abrt() {
    ulimit -c 0
    succeeds recorded ABRT 6 "$1"
}

# An init that takes more than five seconds never ends.
survives_ignored_chld() { succeeds timeout --signal KILL 5 "$FIXTURE" with none 17 "$1" -- true; }

stops_as_a_job() {
    local answer
    export -f child_of has_child innermost
    echo "PS1='shell> '" >"$folder/rc"
    answer=$(timeout 5 python3 "$root/integration/fixtures/on_terminal.py" bash --noprofile --rcfile "$folder/rc" -i 3>&- <<END &&
        expect shell>
        type $1 -- sh -c 'echo rea"dy"; read -r line; echo "got \$line"'
        expect ^ready
        press ctrl-z
        expect Stopped
        expect shell>
        type fg
        expect ^$1 -- sh
        until grep -q 'State:.S' "/proc/\$(innermost \$LEADER)/status"
        type a line
        expect ^got a line
        expect shell>
        type exit
END
        echo "it does")
    if [[ $answer == *"it does" ]]; then echo yes; else echo no; fi
}

not_found() {
    local status=0
    "$1" -- no-such-program 3>&- 2>/dev/null || status=$?
    echo "$status"
}

# ---- the test ----

# bench_row NAME: a row of docs/bench.md, in whole numbers and in the order of the README's columns.
bench_row() {
    awk -F ' *[|] *' -v name="$1" '
        /^\| \| limit/ { for (i = 1; i <= NF; ++i) column[$i] = i }
        $2 == name { printf "%.0f|%.0f|%.0f|%.0f\n", $column["cppinit"], $column["tini"], $column["dumb-init"], $column["catatonit"] }
    ' "$root/docs/bench.md"
}

# measured QUESTION: the cells of a row, as this machine shows them.
measured() {
    local init cells=()
    if [[ $1 == "bench: "* ]]; then
        bench_row "${1#bench: }"
    else
        for init in $(inits); do cells+=("$("$1" "$init")"); done
        (IFS='|' && echo "${cells[*]}")
    fi
}

@test "each cell of the README's comparison is what that init does" {
    local question cells here again has_failed=0
    while IFS='|' read -r question cells; do
        here=$(measured "$question")
        # On a busy machine an init that is slow can be taken for one that never does it.
        for again in 1 2; do
            [ "$cells" = "$here" ] || here=$(measured "$question")
        done
        echo "$question: README $cells, here $here"
        [ "$cells" = "$here" ] || has_failed=1
    done < <(rows)
    [ "$has_failed" -eq 0 ]
    # Each row of the table has a question.
    [ "$(rows | wc -l)" -eq "$(sed -n '/^| | cppinit | tini/,/^$/p' "$root/README.md" | tail -n +3 | grep -c '^|')" ]
}
