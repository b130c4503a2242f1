#!/usr/bin/env bats
# What bash, zsh and fish complete behind `cppinit`, in the real shells.

load ../helpers
load ../terminal/terminal

setup_file() { requires zsh fish python3; }

setup() {
    generate=$root/build/release/completions/generate
    # Without the quotes that the path of the repository may need.
    completions=$BATS_TEST_TMPDIR/completions
    ln -s "$root/completions" "$completions"
    tab=$'\t'
    # Each shell shows what it is given in the end.
    mkdir "$BATS_TEST_TMPDIR/zsh"
    cat >"$BATS_TEST_TMPDIR/zsh/.zshrc" <<END
fpath=($completions \$fpath)
autoload -Uz compinit && compinit -u
PS1='shell> ' LISTMAX=1000
setopt no_beep no_auto_menu
cppinit() { print -r -- "given \${(j:|:)@}" }
END
    cat >"$BATS_TEST_TMPDIR/rc" <<END
PS1='shell> '
. $completions/cppinit.bash
cppinit() { local IFS='|'; echo "given \$*"; }
bind 'set bell-style none'
END
    bash="bash --noprofile --rcfile $BATS_TEST_TMPDIR/rc -i"
    zsh="env ZDOTDIR=$BATS_TEST_TMPDIR/zsh zsh -i"
}

# The table's options, one in a line, in alphabetical order.
options() { "$generate" rows | cut -f1 | grep -oE -- '(^| )--?[A-Za-z-]+' | tr -d ' ' | sort; }

# offered_by_bash WORD...: what is offered for the last word, with the words as bash takes them apart.
offered_by_bash() {
    bash --norc -c '. "$0/cppinit.bash"
        # Outside of a completion there is nothing that it could change.
        compopt() { :; }
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
        _cppinit
        printf "%s\n" "${COMPREPLY[@]}"' "$completions" "$@"
}

# offered_by_fish LINE
offered_by_fish() { HOME=$BATS_TEST_TMPDIR fish -c "source $completions/cppinit.fish; complete -C '$1'" | cut -f1; }

@test "the completions match the option table (./dev completions writes them)" {
    "$generate" bash | diff "$completions/cppinit.bash" -
    "$generate" zsh | diff "$completions/_cppinit" -
    "$generate" fish | diff "$completions/cppinit.fish" -
}

@test "bash offers every option and no other" {
    offered_by_bash cppinit - | grep -v '=$' | sort | diff <(options) -
}

@test "zsh offers every option and no other" {
    on_terminal $zsh <<END
        expect shell>
        resize 60 100
        press cppinit -
        press ctrl-i
        expect --warn-on-reap.*
        press ctrl-c
        expect shell>
        type exit 0
END
    [ "$status" -eq 0 ]
    printf '%s\n' "${lines[@]}" | sed -n 's/ -- .*//; /^--/p' | grep -oE -- '--?[A-Za-z-]+' | sort | diff <(options) -
}

@test "fish offers every option and no other" {
    offered_by_fish 'cppinit -' | grep -v '=$' | sort | diff <(options) -
}

# A line whose words are completed each in its own way: a name, values apart from their option and hanging on it.
completed() {
    on_terminal $1 <<END
        expect shell>
        type cppinit --lef${tab}wai${tab} -r PWR${tab}non${tab} --kill-child=PWR${tab} --log-format=js${tab} -vk inf${tab} ${2:-}
        expect ^given .*
        type exit
END
    [ "$status" -eq 0 ]
    given=$(sed -n 's/^given //p' <<<"$output")
}

@test "bash completes options, their values, the program and the program's own options" {
    echo '. /usr/share/bash-completion/bash_completion' >>"$BATS_TEST_TMPDIR/rc"
    completed "$bash" "grep --invert-ma${tab} -v"
    [ "$given" = '--leftovers|wait|-r|PWR:none|--kill-child=PWR|--log-format=json|-vk|infinity|grep|--invert-match|-v' ]
}

@test "bash without bash-completion completes the program and files" {
    touch "$BATS_TEST_TMPDIR/a-file-of-the-test"
    completed "$bash" "bash${tab} $BATS_TEST_TMPDIR/a-fi${tab} -v"
    [ "$given" = "--leftovers|wait|-r|PWR:none|--kill-child=PWR|--log-format=json|-vk|infinity|bash|$BATS_TEST_TMPDIR/a-file-of-the-test|-v" ]
}

