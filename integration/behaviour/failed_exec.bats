#!/usr/bin/env bats
# A program that cannot be executed, where the kernel or an emulator gives cppinit less than it asks for. Emulators of other
# processors are in architectures.bats.

load ../helpers

setup() { touch "$BATS_TEST_TMPDIR/not-executable"; }

# fails_to_execute COMMAND...: cppinit, run by these words, tells both failures.
fails_to_execute() {
    local mode before
    for mode in pid1 subreaper; do
        before=(timeout 60)
        [ $mode = subreaper ] || before+=(unshare --pid --fork --kill-child --mount-proc)
        run -127 "${before[@]}" "$@" no-such-program
        [[ $output == *": cannot execute 'no-such-program': No such file or directory"* ]]
        run -126 "${before[@]}" "$@" "$BATS_TEST_TMPDIR/not-executable"
        [[ $output == *": cannot execute '$BATS_TEST_TMPDIR/not-executable': Permission denied"* ]]
    done
}

@test "where vfork is carried out as fork: under valgrind" {
    requires valgrind
    fails_to_execute valgrind --error-exitcode=99 "$CPPINIT"
}

@test "without a descriptor to spare (RLIMIT_NOFILE 3)" {
    requires prlimit
    fails_to_execute prlimit --nofile=3 "$CPPINIT"
}

@test "with standard descriptors closed" {
    run -127 bash -c 'exec "$0" no-such-program <&- >&-' "$CPPINIT"
    [[ $output == *": cannot execute 'no-such-program': No such file or directory" ]]
    run -127 bash -c 'exec "$0" no-such-program <&- >&- 2>&-' "$CPPINIT"
    [ -z "$output" ]
}
