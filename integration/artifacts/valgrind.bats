#!/usr/bin/env bats
# valgrind sees what the sanitizers do not: the shipped binary itself, libc and raw system calls included.

load ../helpers

@test "valgrind finds no memory error from start to shutdown, as PID 1 and as a subreaper" {
    requires valgrind
    local before
    for before in "" "${in_pid_namespace[*]}"; do
        run timeout 120 $before valgrind --error-exitcode=99 "$CPPINIT" -vvv -K -pTERM --grace 20s sh -c '"$0" daemon "$0" sleep; exit 7' "$FIXTURE"
        echo "$output"
        [ "$status" -eq 7 ]
        [[ $output == *"ERROR SUMMARY: 0 errors"* ]]
        run timeout 120 $before valgrind --error-exitcode=99 "$CPPINIT" --rewrite TERM:INT --remap-exit 1,2:3 "$FIXTURE" die 12
        [ "$status" -eq 125 ]
        [[ $output == *"ERROR SUMMARY: 0 errors"* ]]
        run timeout 120 $before valgrind --error-exitcode=99 "$CPPINIT" --grace 50ms "$FIXTURE" crowd 5
        [ "$status" -eq 0 ]
        [[ $output == *"ERROR SUMMARY: 0 errors"* ]]
    done
}
