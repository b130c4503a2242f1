#!/usr/bin/env bats
# "It never dies", the races: random programs and random signals at random microseconds. `./dev soak 3600` is the same for
# an hour.

load ../helpers

SOAK=${SOAK:-$root/build/release/integration/soak/soak}

@test "in a storm of runs nothing hangs, no signal is lost, no code is wrong, no zombie or leftover remains, and no bystander is hit" {
    run timeout 300 "$SOAK" "${SOAK_SECONDS:-30}" "$CPPINIT"
    echo "$output"
    echo "# ${lines[-1]}" >&3
    [ "$status" -eq 0 ]
}
