#!/usr/bin/env bats
# The contract's --ps: the processes of the PID namespace as a tree, and under it who has to wait for each zombie.

load ../helpers

# A program that leaves a zombie that it does not wait for, and a child with a child. It is ready once all are there.
forgetful='import os, signal, sys
if os.fork() == 0: os._exit(0)
os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
if os.fork() == 0:
    if os.fork() == 0: os.execvp("sleep", ["sleep", "1000"])
    signal.pause()
print("ready", flush=True)
signal.pause()'

# list: what --ps says inside of the namespace of $init.
list() { nsenter --target "$init" --pid --mount "$CPPINIT" --ps; }

@test "the tree has every process, with its state, its age, its arguments, and its children below it" {
    requires nsenter
    start pid1 -- /usr/bin/python3 -c "$forgetful" "two  words" $'a\nline'
    eventually holds ready "$out"
    sleeper() { list | grep -qP '^[0-9]+\tS\t.* sleep 1000$'; }
    eventually sleeper
    list >"$BATS_TEST_TMPDIR/list"
    cat "$BATS_TEST_TMPDIR/list"
    tree() { grep -P "^$1\t$2\t[0-9]+[smh]\t$3" "$BATS_TEST_TMPDIR/list"; }
    [ "$(head -n 1 "$BATS_TEST_TMPDIR/list")" = $'PID\tS\tAGE\tCOMMAND' ]
    tree 1 S "\Q$CPPINIT\E -- /usr/bin/python3 -c import os"
    # Line ends would break the table.
    tree 2 S '  /usr/bin/python3 -c import os.*\?signal.pause\(\) two  words a\?line$'
    tree 3 Z '    \[python3\]$'
    tree 4 S '    /usr/bin/python3 -c'
    tree 5 S '      sleep 1000$'
    # --ps itself came from outside.
    tree '[0-9]+' R "\Q$CPPINIT\E --ps"
    # Each process once.
    [ "$(grep -cP '^[0-9]+\t' "$BATS_TEST_TMPDIR/list")" -eq 6 ]
}

@test "no argument of a process commands the terminal" {
    requires nsenter
    # Escape, and U+009B, which does the same in one character. U+00E4 is a letter.
    start pid1 -- /usr/bin/python3 -c 'print("ready", flush=True); import signal; signal.pause()' \
        $'\e[31m \xc2\x9b31m \xc2\x9d0;title\xc2\x9c \xc3\xa4'
    eventually holds ready "$out"
    list >"$BATS_TEST_TMPDIR/list"
    grep -qF $'?[31m ?31m ?0;title? \xc3\xa4' "$BATS_TEST_TMPDIR/list"
    run ! grep -qP '[\x01-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]' "$BATS_TEST_TMPDIR/list"
}

@test "each zombie has a line under the tree: who it is, since when, and whose" {
    requires nsenter
    start pid1 -- /usr/bin/python3 -c "$forgetful"
    eventually holds ready "$out"
    run list
    [[ ${lines[-1]} =~ ^"zombie pid 3 'python3', started "[0-9]+"s ago: its parent, pid 2 'python3', lives and has to wait for it"$ ]]
    [ "$(printf '%s\n' "${lines[@]}" | grep -c zombie)" -eq 1 ]
    # Once the parent has ended, cppinit reaps it.
    kill -TERM "$init"
    await 143
}

@test "a process whose first thread has ended is no zombie" {
    requires nsenter
    start pid1 -- /usr/bin/python3 -c 'import ctypes, threading
threading.Thread(target=lambda: (print("ready", flush=True), threading.Event().wait())).start()
ctypes.CDLL(None).pthread_exit(None)'
    eventually holds ready "$out"
    first_thread_ended() { list | grep -qP '^2\tZ\t'; }
    eventually first_thread_ended
    run list
    [[ $output != *zombie* ]]
    pkill -KILL -P "$init"
    await 137
}

@test "it shows thousands of zombies, each with its line" {
    requires nsenter
    start pid1 -- /usr/bin/python3 -c 'import os, signal
for _ in range(3000):
    if os.fork() == 0: os._exit(0)
print("ready", flush=True)
signal.pause()'
    eventually holds ready "$out"
    all_dead() { [ "$(list | grep -c '^zombie ')" -eq 3000 ]; }
    eventually all_dead
    [ "$(list | grep -cP '^[0-9]+\tZ\t')" -eq 3000 ]
}

@test "without /proc, or with another namespace's, it says so and exits 125" {
    run -125 unshare --mount sh -c 'mount -t tmpfs none /proc && exec "$0" --ps' "$CPPINIT"
    [ "$output" = "cppinit: cannot list /proc of this PID namespace: No such file or directory" ]
    run -125 unshare --pid --fork "$CPPINIT" --ps
    [ "$output" = "cppinit: cannot list /proc of this PID namespace: No such file or directory" ]
}

@test "what cannot be written is an error" {
    run -125 bash -c '"$0" --ps >/dev/full' "$CPPINIT"
    [ "$output" = "cppinit: cannot write to stdout" ]
    # head has what it wants and closes the pipe: no SIGPIPE, and no endless try.
    run bash -c 'timeout 20 "$0" --ps 2>/dev/null | head -n 1' "$CPPINIT"
    [ "$output" = $'PID\tS\tAGE\tCOMMAND' ]
}

@test "it starts nothing, and is no option of a peer" {
    run "$CPPINIT" --ps sh -c 'echo started >&2; exit 9'
    [ "$status" -eq 0 ]
    [[ $output != *started$'\n'* ]]
    ln -s "$CPPINIT" "$BATS_TEST_TMPDIR/tini"
    run -1 "$BATS_TEST_TMPDIR/tini" --ps true
    [[ ${lines[0]} == "tini: unknown option '--ps'"* ]]
}
