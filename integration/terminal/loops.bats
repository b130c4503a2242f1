#!/usr/bin/env bats
# Ctrl-C ends a script or a loop that runs `cppinit program`, as it does without cppinit. Each case is run both ways, and the two
# must agree: whether the script went on, and how it ended.

load ../helpers
load terminal

setup() {
    # victim END: the first time it waits for Ctrl-C, and ends in this way. Who goes on runs it a second time.
    program victim <<END
if [ -e "$BATS_TEST_TMPDIR/started" ]; then
    echo went on
    exit 0
fi
touch "$BATS_TEST_TMPDIR/started"
case \$1 in
    dies) ;;
    exits) trap 'exit 130' INT ;;
    handles) trap 'exit 0' INT ;;
esac
echo victim ready >&2
while :; do read -r line <>"$BATS_TEST_TMPDIR/never"; done
END
    mkfifo "$BATS_TEST_TMPDIR/never"
}

# outcome COMMAND...: what became of the command after Ctrl-C.
outcome() {
    rm -f "$BATS_TEST_TMPDIR/started"
    on_terminal "$@" <<'END' >&2
        expect ^victim ready
        press ctrl-c
END
    case $output in *"went on"*) echo "went on, $status" ;; *) echo "ended, $status" ;; esac
}

# agree WORD... -c FORM: the form, in which RUN stands for the program, leads to the same with cppinit and without.
agree() {
    local without with form=${*: -1} shell=("${@:1:$#-1}") way
    for way in $ends; do
        without=$(outcome "${shell[@]}" "${form//RUN/victim $way}")
        with=$(outcome "${shell[@]}" "${form//RUN/cppinit victim $way}")
        echo "$* ($way): $without without cppinit, $with with it"
        [ "$with" = "$without" ]
    done
}

# That a program handled INT and exits 0 nobody can see: only bash, which looks at the status, goes on both with and without.
forms='RUN; RUN
RUN && RUN
RUN | cat; RUN
x=$(RUN); RUN
for i in 1 2; do RUN; done
(RUN); RUN
if RUN; then :; fi; RUN
true; RUN; RUN
echo one two | xargs -n 1 RUN
echo one two | xargs -o -n 1 RUN'

in_each_form() {
    local form
    while read -r form; do agree "$@" -c "$form"; done <<<"$forms"
}

@test "bash" {
    ends="dies exits handles"
    forms=$(grep -v 'cat\|xargs -o' <<<"$forms")
    in_each_form bash --norc
    # Of a pipeline whose first program lives through INT, bash sees one end or the other, with cppinit and without.
    ends=dies
    agree bash --norc -c 'RUN | cat; RUN'
    # xargs gives the terminal to the program and sees nothing of an INT that the program handled: see the man page.
    ends="dies exits"
    agree bash --norc -c 'echo one two | xargs -o -n 1 RUN'
}

@test "dash" {
    ends="dies exits"
    in_each_form dash
}

@test "zsh" {
    requires zsh
    ends="dies exits"
    in_each_form zsh -f
}

@test "fish" {
    requires fish
    ends="dies exits"
    forms='RUN; RUN
RUN && RUN
for i in 1 2; RUN; end'
    in_each_form fish --no-config
    # Of a pipeline whose first program lives through INT, fish takes one status or the other, with cppinit and without.
    ends=dies
    agree fish --no-config -c 'RUN | cat; RUN'
}

@test "a script that is sourced" {
    local way
    for way in dies exits handles; do
        ends=$way
        printf '%s\n' "victim $way" "victim $way" >"$BATS_TEST_TMPDIR/victim.sh"
        printf '%s\n' "cppinit victim $way" "cppinit victim $way" >"$BATS_TEST_TMPDIR/cppinit victim.sh"
        [ "$(outcome bash -c ". '$BATS_TEST_TMPDIR/cppinit victim.sh'")" = "$(outcome bash -c ". '$BATS_TEST_TMPDIR/victim.sh'")" ]
    done
}

@test "make, and make with two jobs" {
    requires make
    local way jobs
    for way in dies exits; do
        for jobs in 1 2; do
            for run in victim "cppinit victim"; do
                printf 'all: one two\none two:\n\t%s %s\n.PHONY: all one two\n.NOTPARALLEL:\n' "$run" "$way" >"$BATS_TEST_TMPDIR/$run.mk"
            done
            local without with
            without=$(outcome make -j "$jobs" -f "$BATS_TEST_TMPDIR/victim.mk")
            with=$(outcome make -j "$jobs" -f "$BATS_TEST_TMPDIR/cppinit victim.mk")
            echo "make -j $jobs ($way): $without without cppinit, $with with it"
            # Where the end of its job comes before its own INT is handled, make ends with 2, with cppinit and without.
            [ "${with%,*}" = "${without%,*}" ]
        done
    done
}

@test "Python's subprocess sees the signal" {
    local run
    for run in victim "cppinit victim"; do
        rm -f "$BATS_TEST_TMPDIR/started"
        on_terminal python3 -c '
import signal, subprocess, sys
signal.signal(signal.SIGINT, lambda *_: None)
print("code", subprocess.run(sys.argv[1:]).returncode)' $run dies <<'END'
            expect ^victim ready
            press ctrl-c
            expect ^code -2
END
    done
}
