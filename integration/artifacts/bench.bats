#!/usr/bin/env bats
# ./dev bench itself works. Its figures are the machine's; what must hold on every machine is in budgets.bats.

load ../helpers

@test "the bench has every row for every init, and a plot" {
    requires tini tini-static dumb-init catatonit gnuplot strace
    timeout 120 "$root/dev" bench quick >"$BATS_TEST_TMPDIR/bench.md" 2>"$BATS_TEST_TMPDIR/log" 3>&- </dev/null ||
        { cat "$BATS_TEST_TMPDIR/log" && false; }
    grep -F '| | limit | cppinit | tini | tini-static | dumb-init | catatonit |' "$BATS_TEST_TMPDIR/bench.md"
    # The limit forwards nothing, and only cppinit waits for leftovers: six figures of the limit and five of the peers are not
    # there to be had.
    run awk -F ' *[|] *' '
        /^\| \| limit/ { in_table = 1 }
        /^$/ { in_table = 0 }
        in_table && !/^\|( \||---)/ {
            ++rows
            for (i = 3; i <= 8; ++i) {
                if ($i ~ /^-?[0-9.]+$/) ++figures
                else if ($i == "-") ++dashes
                else print "row " $2 " has " $i
            }
        }
        END { print rows, figures, dashes }' "$BATS_TEST_TMPDIR/bench.md"
    echo "$output"
    [ "$output" = "20 110 10" ]
    # Each row is explained.
    [ "$(sed -n '/^## What the rows mean/,/^## Where/p' "$BATS_TEST_TMPDIR/bench.md" | grep -c '^- \*\*')" -eq 20 ]
    for name in limit cppinit tini tini-static dumb-init catatonit; do
        grep -q ">$name<" "$root/build/bench/bench.svg"
    done
}
