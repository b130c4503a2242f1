# What the tests of cppinit's behaviour share.

load "$(dirname "${BASH_SOURCE[0]}")/../helpers"

modes="pid1 subreaper"

# received NUMBER [FILE]: how often the fixture `record` that writes to FILE, or to $out, got this signal.
received() { grep -c "^signal $1 " "${2:-$out}" || true; }
has_received() { [ "$(received "$@")" -ge 1 ]; }

# Whether two programs have said in this file, or in $out, that they are ready.
two_are_ready() { [ "$(grep -c ready "${1:-$out}")" -eq 2 ]; }

is_stopped() { [[ $(process_state "$1") == T ]]; }

# Whether cppinit sleeps and waits for signals. Before its exec the process is a shell or unshare, which may sleep as well.
is_idle() { [ "$(cat "/proc/$init/comm")" = cppinit ] && has_taken_signals "$init" && sleeps "$init"; }

# Whether the main child has ended with this code, as a cppinit with -v reports it.
has_exited() { holds "exit code $1" "$err"; }

# stop CODE: cppinit gets TERM and ends with this code.
stop() {
    kill -TERM "$init"
    await "$1"
}

# terms FILE: how many TERM the fixture `finish` got that wrote this file; nothing if it was killed before it had finished.
terms() { cut -d ' ' -f 1 "$1" 2>/dev/null; }

# watch_ends PID OTHER...: from now on, the ends of these processes are watched; see gap_of_ends.
watch_ends() {
    : >"$BATS_TEST_TMPDIR/ends"
    python3 "$root/integration/fixtures/ends_after.py" "$@" >"$BATS_TEST_TMPDIR/ends" 3>&- &
    watcher=$!
    eventually holds watching "$BATS_TEST_TMPDIR/ends"
}

# gap_of_ends: $gap is how many milliseconds PID ended after the last of the others.
gap_of_ends() {
    wait "$watcher"
    gap=$(tail -n 1 "$BATS_TEST_TMPDIR/ends")
}

# Of several measurements: a busy machine makes single ones large.
median() { printf '%s\n' "$@" | sort -n | sed -n "$((($# + 1) / 2))p"; }
smallest() { printf '%s\n' "$@" | sort -n | head -n 1; }

# A shell that ignores TERM, on a terminal that stays open until it has ended; see the fixture for what it says.
interactive_shell=(env HOME="$BATS_TEST_TMPDIR" python3 "$root/integration/fixtures/keep_terminal.py" bash --noprofile --norc -i)
