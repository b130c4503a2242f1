#!/usr/bin/env bats
# README's table beside timeout(1): each cell is what a real run does.

load ../helpers

setup_file() { requires timeout /bin/busybox; }

setup() { folder=$BATS_TEST_TMPDIR; }

teardown() { pkill -KILL -f "^$folder/.*/fixture" || true; }

# ---- the rows: programs. Each runs a fixture of its own, so that its processes are known. ----

plain() { "$@" "$copy" sleep; }
ignores_term() { "$@" "$copy" record; }
setsid_child() { "$@" sh -c 'setsid "$0" finish /dev/null 0 & wait' "$copy"; }
double_fork() { "$@" sh -c '"$0" daemon "$0" finish /dev/null 0; exec "$0" sleep' "$copy"; }
stubborn_child() { "$@" sh -c '"$0" crowd 1 & wait; exec "$0" sleep' "$copy"; }

# ---- the columns: commands that limit the time ----

tools=("timeout 1" "timeout -k 1 1" "/bin/busybox timeout 1" "$CPPINIT -q -T 1")

# run_cell PROGRAM TOOL: "EXIT CODE, SURVIVORS, HOW LONG THE READER WAITS". Ten seconds are for ever here.
run_cell() {
    local program=$1 tool=$2 copy pipe before pid code=0 waits survivors
    copy=$(mktemp -d "$folder/XXXXXX")/fixture
    pipe=$copy.pipe
    cp "$FIXTURE" "$copy"
    mkfifo "$pipe"
    before=${EPOCHREALTIME/./}
    # shellcheck disable=SC2086 # words
    $program $tool >"$pipe" 2>/dev/null &
    pid=$!
    if timeout 10 cat <"$pipe" >/dev/null; then
        waits="$(((${EPOCHREALTIME/./} - before) / 1000000)) s"
    else
        waits="for ever"
    fi
    if [[ $waits == "for ever" ]] && ! has_ended "$pid"; then
        code="no end"
    else
        wait "$pid" || code=$?
    fi
    survivors=$(pgrep -cf "^$copy" || true)
    echo "$code, ${survivors/#0/none}, $waits"
    pkill -KILL -f "^$copy" || true
}

# rows: of README's table, each as its program and its cells: "plain|124, none, 1 s|...".
rows() { sed -n 's/^| [^|]* <!-- time limit: \(.*\) --> | \(.*\) |$/\1|\2/p' "$root/README.md" | sed 's/ *| */|/g'; }

@test "each cell of the README's comparison with timeout(1) is what happens" {
    local program cells column measured again has_failed=0
    # All at once: many of them wait for ever.
    while IFS='|' read -r program _; do
        for column in "${!tools[@]}"; do
            run_cell "$program" "${tools[column]}" >"$folder/$program.$column" 3>&- &
        done
    done < <(rows)
    wait
    while IFS='|' read -r program cells; do
        IFS='|' read -ra cells <<<"$cells"
        for column in "${!tools[@]}"; do
            measured=$(cat "$folder/$program.$column")
            # A busy machine makes a second longer.
            for again in 1 2; do
                [ "${cells[column]}" = "$measured" ] || measured=$(run_cell "$program" "${tools[column]}")
            done
            echo "$program, ${tools[column]}: README ${cells[column]}; here $measured"
            [ "${cells[column]}" = "$measured" ] || has_failed=1
        done
    done < <(rows)
    [ "$has_failed" -eq 0 ]
    [ "$(rows | wc -l)" -eq 5 ]
}
