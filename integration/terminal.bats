#!/usr/bin/env bats
# The terminal's foreground, as far as the contract's chapter "Start" speaks of it.

load helpers

setup_file() { requires python3; }

on_terminal() { run timeout 60 python3 "$root/integration/fixtures/on_terminal.py" 20 "$@"; }

@test "the program gets the foreground, and reads what is typed" {
    local init
    for init in "$CPPINIT" "unshare --pid --fork --mount-proc $CPPINIT"; do
        on_terminal 'ready:hello\n' -- $init sh -c 'echo ready; read -r line; echo "got $line"'
        [ "$status" -eq 0 ]
        [[ $output == *"got hello"* ]]
    done
}

@test "a script can go on reading after cppinit, whether its program ran or not" {
    # The last program dies while a job of its own has the foreground.
    printf '%s\n' 'set -m' "sh -c 'kill -KILL \$PPID'" >"$BATS_TEST_TMPDIR/job"
    local program
    for program in true no-such-program "bash $BATS_TEST_TMPDIR/job"; do
        on_terminal 'after:hello\n' -- sh -c "$CPPINIT $program; echo after; read -r line; echo got \$line"
        [[ $output == *"got hello"* ]]
    done
}

@test "started in the background cppinit takes no foreground" {
    on_terminal 'ready:hello\n' -- bash -ic "$CPPINIT sleep 1000 & echo ready; read -r line; echo got \$line; kill %1; wait"
    [[ $output == *"got hello"* ]]
}

@test "another reader of the terminal does not delay the start" {
    on_terminal 'started:x\n' -- sh -c "cat | unshare --pid --fork --mount-proc $CPPINIT echo started; :"
    [[ $output == *started* ]]
}

@test "a session leader's program gets no HUP and no CONT at its start (dumb-init 136)" {
    on_terminal 'ready:x\n' -- "$CPPINIT" sh -c 'trap "echo HUP came" HUP; trap "echo CONT came" CONT; echo ready; read -r line; echo "got $line"'
    [[ $output == *"got x"* ]]
    [[ $output != *came* ]]
}

@test "a full terminal that nobody reads does not stop cppinit, with /proc and without" {
    local prepare
    for prepare in : "mount -t tmpfs none /proc"; do
        run timeout 60 unshare --mount bash -c "$prepare; exec python3 -c '
import os, pty, signal, sys, time
pid, terminal = pty.fork()
if pid == 0:
    os.dup2(os.open(sys.argv[3], os.O_WRONLY | os.O_CREAT), 1)
    os.execv(sys.argv[1], [sys.argv[1], \"-vv\", sys.argv[2], \"record\"])
out = sys.argv[3]
deadline = time.monotonic() + 20
def lines(start):
    try:
        return sum(line.startswith(start) for line in open(out))
    except FileNotFoundError:
        return 0
while not lines(\"ready\") and time.monotonic() < deadline: time.sleep(0.01)
# A terminal takes some 64 KB that nobody reads; a line here has about 30.
for _ in range(6000): os.kill(pid, 40)
while lines(\"signal 40 \") < 6000 and time.monotonic() < deadline: time.sleep(0.05)
print(lines(\"signal 40 \"))
os.killpg(pid, 9)
' \"\$@\"" bash "$CPPINIT" "$FIXTURE" "$BATS_TEST_TMPDIR/out${#prepare}"
        [ "$output" = 6000 ]
        pkill -KILL -f "$FIXTURE record" || true
    done
}

@test "log lines in the background with TOSTOP set stop nobody and bring the program no TTOU" {
    local out=$BATS_TEST_TMPDIR/out
    on_terminal 'finished:x\n' -- bash -ic "stty tostop
        $CPPINIT -vv $FIXTURE record >$out &
        until grep -qs ready $out; do :; done
        kill -40 %1
        until grep -q 'signal 40 ' $out; do :; done
        kill -KILL \$(cat /proc/\$!/task/\$!/children); wait %1; echo finished; read -r line"
    [[ $output == *"cppinit: forwarding RTMIN+6"* ]]
    [ "$(grep -c '^signal' "$out")" -eq 1 ]
}
