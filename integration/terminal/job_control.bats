#!/usr/bin/env bats
# Under a shell with job control, cppinit and its program stop and go on as one: the shell does not see that they are two.

load ../helpers
load terminal

setup_file() { requires python3; }
setup() {
    make_programs
    # moder: changes the modes.
    program moder <<'END'
echo moder ready
stty -echo
END
    # at-rest PID: the process did not run for a while. A rate needs a span of time: this is the one fixed one.
    program at-rest <<'END'
wakes() { grep ctxt_switches "/proc/$1/status"; }
before=$(wakes "$1")
sleep 0.5
[ "$before" = "$(wakes "$1")" ]
END
}

# What a shell's user can write before a program.
wrappers=("cppinit" "cppinit --single-child" "cppinit --all" "cppinit cppinit")

@test "Ctrl-Z gives the prompt back, jobs shows Stopped, and fg goes on with the input, again and again" {
    local wrapper
    for wrapper in "${wrappers[@]}"; do
        on_terminal $shell <<END
            expect shell>
            type $wrapper reader
            expect ^reader ready
            type one
            expect ^reader got one
            press ctrl-z
            expect ^\[1\]\+ +Stopped +cppinit
            expect shell>
            type jobs
            expect ^\[1\]\+ +Stopped +cppinit
            type fg
            expect ^cppinit.* reader
            type two
            expect ^reader got two
            press ctrl-z
            expect ^\[1\]\+ +Stopped +cppinit
            type fg
            expect ^cppinit.* reader
            type three
            expect ^reader got three
            press ctrl-d
            expect ^reader ends
            expect shell>
            type echo "status=\$?"
            expect ^status=0
            type exit
END
        [ "$status" -eq 0 ]
    done
}

@test "bg goes on without input; a read there is stopped, and fg lets it read" {
    local wrapper
    for wrapper in "${wrappers[@]}"; do
        on_terminal $shell <<END
            expect shell>
            type $wrapper worker
            expect ^worker ready
            press ctrl-z
            expect ^\[1\]\+ +Stopped +cppinit
            type bg
            expect ^\[1\]\+ cppinit.* worker &
            type jobs
            expect ^\[1\]\+ +Running +cppinit
            do echo >$BATS_TEST_TMPDIR/go
            expect worker has worked
            until grep -q '^State:.T' /proc/\$(child_of \$LEADER)/status
            type jobs -l
            expect ^\[1\]\+ +[0-9]+ Stopped \(tty input\) +cppinit
            type fg
            expect ^cppinit.* worker
            type two
            expect ^worker got two
            expect shell>
            type exit
END
        [ "$status" -eq 0 ]
    done
}

@test "kill ends a stopped job and one in the background" {
    local wrapper
    for wrapper in "${wrappers[@]}"; do
        on_terminal $shell <<END
            expect shell>
            type $wrapper waiter
            expect ^waiter ready
            press ctrl-z
            expect ^\[1\]\+ +Stopped +cppinit
            type kill %1
            expect shell>
            # Until then bash knows of the stop alone. And an end that follows the CONT within microseconds it misses, without cppinit
            # too, until another child ends.
            until cppinit_has_ended
            type sh -c :
            expect ^\[1\]\+ +Exit 143 +cppinit
            type $wrapper waiter &
            expect waiter ready
            type kill %1; wait %1; echo "status=\$?"
            expect ^status=143
            type exit
END
        [ "$status" -eq 0 ]
    done
}

@test "started in the background it takes no foreground; its read is stopped, and fg lets it read" {
    local wrapper
    for wrapper in "${wrappers[@]}"; do
        on_terminal $shell <<END
            expect shell>
            type $wrapper reader &
            expect reader ready
            until grep -q '^State:.T' /proc/\$(child_of \$LEADER)/status
            type echo "the shell has it"
            expect ^the shell has it
            type jobs -l
            expect ^\[1\]\+ +[0-9]+ Stopped \(tty input\) +cppinit
            type fg
            expect ^cppinit.* reader
            type hello
            expect ^reader got hello
            press ctrl-c
            expect shell>
            type echo "status=\$?"; jobs
            expect ^status=130
            type exit
END
        [ "$status" -eq 0 ]
    done
}

