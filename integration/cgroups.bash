# Cgroups of the tests' own, in whichever hierarchy the machine has the controller: v1, v2 or both. Needs root.

groups_made=()

# in_group CONTROLLER NAME=VALUE: a new cgroup with that limit; its path is $group. Commands that begin with `enter "$group"`
# run in it. `remove_groups` is for teardown.
in_group() {
    local controller=$1 setting=$2
    local hierarchy=/sys/fs/cgroup
    [ ! -d /sys/fs/cgroup/$controller ] || hierarchy=/sys/fs/cgroup/$controller
    group=$hierarchy/cppinit-test-$$-$BATS_TEST_NUMBER
    mkdir "$group" || skip "needs the right to make cgroups"
    groups_made+=("$group")
    echo "${setting#*=}" >"$group/${setting%%=*}" || skip "needs the $controller controller"
}
enter() { (echo "$BASHPID" >"$1/cgroup.procs" && shift && exec "$@"); }
memory_limit() { [ -d /sys/fs/cgroup/memory ] && echo memory.limit_in_bytes || echo memory.max; }

remove_groups() {
    local made
    for made in "${groups_made[@]}"; do
        # A test that failed can have left some, even frozen ones.
        xargs --no-run-if-empty kill -KILL <"$made/cgroup.procs" 2>/dev/null || true
        group=$made thaw 2>/dev/null || true
        eventually rmdir "$made" 2>/dev/null
    done
}

# freezable_group: a new cgroup that `freeze` and `thaw` stop and continue as a whole, as engines pause a container; its path is
# $group.
freezable_group() {
    local hierarchy
    for hierarchy in /sys/fs/cgroup/unified /sys/fs/cgroup/freezer /sys/fs/cgroup; do
        group=$hierarchy/cppinit-test-$$-$BATS_TEST_NUMBER
        mkdir "$group" 2>/dev/null || continue
        groups_made+=("$group")
        if [ -e "$group/cgroup.freeze" ] || [ -e "$group/freezer.state" ]; then return 0; fi
    done
    skip "needs the freezer"
}
freeze() {
    if [ -e "$group/cgroup.freeze" ]; then echo 1 >"$group/cgroup.freeze"; else echo FROZEN >"$group/freezer.state"; fi
    is_frozen() { grep -qsx 'frozen 1\|FROZEN' "$group/cgroup.events" "$group/freezer.state"; }
    eventually is_frozen
}
thaw() { if [ -e "$group/cgroup.freeze" ]; then echo 0 >"$group/cgroup.freeze"; else echo THAWED >"$group/freezer.state"; fi; }
