#!/usr/bin/env bats
# What a terminal sends: keys, a resize and a hangup, each to the program in front exactly once.

load ../helpers
load terminal

setup_file() { requires python3; }
setup() {
    make_programs
    records=$BATS_TEST_TMPDIR/records
}

came() { grep -c "^signal $1 " "$records" || true; }

# each_comes_once INIT COMMAND...: cppinit's pid is INIT; its program is `recorder`. What cppinit has to forward comes before
# the signal that is sent to it afterwards, because the kernel hands the lower one out first.
each_comes_once() {
    local init=$1 number
    shift
    rm -f "$records"
    on_terminal "$@" <<END
        until grep -q ready $records
        press ctrl-c
        until grep -q '^signal 2 ' $records
        press ctrl-\\
        until grep -q '^signal 3 ' $records
        press ctrl-z
        until grep -q '^signal 20 ' $records
        resize 30 90
        until grep -q '^signal 28 ' $records
        do kill -40 $init
        until grep -q '^signal 40 ' $records
        press ctrl-c
        until [ \$(grep -c '^signal 2 ' $records) -eq 2 ]
        do kill -41 $init
        until grep -q '^signal 41 ' $records
        do kill -KILL \$(innermost \$LEADER)
END
    [ "$status" -eq 137 ]
    [ "$(came 2)" -eq 2 ]
    for number in 3 20 28; do [ "$(came $number)" -eq 1 ]; done
    [ "$(grep -c '^signal' "$records")" -eq 7 ]
}

in_each_scope() {
    local scope
    for scope in --group --single-child --all; do
        each_comes_once '$LEADER' cppinit $scope recorder
        each_comes_once '$(child_of $LEADER)' $pid_1 $scope recorder
    done
}

@test "Ctrl-C, Ctrl-\\, Ctrl-Z and a resize come once, in each scope" { in_each_scope; }

@test "Ctrl-C, Ctrl-\\, Ctrl-Z and a resize come once below two of cppinit" {
    each_comes_once '$LEADER' cppinit cppinit recorder
    each_comes_once '$(child_of $LEADER)' $pid_1 cppinit recorder
    each_comes_once '$LEADER' cppinit --single-child cppinit --single-child recorder
}

@test "under a shell, Ctrl-C, Ctrl-\\ and a resize come once, also after fg of a job that was never stopped" {
    local begin wrapper
    for wrapper in "cppinit" "cppinit --single-child" "cppinit cppinit"; do
        for begin in recorder "recorder & fg"; do
            rm -f "$records"
            on_terminal $shell <<END
                expect shell>
                type $wrapper $begin
                until grep -q ready $records
                until ! in_front \$LEADER
                press ctrl-c
                until grep -q '^signal 2 ' $records
                press ctrl-\\
                until grep -q '^signal 3 ' $records
                resize 30 90
                until grep -q '^signal 28 ' $records
                do kill -40 \$(child_of \$LEADER)
                until grep -q '^signal 40 ' $records
                do kill -KILL \$(innermost \$LEADER)
                expect shell>
                type exit 3
END
            [ "$status" -eq 3 ]
            [ "$(grep -c '^signal' "$records")" -eq 4 ]
        done
    done
}

@test "a hangup comes as one HUP, where cppinit leads the session" {
    local way init
    for way in cppinit "cppinit --single-child" "cppinit cppinit" "$pid_1" "$pid_1 cppinit"; do
        case $way in unshare*) init='$(child_of $LEADER)' ;; *) init='$LEADER' ;; esac
        rm -f "$records"
        on_terminal $way recorder <<END
            until grep -q ready $records
            hang-up
            until grep -q '^signal 1 ' $records
            do kill -40 $init
            until grep -q '^signal 40 ' $records
            do kill -KILL \$(innermost \$LEADER)
END
        [ "$status" -eq 137 ]
        [ "$(came 1)" -eq 1 ]
    done
}

@test "a hangup ends what runs under a shell, stopped or not" {
    local keys
    for keys in ctrl-z none; do
        on_terminal $shell <<END
            expect shell>
            type cppinit waiter
            expect ^waiter ready
            $([ $keys = none ] || printf 'press ctrl-z\nexpect Stopped\nexpect shell>')
            hang-up
            until nobody_is_left
END
        [ "$status" -ne 99 ]
    done
}

@test "a neighbour in the pipeline gets Ctrl-Z, Ctrl-C and a resize once, and not again from cppinit" {
    # The neighbour is not stopped by what it records; cppinit's program is, and cppinit with it.
    on_terminal $shell <<END
        expect shell>
        type cppinit sleep 1000 | recorder
        until grep -q ready $records
        press ctrl-z
        until grep -q '^signal 20 ' $records
        until grep -q '^State:.T' /proc/\$(child_of \$(pgrep -xo cppinit --session \$LEADER))/status
        until grep -q '^State:.T' /proc/\$(pgrep -xo cppinit --session \$LEADER)/status
        do kill -CONT \$(pgrep -xo cppinit --session \$LEADER)
        resize 30 90
        until grep -q '^signal 28 ' $records
        press ctrl-c
        until ! pgrep -x cppinit --session \$LEADER
        until grep -q '^signal 2 ' $records
        do kill -KILL \$(pgrep -f "\$FIXTURE record" --session \$LEADER)
        expect shell>
        type exit 3
END
    [ "$status" -eq 3 ]
    for number in 2 20 28; do [ "$(came $number)" -eq 1 ]; done
}