@test "brought to the foreground without ever having been stopped, it reads, and Ctrl-Z and Ctrl-C reach it" {
    local wrapper
    for wrapper in "${wrappers[@]}"; do
        on_terminal $shell <<END
            expect shell>
            type $wrapper worker &
            expect worker ready
            # No CONT comes with this fg: the job runs.
            type fg
            expect ^cppinit.* worker
            until ! in_front \$LEADER
            press ctrl-z
            expect ^\[1\]\+ +Stopped +cppinit
            type bg
            expect ^\[1\]\+ cppinit.* worker &
            expect shell>
            type fg
            expect ^cppinit.* worker
            do echo >$BATS_TEST_TMPDIR/go
            expect ^worker has worked
            type hello
            expect ^worker got hello
            expect shell>
            type exit
END
        [ "$status" -eq 0 ]
    done
}

@test "kill ends a job that is stopped for want of the terminal: its TERM comes before the CONT has it ask again" {
    local wrapper
    for wrapper in "${wrappers[@]}"; do
        on_terminal python3 "$root/integration/fixtures/parent.py" kill $wrapper stty -echo </dev/null
        [ "$status" -eq 0 ]
    done
}

@test "vi is stopped and continued, and the terminal is what it was" {
    local wrapper file=$BATS_TEST_TMPDIR/file
    for wrapper in "${wrappers[@]}"; do
        on_terminal $shell <<END
            expect shell>
            type before=\$(stty -g); $wrapper vi -u NONE -i NONE $file
            expect ^~
            press ctrl-z
            expect ^\[1\]\+ +Stopped
            expect shell>
            type [ "\$before" = "\$(stty -g)" ] && echo "the same"
            expect ^the same
            type fg
            expect ^~
            press i
            type hello
            press escape
            type :wq
            expect shell>
            type [ "\$before" = "\$(stty -g)" ] && echo "the same"
            expect ^the same
            type exit
END
        [ "$status" -eq 0 ]
        [ "$(head -n 1 "$file")" = hello ]
        rm "$file"
    done
}

@test "a shell that ends leaves no stopped job behind" {
    local wrapper
    for wrapper in "${wrappers[@]}"; do
        on_terminal $shell <<END
            expect shell>
            type $wrapper waiter
            expect ^waiter ready
            press ctrl-z
            expect ^\[1\]\+ +Stopped +cppinit
            type exit
            expect ^There are stopped jobs
            type exit
            until nobody_is_left
END
        [ "$status" -ne 99 ]
    done
}

@test "the end of the program while it is stopped shows in its status" {
    local wrapper
    for wrapper in "${wrappers[@]}"; do
        on_terminal $shell <<END
            expect shell>
            type $wrapper waiter
            expect ^waiter ready
            press ctrl-z
            expect ^\[1\]\+ +Stopped +cppinit
            do kill -KILL \$(innermost \$LEADER)
            type fg; echo "status=\$?"
            expect ^status=137
            expect shell>
            type exit
END
        [ "$status" -eq 0 ]
    done
}

# ---- pipelines and scripts ----

@test "a script can read after cppinit, whether its program was stopped in between or not" {
    program script <<'END'
cppinit "$@"
echo "cppinit ended"
read -r line
echo "script got $line"
END
    on_terminal $shell <<'END'
        expect shell>
        type script true
        expect ^cppinit ended
        type one
        expect ^script got one
        expect shell>
        type script reader
        expect ^reader ready
        press ctrl-z
        # The key reached the reader alone; the script is stopped with it all the same.
        expect ^\[1\]\+ +Stopped +script reader
        expect shell>
        type fg
        expect ^script reader
        type two
        expect ^reader got two
        press ctrl-d
        expect ^cppinit ended
        type three
        expect ^script got three
        expect shell>
        type exit
END
    [ "$status" -eq 0 ]
}

pipelines=("cppinit waiter first | cppinit waiter second" "cppinit waiter first | waiter second"
    "waiter first | cppinit waiter second")

@test "one Ctrl-C ends each program of a pipeline" {
    local pipeline
    for pipeline in "${pipelines[@]}"; do
        on_terminal $shell <<END
            expect shell>
            type $pipeline
            until [ \$(pgrep -cx sleep --session \$LEADER) -eq 2 ]
            press ctrl-c
            expect shell>
            type echo "status=\${PIPESTATUS[*]}"
            expect ^status=130 130
            type exit
END
        [ "$status" -eq 0 ]
    done
}