@test "zsh completes options, their values, the program and the program's own options" {
    completed "$zsh" "grep --invert-ma${tab} -v"
    [ "$given" = '--leftovers=wait|-r|PWR:none|--kill-child=PWR|--log-format=json|-vk|infinity|grep|--invert-match|-v' ]
}

@test "fish completes options, their values, the program and the program's own options" {
    [ "$(offered_by_fish 'cppinit --leftov')" = --leftovers ]
    [ "$(offered_by_fish 'cppinit --leftovers wa')" = wait ]
    [ "$(offered_by_fish 'cppinit -vr PW')" = PWR: ]
    [ "$(offered_by_fish 'cppinit --rewrite=TERM:no')" = --rewrite=TERM:none ]
    [ "$(offered_by_fish 'cppinit --kill-child=PW')" = --kill-child=PWR ]
    [ "$(offered_by_fish 'cppinit -vk inf')" = infinity ]
    [[ $(offered_by_fish 'cppinit --kill-child base') == *base64* ]]
    [[ $(offered_by_fish 'cppinit -vk 5s -- base') == *base64* ]]
    [ "$(offered_by_fish 'cppinit -r TERM:INT -vk 5s grep --invert-m')" = --invert-match ]
    [ "$(offered_by_fish 'cppinit -- grep --invert-m')" = --invert-match ]
    # An option of cppinit's own is none of the program's.
    [ -z "$(offered_by_fish 'cppinit grep --leftov')" ]
}

@test "a list of signals is completed after each comma" {
    for shell in "$bash" "$zsh"; do
        on_terminal $shell <<END
            expect shell>
            type cppinit --stop-signals VTA${tab},PW${tab} true
            expect ^given --stop-signals.VTALRM,PWR.true
            type exit
END
        [ "$status" -eq 0 ]
    done
    [ "$(offered_by_fish 'cppinit --stop-signals PW')" = PWR ]
    [ "$(offered_by_fish 'cppinit --stop-signals=VTALRM,PW')" = --stop-signals=VTALRM,PWR ]
}

@test "a file is completed for --report" {
    touch "$BATS_TEST_TMPDIR/a-file-of-the-test"
    local shell
    for shell in "$bash" "$zsh"; do
        on_terminal $shell <<END
            expect shell>
            type cppinit --report=$BATS_TEST_TMPDIR/a-fi${tab} true
            expect ^given --report=$BATS_TEST_TMPDIR/a-file-of-the-test.true
            type exit
END
        [ "$status" -eq 0 ]
    done
    [ "$(offered_by_fish "cppinit --report $BATS_TEST_TMPDIR/a-fi")" = "$BATS_TEST_TMPDIR/a-file-of-the-test" ]
}

@test "the values that are offered are exactly those that cppinit accepts" {
    local value
    # The message about a misuse has the words: "expected terminate, wait or leave".
    expected_by() { "$CPPINIT" "$1=" true 2>&1 | sed -n 's/.*: expected //; s/,//; s/ or / /; 1p' | tr ' ' '\n'; }
    [ "$(offered_by_bash cppinit --leftovers '')" = "$(expected_by --leftovers)" ]
    [ "$(offered_by_bash cppinit --log-format = '')" = "$(expected_by --log-format)" ]
    "$CPPINIT" --grace "$(offered_by_bash cppinit -vt '')" true
    # 64 signals without the two that have no name.
    offered_by_bash cppinit -p '' >"$BATS_TEST_TMPDIR/signals"
    [ "$(wc -l <"$BATS_TEST_TMPDIR/signals")" -eq 62 ]
    while read -r value; do "$CPPINIT" --kill-child="$value" true; done <"$BATS_TEST_TMPDIR/signals"
    offered_by_bash cppinit -r '' >"$BATS_TEST_TMPDIR/from"
    [ "$(wc -l <"$BATS_TEST_TMPDIR/from")" -eq 59 ]
    while read -r value; do "$CPPINIT" --rewrite "${value}TERM" true; done <"$BATS_TEST_TMPDIR/from"
    "$CPPINIT" --stop-signals "$(offered_by_bash cppinit --stop-signals '' | paste -sd,)" true
    [ "$(offered_by_bash cppinit --stop-signals '' | wc -l)" -eq 59 ]
    offered_by_bash cppinit -r TERM : >"$BATS_TEST_TMPDIR/to"
    [ "$(wc -l <"$BATS_TEST_TMPDIR/to")" -eq 62 ]
    while read -r value; do "$CPPINIT" --rewrite "TERM:$value" true; done <"$BATS_TEST_TMPDIR/to"
}
