# What every integration test has at hand. Two kinds of waiting, neither with a fixed time: a handshake, or `eventually`.

bats_require_minimum_version 1.5.0

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
CPPINIT=${CPPINIT:-$root/build/release/cppinit}
FIXTURE=${FIXTURE:-$root/build/release/integration/fixtures/fixture}

# How the tests are started must not matter. Programs write messages and decimal points of the C locale, and what begins with
# these words starts as an engine starts it, with no signal blocked and none ignored. nohup lets its program ignore HUP, and a
# shell without job control, which bats' is, lets what it starts in the background ignore INT and QUIT.
export LC_ALL=C
default_signals=("$FIXTURE" with none none)

# In an emulator every wait takes this many times as long.
patience=${CPPINIT_PATIENCE:-1}

# A test that cannot run here says what it lacks; .ci/run counts that as a failure.
requires() {
    local program
    for program in "$@"; do
        command -v "$program" >/dev/null || skip "needs $program"
    done
}

# What takes long or much of the disk runs in CI, and elsewhere where it is asked for. `heavy WHY` is for setup: in setup_file
# bats takes a skip for a failure.
heavy_is_wanted() { [[ -n ${CI:-}${CPPINIT_HEAVY:-} ]]; }
heavy() { heavy_is_wanted || skip "heavy, $1: runs in CI and with CPPINIT_HEAVY=1"; }

# eventually COMMAND...: polls until the command succeeds, at most 20 seconds.
eventually() {
    local deadline=$((SECONDS + 20 * patience))
    until "$@"; do
        if ((SECONDS >= deadline)); then
            echo "never became true: $*" >&2
            return 1
        fi
        read -rt 0.01 <> <(:) || true
    done
}

# timeout SECONDS COMMAND...: timeout(1), with the same patience.
timeout() {
    if [[ $1 =~ ^[0-9]+$ ]]; then set -- $(($1 * patience)) "${@:2}"; fi
    command timeout "$@"
}

holds() { [[ $(cat "$2" 2>/dev/null) == *"$1"* ]]; }

# The words in front of a command that make it PID 1 of a PID namespace, which ends with it or with unshare(1).
in_pid_namespace=(unshare --pid --fork --kill-child --mount-proc)

# in_mode MODE: sets $before to the words in front of cppinit that make it run as pid1 or as subreaper.
in_mode() {
    before=()
    [ "$1" = subreaper ] || before=("${in_pid_namespace[@]}")
}

# start MODE COMMAND...: runs cppinit with these words in the background, as pid1 or as subreaper; $init is its pid as seen from
# here, its output is in $out and $err.
start() {
    local mode=$1
    shift
    out=$BATS_TEST_TMPDIR/out err=$BATS_TEST_TMPDIR/err
    : >"$out" && : >"$err"
    # The command opens the files itself: the shell that runs it must not stay between.
    case $mode in
        pid1)
            "${default_signals[@]}" "${in_pid_namespace[@]}" "$CPPINIT" "$@" >"$out" 2>"$err" 3>&- </dev/null &
            started=$!
            eventually has_child "$started"
            init=$(child_of "$started")
            ;;
        subreaper)
            "${default_signals[@]}" "$CPPINIT" "$@" >"$out" 2>"$err" 3>&- </dev/null &
            started=$! init=$!
            ;;
    esac
}

# run_as MODE WORDS...: bats' `run` of cppinit in that mode; $expecting may hold one of its options, as -127.
run_as() {
    local before
    in_mode "$1"
    run ${expecting:+"$expecting"} "${default_signals[@]}" timeout $((60 * patience)) "${before[@]}" "$CPPINIT" "${@:2}"
}

# milliseconds COMMAND...: sets $elapsed to how long it took, on a machine that needs no patience; of `run_as`, $status and $output are there too.
milliseconds() {
    local since=${EPOCHREALTIME/[.,]/}
    "$@"
    elapsed=$(((${EPOCHREALTIME/[.,]/} - since) / 1000 / patience))
}

# survivors WORDS: how many fixtures run with these words.
survivors() { pgrep -fc -- "^$FIXTURE $1" || true; }
none_survives() { [ "$(survivors "$1")" -eq 0 ]; }

# await STATUS: cppinit ends with this status within the deadline.
await() {
    eventually has_ended "$started"
    local status=0
    wait "$started" || status=$?
    # Its number is free now: what teardown would kill is somebody else.
    started=
    [ "$status" -eq "$1" ] || {
        echo "cppinit ended with $status, not $1: $(cat "$err")" >&2
        return 1
    }
}

has_ended() { ! kill -0 "$1" 2>/dev/null || [[ $(process_state "$1") == Z ]]; }

# A stop signal that arrives within half a second of the first is the same request. The next one after this is not: cppinit has taken
# the first, and a tenth of a second is for a busy machine between that and its look at the clock.
let_the_request_pass() {
    eventually has_taken_signals "$init"
    eventually has_come $((${EPOCHREALTIME/[.,]/} + 600000))
}
# Whether a process has taken every signal that was sent to it.
has_taken_signals() { grep -qE '^ShdPnd:[[:space:]]0+$' "/proc/$1/status"; }
has_come() { ((${EPOCHREALTIME/[.,]/} >= $1)); }

# insist [SIGNAL]: the same for a test that does not count signals: asks until it is a second request.
insist() { eventually asks_again_and_has_ended "${1:-TERM}"; }
asks_again_and_has_ended() {
    kill -"$1" "$init" 2>/dev/null || true
    has_ended "$started"
}

child_of() { awk '{ print $1 }' "/proc/$1/task/$1/children" 2>/dev/null; }
has_child() { [[ -n $(child_of "$1") ]]; }

# process_state PID: the letter of /proc/PID/stat; empty where there is no such process.
process_state() {
    local line
    line=$(cat "/proc/$1/stat" 2>/dev/null) || return 0
    line=${line##*) }
    echo "${line%% *}"
}

sleeps() { [[ $(process_state "$1") == S ]]; }

teardown() {
    if [[ -n ${started:-} ]]; then
        # KILL leaves cppinit no time to end what is below it.
        pkill -KILL -P "${init:-$started}" || true
        kill -KILL "$started" "${init:-$started}" 2>/dev/null || true
        wait "$started" 2>/dev/null || true
    fi
}