@test "one Ctrl-Z stops each program of a pipeline, and fg continues them" {
    local pipeline
    for pipeline in "${pipelines[@]}"; do
        on_terminal $shell <<END
            expect shell>
            type $pipeline
            until [ \$(pgrep -cx sleep --session \$LEADER) -eq 2 ]
            press ctrl-z
            expect ^\[1\]\+ +Stopped
            expect shell>
            until [ "\$(pgrep -x sleep --session \$LEADER --runstates T | wc -l)" -eq 2 ]
            type fg
            until [ "\$(pgrep -x sleep --session \$LEADER --runstates S | wc -l)" -eq 2 ]
            press ctrl-c
            expect shell>
            type exit 3
END
        [ "$status" -eq 3 ]
    done
}

@test "Ctrl-Z stops the rest of a pipeline though the terminal sends it only to the program in front" {
    # The first one, while nobody had asked for the terminal, went to the whole pipeline.
    program late_reader <<END
echo late_reader ready
read -r line <"$BATS_TEST_TMPDIR/go"
read -r line </dev/tty
echo "late_reader got \$line"
exec sleep 1000
END
    on_terminal $shell <<END
        expect shell>
        type cppinit late_reader | cat
        expect ^late_reader ready
        press ctrl-z
        expect ^\[1\]\+ +Stopped
        expect shell>
        type fg
        until ! in_front \$LEADER
        do echo >$BATS_TEST_TMPDIR/go
        type first
        expect ^late_reader got first
        press ctrl-z
        expect ^\[1\]\+ +Stopped
        expect shell>
        type kill %1
        until ! pgrep -x cppinit --session \$LEADER
        type exit 3
END
    [ "$status" -eq 3 ]
}

@test "input goes through a pipeline whose programs all run under cppinit" {
    on_terminal $shell <<'END'
        expect shell>
        type cppinit cat | cppinit reader
        expect ^reader ready
        type one
        expect ^reader got one
        press ctrl-z
        expect ^\[1\]\+ +Stopped
        expect shell>
        type fg
        expect ^cppinit cat
        type two
        expect ^reader got two
        press ctrl-d
        expect ^reader ends
        expect shell>
        type exit 3
END
    [ "$status" -eq 3 ]
}

@test "less reads the keyboard at the end of a pipeline, with cppinit before it, around it, or both" {
    requires less
    local pipeline end
    for pipeline in "cppinit seq 1001 1100 | less" "seq 1001 1100 | cppinit less" "cppinit seq 1001 1100 | cppinit less" \
        "cppinit sh -c 'seq 1001 1100; exec sleep 1000' | less"; do
        # Who writes on has no reader; a sleeping one goes by the key.
        end=$([[ $pipeline != *sleep* ]] || echo press ctrl-c)
        on_terminal $shell <<END
            expect shell>
            type $pipeline
            expect ^1023
            press f
            expect 1046
            press ctrl-z
            expect ^\[1\]\+ +Stopped
            expect shell>
            type fg
            expect 1046
            press b
            expect 1001
            press q
            until ! pgrep -x less --session \$LEADER
            $end
            expect shell>
            type exit 3
END
        [ "$status" -eq 3 ]
    done
}

@test "a neighbour that is refused the terminal at the moment when the program ends reads on" {
    local tmp=$BATS_TEST_TMPDIR
    mkfifo "$tmp/thaw"
    # It has the foreground because it was refused the terminal as well, before.
    program asker <<END
echo asker ready >&2
read -r line </dev/tty
echo "asker got \$line" >&2
exec sleep 1000
END
    program neighbour <<END
read -r line <"$tmp/go"
read -r line </dev/tty
echo "neighbour got \$line" >&2
END
    on_terminal $shell <<END
        expect shell>
        # The shell looks at the first one first: it is to learn that it goes on before it learns of the end of cppinit.
        type neighbour | cppinit asker
        expect ^asker ready
        # Before it waits, the shell gives the terminal to the pipeline.
        until grep -q wait /proc/\$LEADER/wchan
        type first
        expect ^asker got first
        do pgrep -xo cppinit --session \$LEADER >$tmp/init && child_of \$(cat $tmp/init) >$tmp/program
        do "$FIXTURE" freeze \$(cat $tmp/init) <>$tmp/thaw >/dev/null 2>&1 &
        until grep -q '^State:.t' /proc/\$(cat $tmp/init)/status
        do echo >$tmp/go
        until grep -q '^State:.T' /proc/\$(pgrep -x neighbour --session \$LEADER)/status
        do kill -KILL \$(cat $tmp/program)
        until grep -q '^State:.Z' /proc/\$(cat $tmp/program)/status
        do echo >$tmp/thaw
        type second
        expect ^neighbour got second
        expect shell>
        type exit 3
END
    [ "$status" -eq 3 ]
}

