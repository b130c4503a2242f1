#!/usr/bin/env bats
# A program that cannot be executed, when vfork is not really a vfork or descriptors are missing. qemu-user is tested in
# architectures.bats.

load ../helpers

setup() { touch "$BATS_TEST_TMPDIR/not-executable"; }

# fails_to_execute COMMAND...: cppinit, started by these words, reports both failures.
fails_to_execute() {
    local mode before
    for mode in pid1 subreaper; do
        in_mode $mode
        run -127 timeout 60 "${before[@]}" "$@" no-such-program
        [[ $output == *": cannot execute 'no-such-program': No such file or directory"* ]]
        run -126 timeout 60 "${before[@]}" "$@" "$BATS_TEST_TMPDIR/not-executable"
        [[ $output == *": cannot execute '$BATS_TEST_TMPDIR/not-executable': Permission denied"* ]]
    done
}

@test "under valgrind, which implements vfork as fork, a failed exec is reported" {
    requires valgrind
    fails_to_execute valgrind --error-exitcode=99 "$CPPINIT"
}

@test "with no descriptor to spare (RLIMIT_NOFILE 3), a failed exec is reported" {
    requires prlimit
    fails_to_execute prlimit --nofile=3 "$CPPINIT"
}

@test "with stdin and stdout closed, a failed exec is reported" {
    run -127 bash -c 'exec "$0" no-such-program <&- >&-' "$CPPINIT"
    [[ $output == *": cannot execute 'no-such-program': No such file or directory" ]]
    run -127 bash -c 'exec "$0" no-such-program <&- >&- 2>&-' "$CPPINIT"
    [ -z "$output" ]
}
