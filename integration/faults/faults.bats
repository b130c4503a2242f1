#!/usr/bin/env bats
# "It never dies", the system's side of it: whatever call fails, with whatever error, cppinit refuses to start or goes on.

load ../helpers

INJECT=${INJECT:-$root/build/release/integration/faults/inject}

@test "if any system call fails once with any errno, cppinit starts nothing or exits with the right code" {
    requires python3 unshare
    [ -e /usr/share/man/man2/kill.2.gz ] || skip "needs the manual pages of manpages-dev"
    run timeout 1500 python3 "$root/integration/faults/faults.py" "$INJECT" "$CPPINIT"
    echo "$output"
    echo "# ${lines[-1]}" >&3
    [ "$status" -eq 0 ]
    [[ ${lines[-1]} == *" 0 bad, "* ]]
}
