# What the tests of cppinit's behaviour share.

load "$(dirname "${BASH_SOURCE[0]}")/../helpers"

modes="pid1 subreaper"

# received NUMBER [FILE]: how often the fixture `record` that writes to FILE, or to $out, got this signal.
received() { grep -c "^signal $1 " "${2:-$out}" || true; }
has_received() { [ "$(received "$@")" -ge 1 ]; }

# Whether a process has taken every signal that was sent to it.
has_taken_signals() { grep -qE '^ShdPnd:[[:space:]]0+$' "/proc/$1/status"; }

# Whether cppinit sleeps and waits for signals. Before its exec the process is a shell or unshare, which may sleep as well.
is_idle() { [ "$(cat "/proc/$init/comm")" = cppinit ] && has_taken_signals "$init" && sleeps "$init"; }

# Whether the main child has ended with this code, as a cppinit with -v reports it.
has_exited() { holds "exit code $1" "$err"; }

# terms FILE: how many TERM the fixture `finish` got that wrote this file; nothing if it was killed before it had finished.
terms() { cut -d ' ' -f 1 "$1" 2>/dev/null; }

# milliseconds COMMAND...: how long it took, in $elapsed.
milliseconds() {
    local before=${EPOCHREALTIME/[.,]/}
    "$@"
    elapsed=$(((${EPOCHREALTIME/[.,]/} - before) / 1000))
}
