#!/usr/bin/env bats
# docs/job.svg is a recording of ./dev run, and its text is text.

load ../helpers

setup() { requires python3 ps; }

# text_of FILE: what is to be read in the picture, line by line.
text_of() {
    python3 - "$1" <<'END'
import sys
from xml.etree import ElementTree
for text in ElementTree.parse(sys.argv[1]).iter("{http://www.w3.org/2000/svg}text"):
    print(text.text or "")
END
}

# Pids, and what follows the letter of a state, are another time's.
comparable() { sed -E 's/ +([0-9]+) +([0-9]+) ([A-Z])[^ ]* +/ pid ppid \3 /'; }

@test "a recorded session is drawn line by line as text" {
    "$root/docs/record-job" "$BATS_TEST_TMPDIR/job.svg" printf '%s\n' "<one> & 'two'" '' '      3       1 Z    sleep' 3>&-
    run --keep-empty-lines text_of "$BATS_TEST_TMPDIR/job.svg"
    [ "${lines[1]}" = "<one> & 'two'" ]
    [ "${lines[2]}" = "" ]
    [ "${lines[3]}" = '      3       1 Z    sleep' ]
    grep -q 'class="zombie".*Z    sleep' "$BATS_TEST_TMPDIR/job.svg"
}

@test "a command that fails, or shows what cannot be drawn, makes no picture" {
    run ! "$root/docs/record-job" "$BATS_TEST_TMPDIR/job.svg" sh -c 'exit 3' 3>&-
    [[ $output == *"ended with 3"* ]]
    run ! "$root/docs/record-job" "$BATS_TEST_TMPDIR/job.svg" printf '\033[1mbold' 3>&-
    [ ! -e "$BATS_TEST_TMPDIR/job.svg" ]
}

@test "the picture in docs shows what ./dev run shows (./dev picture draws it)" {
    "$root/dev" run 3>&- | { echo '$ ./dev run' && cat; } | comparable >"$BATS_TEST_TMPDIR/shown"
    [ "$(grep -c 'pid ppid Z' "$BATS_TEST_TMPDIR/shown")" -eq 3 ]
    text_of "$root/docs/job.svg" | comparable | diff "$BATS_TEST_TMPDIR/shown" -
    # And so does a new one.
    (cd "$root" && docs/record-job "$BATS_TEST_TMPDIR/job.svg" ./dev run 3>&-)
    text_of "$BATS_TEST_TMPDIR/job.svg" | comparable | diff "$BATS_TEST_TMPDIR/shown" -
}