@test "with --leftovers=wait the foreground comes back once no process of the program's group is left" {
    program leaver <<END
setsid sh -c 'echo >$BATS_TEST_TMPDIR/go; exec waiter' &
read -r line <"$BATS_TEST_TMPDIR/go"
END
    on_terminal $shell <<END
        expect shell>
        type cppinit --leftovers=wait leaver
        expect ^waiter ready
        until in_front \$(pgrep -xo cppinit --session \$LEADER)
        press ctrl-c
        until ! pgrep -x cppinit --session \$LEADER
        expect shell>
        type exit 3
END
    [ "$status" -eq 3 ]
}

# ---- seen by a parent ----

@test "a parent sees the very signal that stopped the program: TSTP, TTIN, TTOU and STOP" {
    program answerer <<'END'
trap 'echo here' USR1
echo $$
while :; do sleep 1000 & wait; kill $!; done
END
    local signal wrapper
    for signal in TSTP TTIN TTOU STOP; do
        for wrapper in "${wrappers[@]}"; do
            on_terminal python3 "$root/integration/fixtures/parent.py" follow $signal $wrapper answerer </dev/null
            [ "$status" -eq 0 ]
        done
    done
}

parent_of() { ps -o ppid= -p "$1" | tr -d ' '; }
sleep_runs() { [ "$(cat "/proc/$(innermost "$init")/comm")" = sleep ]; }

@test "without a terminal there is no job: a stopped program stops nobody" {
    local signal
    for signal in TSTP STOP; do
        # Where it leads no group, setsid(1) does not fork.
        start subreaper -- sh -c 'setsid "$0" -v sleep 1000; :' "$CPPINIT"
        # setsid becomes cppinit, and its child the program.
        eventually sleep_runs
        kill -$signal "$(innermost "$init")"
        eventually holds "program stopped, pid" "$err"
        grep -q ", $signal\$" "$err"
        eventually "$BATS_TEST_TMPDIR/bin/at-rest" "$(parent_of "$(innermost "$init")")"
        [ "$(process_state "$(parent_of "$(innermost "$init")")")" = S ]
        kill -KILL "$(innermost "$init")"
        await 0
    done
}

@test "a stop signal that is sent to cppinit stops its program and cppinit, and CONT continues both" {
    local signal
    for signal in TSTP TTIN TTOU; do
        on_terminal $shell <<END
            expect shell>
            type cppinit reader &
            expect reader ready
            type fg
            expect ^cppinit reader
            type one
            expect ^reader got one
            do kill -$signal \$(child_of \$LEADER)
            expect ^\[1\]\+ +Stopped
            until grep -q '^State:.T' /proc/\$(innermost \$LEADER)/status
            type fg
            expect ^cppinit reader
            type two
            expect ^reader got two
            press ctrl-d
            expect ^reader ends
            type exit
END
        [ "$status" -eq 0 ]
    done
}

# ---- where nobody can continue cppinit ----

@test "as PID 1, -v logs that the program was stopped, and CONT to cppinit continues it" {
    local scope
    for scope in --group --single-child --all; do
        on_terminal $pid_1 -v $scope reader <<'END'
            expect ^reader ready
            press ctrl-z
            expect cppinit: program stopped, .*TSTP
            until grep -q '^State:.T' /proc/$(innermost $LEADER)/status
            do kill -CONT $(child_of $LEADER)
            type one
            expect ^reader got one
            do kill -STOP $(innermost $LEADER)
            expect cppinit: program stopped, .*STOP
            do kill -CONT $(child_of $LEADER)
            type two
            expect ^reader got two
            press ctrl-d
END
        [ "$status" -eq 0 ]
        [ "$(grep -c "program stopped" <<<"$output")" -eq 2 ]
    done
}

@test "as PID 1, without -v, a stopped program is not worth a line" {
    on_terminal $pid_1 reader <<'END'
        expect ^reader ready
        press ctrl-z
        until grep -q '^State:.T' /proc/$(innermost $LEADER)/status
        do kill -CONT $(child_of $LEADER)
        type one
        expect ^reader got one
        press ctrl-d
END
    [ "$status" -eq 0 ]
    [[ $output != *cppinit:* ]]
}

