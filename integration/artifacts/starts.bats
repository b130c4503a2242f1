#!/usr/bin/env bats
# The tests themselves: they pass however they are started, and wherever the repository lies. A few tests stand for all, some
# of each kind that such things have broken.

load ../helpers

chosen='^(each forwardable signal arrives exactly once, as PID 1, to the group|a program under nohup still ignores HUP.*|'
chosen+='a program that is there and cannot be executed.*|-v logs how the program ended.*|a full disk and a full file.*|'
chosen+='TERM and then INT: .*|--stop-delay: .*|the program gets the foreground, and reads what is typed|'
chosen+='without a controlling terminal cppinit runs as ever)$'
chosen_count=9

# What a user has who runs bats: it puts its own folder first, where another program bears its name.
user_path=${PATH//"$BATS_LIBEXEC:"/}

# pass FOLDER COMMAND...: the chosen tests of this repository pass, if COMMAND starts them. They are given nothing of this bats'.
pass() {
    local tests=$1/integration
    shift
    run timeout 120 "$@" bats --filter "$chosen" "$tests"/behaviour/{end,exit_code,log,signals,start}.bats \
        "$tests/terminal/terminal.bats" 3>&- </dev/null
    echo "$output"
    [ "$status" -eq 0 ]
    [ "${lines[0]}" = "1..$chosen_count" ]
}

@test "the tests pass with HUP, INT and QUIT ignored, as under nohup or in the background of a shell" {
    pass "$root" "$FIXTURE" with none 1,2,3 env -i PATH="$user_path"
}

@test "the tests pass with only PATH in the environment, in a deep folder with spaces in its name" {
    local folder="$BATS_TEST_TMPDIR/a deep folder/of a name that is/long enough to/break what copies/paths into a/small buffer"
    mkdir -p "$folder/build"
    cp -R "$root/integration" "$folder/"
    cp -R "$root/build/release" "$folder/build/"
    pass "$folder" env -i PATH="$user_path"
}

@test "the tests pass in German, whose decimal point is a comma" {
    requires localedef
    localedef -i de_DE -f UTF-8 "$BATS_TEST_TMPDIR/de_DE.UTF-8" || skip "needs the sources of locales"
    local german=(env -i PATH="$user_path" LOCPATH="$BATS_TEST_TMPDIR" LANG=de_DE.UTF-8)
    [ "$("${german[@]}" bash -c 'printf %.1f 1,5')" = 1,5 ]
    pass "$root" "${german[@]}"
}

@test "the tests pass beside two busy processes" {
    # Its namespace ends with it.
    start pid1 sh -c 'while :; do :; done & while :; do :; done'
    pass "$root" env -i PATH="$user_path"
}
