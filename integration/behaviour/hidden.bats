#!/usr/bin/env bats
# Leftovers that /proc hides (its mount option hidepid) from a cppinit without CAP_SYS_PTRACE, because they are not dumpable, as
# ssh-agent is not, and a /proc that shows another PID namespace.

load behaviour

setup() {
    # Where nobody may enter, too, which bats' own folder does not allow.
    shared=$(mktemp -d)
    chmod 777 "$shared"
    cp "$CPPINIT" "$shared/cppinit"
    cp "$FIXTURE" "$shared/fixture"
    cd "$shared" || return
    mkfifo -m 666 go
}

# Lets a program go on that reads this.
go() { echo >go; }

teardown() {
    if [[ -n ${started:-} ]]; then
        kill -KILL "$started" 2>/dev/null || true
        wait "$started" 2>/dev/null || true
    fi
    rm -r "$shared"
}

# start_as_nobody MODE HIDEPID WORDS...: cppinit with these words under a /proc that hides what nobody may not see.
start_as_nobody() {
    local mode=$1 as_nobody='mount -t proc -o hidepid=$0 proc /proc && exec setpriv --reuid 65534 --regid 65534 --clear-groups "$@"'
    local before=(unshare --mount)
    [ "$mode" = subreaper ] || before+=(--pid --fork --kill-child)
    out=$BATS_TEST_TMPDIR/out err=$BATS_TEST_TMPDIR/err
    # Otherwise a test could find here what the one before has said.
    : >"$out" && : >"$err"
    "${default_signals[@]}" "${before[@]}" bash -c "$as_nobody" "$2" ./cppinit "${@:3}" >"$out" 2>"$err" 3>&- </dev/null &
    started=$! init=$!
    [ "$mode" = subreaper ] && return
    eventually has_child "$started"
    init=$(child_of "$started")
}

# finished FILE: the leftover finished, and got one TERM.
finished() { [ "$(terms "$1")" = 1 ]; }

@test "a hidden leftover gets its TERM and finishes" {
    requires setpriv
    local mode hidepid
    for mode in $modes; do
        for hidepid in 1 2; do
            start_as_nobody "$mode" $hidepid --grace 20s ./fixture daemon sh -c 'exec ./fixture hidden "$0" 200' "$mode$hidepid"
            await 0
            finished "$mode$hidepid"
        done
    done
}

@test "after a TERM to the group, a hidden leftover outside of it gets its first TERM, and one inside no second one" {
    requires setpriv
    local mode hidepid
    for mode in $modes; do
        for hidepid in 1 2; do
            start_as_nobody "$mode" $hidepid --grace 20s sh -c \
                'setsid ./fixture hidden "$0.outside" 400 & ./fixture hidden "$0.inside" 400 & wait' "$mode$hidepid"
            eventually two_are_ready
            stop 143
            finished "$mode$hidepid.outside"
            finished "$mode$hidepid.inside"
        done
    done
}

@test "a hidden leftover that cannot be killed is reported by its pid" {
    requires setpriv
    # The leftover belongs to root: cppinit may neither see nor signal it.
    cp "$(command -v setpriv)" as-root
    chmod 4755 as-root
    local mode
    for mode in $modes; do
        start_as_nobody "$mode" 2 --grace 100ms ./fixture daemon ./as-root --reuid 0 --regid 0 --clear-groups sleep 3
        await 0
        grep -Eqx 'cppinit: left behind, cannot be killed, pid [0-9]+' "$err"
    done
}

@test "a hidden leftover that a hidden process started gets its TERM too" {
    requires setpriv
    # The list of children of its parent is hidden as well: a subreaper sees it once the parent has ended.
    local mode
    for mode in $modes; do
        start_as_nobody "$mode" 2 --grace 20s sh -c 'setsid ./fixture hidden-parent "$0" 200 & read -r _ <go; exit 3' "$mode"
        eventually holds ready "$out"
        go
        await 3
        finished "$mode"
    done
}

@test "with the /proc of another PID namespace in which cppinit has the same number, nobody is taken for a leftover" {
    run -0 timeout 60 "${in_pid_namespace[@]}" python3 "$root/integration/fixtures/foreign_proc.py" "$CPPINIT" "$FIXTURE"
    echo "$output"
    [ "${lines[0]}" = "the bystander got nothing" ]
    [[ $output == *"exit code 3" ]]
}
