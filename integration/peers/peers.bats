#!/usr/bin/env bats
# The contract's chapter "Drop-in names": the same command lines through the peer and through cppinit under its name.
# The command lines are in cases.py, what they show is in run.py, and the differences that are meant are in
# differences.py.

load ../helpers

setup_file() { requires python3 tini tini-static dumb-init catatonit setsid unshare bash setpriv; }

# does_as PEER INIT: cppinit in this file does as the peer does.
does_as() {
    FIXTURE=$FIXTURE PYTHONDONTWRITEBYTECODE=1 run timeout 300 \
        python3 "$BATS_TEST_DIRNAME/compare.py" "$1" "$2" "$BATS_TEST_TMPDIR" 3>&- </dev/null
    echo "$output"
    echo "# $1: ${lines[-1]}" >&3
    [ "$status" -eq 0 ]
}

linked() { ln -s "$CPPINIT" "$BATS_TEST_TMPDIR/$1" && does_as "$1" "$BATS_TEST_TMPDIR/$1"; }
copied() { cp "$CPPINIT" "$BATS_TEST_TMPDIR/$1" && does_as "$1" "$BATS_TEST_TMPDIR/$1"; }

@test "a link named tini behaves like tini" { linked tini; }
@test "a link named dumb-init behaves like dumb-init" { linked dumb-init; }
@test "a link named catatonit behaves like catatonit" { linked catatonit; }
@test "a copy named tini-static behaves like tini-static" { copied tini-static; }
@test "a copy named docker-init behaves like tini" { copied docker-init; }
