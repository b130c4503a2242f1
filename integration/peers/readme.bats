#!/usr/bin/env bats
# README's table beside other inits: each cell is what a real run of that init says, or what docs/bench.md has.

load ../helpers
load ../terminal/terminal

setup_file() { requires python3 tini dumb-init catatonit unshare setsid bash; }

setup() { folder=$BATS_TEST_TMPDIR; }

inits() { echo "$CPPINIT" tini dumb-init catatonit; }

# rows: of README's table, each as its comment and its cells: "reaps|yes|yes|yes|yes".
rows() { sed -n 's/^| <!-- \(.*\) --> [^|]*| \(.*\) |$/\1|\2/p' "$root/README.md" | sed 's/ *| */|/g'; }

pid1() { timeout --signal KILL 20 unshare --pid --fork --kill-child --mount-proc "$@"; }

# succeeds COMMAND...: "yes" or "no".
succeeds() { if "$@" >"$folder/told" 2>&1 3>&- </dev/null; then echo yes; else echo no; fi; }

# recorded SIGNAL EXPECTED WORD...: the signal is sent to an init whose program records, and it is seen as EXPECTED there.
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

# ---- what the table asks, each of one init ----

reaps() {
    succeeds pid1 "$1" -- sh -c '"$0" orphans 3 </dev/null
        n=0; while [ "$("$0" zombies)" != 0 ] && [ $n -lt 500 ]; do n=$((n + 1)); done
        [ "$("$0" zombies)" = 0 ]' "$FIXTURE"
}

finishes() {
    rm -f "$folder"/state*
    pid1 "$1" -- sh -c 'setsid "$0" finish "$1" 300 >"$1.ready" & until grep -qs ready "$1.ready"; do :; done' \
        "$FIXTURE" "$folder/state" 3>&- </dev/null
    succeeds [ -s "$folder/state" ]
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

# Five seconds are for ever here.
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

# bench_row NAME: of docs/bench.md, in whole numbers and in the order of README's columns.
bench_row() {
    awk -F ' *[|] *' -v name="$1" '
        /^\| \| limit/ { for (i = 1; i <= NF; ++i) column[$i] = i }
        $2 == name { printf "%.0f|%.0f|%.0f|%.0f\n", $column["cppinit"], $column["tini"], $column["dumb-init"], $column["catatonit"] }
    ' "$root/docs/bench.md"
}

# measured QUESTION: the cells, as they are on this machine.
measured() {
    local init cells=()
    if [[ $1 == "bench: "* ]]; then
        bench_row "${1#bench: }"
    else
        for init in $(inits); do cells+=("$("$1" "$init")"); done
        (IFS='|' && echo "${cells[*]}")
    fi
}

@test "each cell of README's table beside other inits is what they do" {
    local question cells
    while IFS='|' read -r question cells; do
        echo "$question: README $cells, here $(measured "$question" | tee "$folder/cells")"
        [ "$cells" = "$(cat "$folder/cells")" ]
    done < <(rows)
    # Each row of the table has its question.
    [ "$(rows | wc -l)" -eq "$(sed -n '/^| | cppinit | tini/,/^$/p' "$root/README.md" | tail -n +3 | grep -c '^|')" ]
}
