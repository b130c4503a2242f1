# What the tests on terminals share, beside the helpers: someone in front of one, and programs to run there.

# on_terminal COMMAND... <STEPS: bats' `run` of the command on a terminal of its own; the fixture describes the steps. There,
# cppinit is found by its name: its path may need quotes.
on_terminal() {
    mkdir -p "$BATS_TEST_TMPDIR/bin"
    ln -sf "$CPPINIT" "$BATS_TEST_TMPDIR/bin/cppinit"
    export -f child_of has_child innermost in_front nobody_is_left cppinit_has_ended
    # Nothing is read from or written to the home of whoever tests.
    run "${default_signals[@]}" env HOME="$BATS_TEST_TMPDIR" PATH="$BATS_TEST_TMPDIR/bin:$PATH" TERM=xterm \
        timeout $((120 * patience)) python3 "$root/integration/fixtures/on_terminal.py" "$@" 3>&-
    echo "$output"
}

# In a PID namespace, as the leader of the session there: as engines start it.
pid_1="${in_pid_namespace[*]} setsid --ctty cppinit"

# program NAME <SCRIPT: a program of the test's own, which is found by its name.
program() {
    mkdir -p "$BATS_TEST_TMPDIR/bin"
    { echo '#!/bin/sh' && cat; } >"$BATS_TEST_TMPDIR/bin/$1"
    chmod +x "$BATS_TEST_TMPDIR/bin/$1"
}

# The programs that most tests run. Each says that it is ready: what is typed before is somebody else's.
make_programs() {
    # A shell with job control. (Of root's environment bash takes no prompt.)
    echo "PS1='shell> '" >"$BATS_TEST_TMPDIR/rc"
    shell="bash --noprofile --rcfile $BATS_TEST_TMPDIR/rc -i"
    # reader [NAME]: prints each line that it reads.
    program reader <<'END'
echo "${1:-reader} ready"
while read -r line; do echo "${1:-reader} got $line"; done
echo "${1:-reader} ends"
END
    # waiter [NAME]: is there until it is ended.
    program waiter <<'END'
echo "${1:-waiter} ready" >&2
exec sleep 1000
END
    # worker: works until the pipe "go" has a line, and reads from the terminal only then. It starts no program meanwhile:
    # a vfork(2) that is stopped before its exec keeps the shell that made it from being stopped.
    mkfifo "$BATS_TEST_TMPDIR/go"
    program worker <<END
echo worker ready
read -r line <"$BATS_TEST_TMPDIR/go"
echo worker has worked
read -r line
echo "worker got \$line"
END
    # recorder: what comes is in the file "records".
    program recorder <<END
exec "$FIXTURE" record >"$BATS_TEST_TMPDIR/records"
END
}

# innermost PID: the last of a chain of processes that have one child each.
innermost() {
    local pid=$1
    while has_child "$pid"; do pid=$(child_of "$pid"); done
    echo "$pid"
}

# in_front PID: its group has the terminal's foreground. A shell prints a job's `fg` before it gives the foreground away.
in_front() {
    local fields
    read -ra fields < <(sed 's/.*) //' "/proc/$1/stat")
    [ "${fields[2]}" -eq "${fields[5]}" ]
}

# nobody_is_left: of the whole session, stopped or not. A step must see this: after the last one the terminal is cleared away.
nobody_is_left() { ! pgrep --session "$LEADER" --runstates DRSTt; }

# cppinit_has_ended: bash may wait for it only when it is asked for the job.
cppinit_has_ended() { ! pgrep -x cppinit --session "$LEADER" --runstates DRSTt; }