@test "where cppinit leads the session, Ctrl-Z has no shell to return to and no effect" {
    local wrapper
    for wrapper in "${wrappers[@]}"; do
        on_terminal $wrapper reader <<'END'
            expect ^reader ready
            press ctrl-z
            expect \^Z
            type one
            expect reader got one
            press ctrl-d
END
        [ "$status" -eq 0 ]
    done
}

runs_sleep() { [ "$(cat "/proc/$(child_of "$init")/comm")" = sleep ]; }

@test "TERM ends a stopped program" {
    local mode
    for mode in pid1 subreaper; do
        start $mode sleep 1000
        # Stopped before its exec, the program would keep cppinit in vfork(2).
        eventually runs_sleep
        kill -STOP "$(child_of "$init")"
        is_stopped() { [ "$(process_state "$(child_of "$init")")" = T ]; }
        eventually is_stopped
        kill -TERM "$init"
        await 143
    done
}

@test "while its program is stopped, cppinit wakes 0 times" {
    local mode
    for mode in pid1 subreaper; do
        start $mode sleep 1000
        eventually runs_sleep
        kill -STOP "$(child_of "$init")"
        # Once both have come to rest nothing wakes either of them again.
        both_rest() { [ "$(process_state "$(child_of "$init")")" = T ] && [[ $(process_state "$init") == [ST] ]]; }
        eventually both_rest
        eventually "$BATS_TEST_TMPDIR/bin/at-rest" "$init"
        "$BATS_TEST_TMPDIR/bin/at-rest" "$init"
        kill -KILL "$(child_of "$init")"
        # As PID 1 it has ended by that.
        kill -CONT "$init" 2>/dev/null || true
        await 137
    done
}

@test "stopped in the background by a read or a change of modes, again after each bg, cppinit does not spin" {
    local program
    for program in reader moder; do
        on_terminal $shell <<END
            expect shell>
            type cppinit -v $program &
            expect $program ready
            expect program stopped, pid .*TT
            until grep -q '^State:.T' /proc/\$(child_of \$LEADER)/status
            do at-rest \$(child_of \$LEADER)
            type bg
            expect program stopped, pid .*TT
            until grep -q '^State:.T' /proc/\$(child_of \$LEADER)/status
            do at-rest \$(child_of \$LEADER)
            do kill -KILL \$(innermost \$LEADER) && kill -CONT \$(child_of \$LEADER)
            until cppinit_has_ended
            type exit 3
END
        [ "$status" -eq 3 ]
    done
}

@test "bg as the only other process in the namespace: the end of the program leaves PID 1 its terminal" {
    on_terminal "${in_pid_namespace[@]}" setsid --ctty $shell <<'END'
        expect shell>
        type cppinit waiter
        expect ^waiter ready
        press ctrl-z
        expect ^\[1\]\+ +Stopped
        expect shell>
        type bg
        expect shell>
        do pkill -KILL -f "^sleep 1000" --parent $(pgrep -x cppinit --parent $(child_of $LEADER))
        until ! pgrep -x cppinit --parent $(child_of $LEADER)
        type echo "still" here
        expect ^still here
        type exit 3
END
    [ "$status" -eq 3 ]
}

@test "a STOP and a CONT to the program of a session's leader leave cppinit at work" {
    on_terminal cppinit reader <<'END'
        expect ^reader ready
        do kill -STOP $(innermost $LEADER)
        until grep -q '^State:.T' /proc/$(innermost $LEADER)/status
        do kill -CONT $(innermost $LEADER)
        type one
        expect ^reader got one
        do kill -TERM $LEADER
END
    [ "$status" -eq 143 ]
}

@test "Ctrl-C ends a script that has started a job under cppinit and goes on" {
    program script <<'END'
cppinit waiter >/dev/null 2>&1 &
echo script ready
sleep 1000
echo not interrupted
END
    on_terminal $shell <<'END'
        expect shell>
        type script
        expect ^script ready
        # A key that comes between its fork and its exec is lost with the script's handler of INT.
        until pgrep -x sleep --parent $(pgrep -xo script --session $LEADER)
        press ctrl-c
        expect shell>
        do pkill -KILL -f "sleep 1000" --session $LEADER
        type exit 3
END
    [ "$status" -eq 3 ]
    [[ $output != *"not interrupted"* ]]
}
