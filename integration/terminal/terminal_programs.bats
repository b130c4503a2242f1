#!/usr/bin/env bats
# Programs that live on a terminal do not notice cppinit: shells, editors, pagers, full screens and passwords. Each test
# also sees that the terminal's modes are in the end what they were.

load ../helpers
load terminal

setup_file() { requires python3 vi less top htop ssh-keygen; }
setup() { make_programs; }

# Every way in which cppinit comes between a terminal and a program.
ways=("$pid_1" cppinit "cppinit --single-child" "cppinit cppinit" "$pid_1 cppinit")

@test "a shell has job control: Ctrl-Z, jobs, bg, fg and Ctrl-C" {
    local way
    for way in "${ways[@]}"; do
        on_terminal $way $shell <<'END'
            expect shell>
            type waiter
            expect ^waiter ready
            press ctrl-z
            expect ^\[1\]\+ +Stopped +waiter
            expect shell>
            type jobs
            expect ^\[1\]\+ +Stopped +waiter
            type bg
            expect ^\[1\]\+ waiter &
            type jobs
            expect ^\[1\]\+ +Running +waiter &
            type fg
            expect ^waiter
            until in_front $(innermost $LEADER)
            press ctrl-c
            expect shell>
            type echo "status=$?"; jobs
            expect ^status=130
            expect shell>
            type exit 5
END
        [ "$status" -eq 5 ]
        [[ $output != *"job control"* ]]
    done
}

@test "vi starts, follows a resize, is stopped and continued by its shell, and saves" {
    local way file=$BATS_TEST_TMPDIR/file
    for way in "${ways[@]}"; do
        on_terminal $way $shell <<END
            expect shell>
            type vi -u NONE -i NONE $file
            expect ^~
            type :set lines? columns?
            expect lines=24\s+columns=80
            press enter
            expect ^~
            resize 40 100
            expect ^~
            type :set lines? columns?
            expect lines=40\s+columns=100
            press enter
            expect ^~
            press ctrl-z
            expect ^\[1\]\+ +Stopped +vi
            expect shell>
            type fg
            expect ^~
            press i
            type hello
            press escape
            type :wq
            expect shell>
            type exit
END
        [ "$status" -eq 0 ]
        [ "$(head -n 1 "$file")" = hello ]
        rm "$file"
    done
}

@test "vi as the main child starts, follows a resize and ends" {
    local way file=$BATS_TEST_TMPDIR/file
    for way in "${ways[@]}"; do
        on_terminal $way vi -u NONE -i NONE "$file" <<'END'
            expect ^~
            type :set lines? columns?
            expect lines=24\s+columns=80
            press enter
            expect ^~
            resize 40 100
            expect ^~
            type :set lines? columns?
            expect lines=40\s+columns=100
            type :q!
END
        [ "$status" -eq 0 ]
    done
}

@test "less shows as many lines as a resize gives it" {
    local way
    seq 1001 1100 >"$BATS_TEST_TMPDIR/numbers"
    for way in "${ways[@]}"; do
        on_terminal $way less "$BATS_TEST_TMPDIR/numbers" <<'END'
            expect ^1023
            resize 40 80
            expect 1039
            press G
            expect 1100
            press q
END
        [ "$status" -eq 0 ]
        [[ $output != *1024*1001* ]]
    done
}

# watched_by PROGRAM...: it shows the line of a process whose arguments are longer than 80 columns.
watched_by() {
    local way
    program watched <<END
$@ -p \$\$
END
    for way in "${ways[@]}"; do
        on_terminal $way "$BATS_TEST_TMPDIR/bin/watched" "$(printf 'word%.0s ' {1..20})" the-end <<'END'
            expect /bin/sh
            resize 24 240
            expect the-end
            press q
END
        [ "$status" -eq 0 ]
    done
}

@test "top shows longer lines on a wider terminal" { watched_by top -c; }
@test "htop shows longer lines on a wider terminal" { watched_by htop; }

# The modes are asked for at cppinit's stderr, the one descriptor that it keeps.
no_echo='until stty -a -F /proc/$LEADER/fd/2 | grep -qw -- -echo'

@test "a password is read without being shown" {
    local way
    for way in "${ways[@]}"; do
        on_terminal $way bash -c 'read -rsp "password: " word; echo; echo "it has ${#word} letters"' <<END
            expect password:
            $no_echo
            type secret
            expect ^it has 6 letters
END
        [ "$status" -eq 0 ]
        [[ $output != *secret* ]]
    done
}

@test "ssh-keygen asks for a passphrase without showing it" {
    local way key=$BATS_TEST_TMPDIR/key
    for way in "${ways[@]}"; do
        on_terminal $way ssh-keygen -q -t ed25519 -f "$key" <<END
            expect Enter passphrase
            $no_echo
            type a secret
            expect Enter same passphrase again
            $no_echo
            type a secret
END
        [ "$status" -eq 0 ]
        [[ $output != *secret* ]]
        ssh-keygen -y -P "a secret" -f "$key"
        rm "$key" "$key.pub"
    done
}
