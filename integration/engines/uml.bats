#!/usr/bin/env bats
# The contract's chapter "Why the exit code is 137" with a real memory controller of cgroup v2, whatever this machine has: a
# kernel of User-mode Linux, whose init is cppinit.

load engines

setup_file() {
    heavy_is_wanted || return 0
    requires linux.uml /bin/busybox unshare
    local uml=$BATS_FILE_TMPDIR/root
    busybox_root "$uml"
    # busybox' own cannot make a cgroup namespace.
    cp "$(command -v unshare)" "$uml/work/unshare"
    ldd "$uml/work/unshare" | grep -o '/[^ ]*' | xargs cp --parents --target-directory "$uml"
    cat >"$uml/script" <<'SCRIPT'
#!/bin/sh
PATH=/bin
mount -t proc proc /proc
mount -t tmpfs tmpfs /tmp
mkdir /tmp/cgroup
mount -t cgroup2 none /tmp/cgroup
cd /tmp/cgroup
echo +memory >cgroup.subtree_control
mkdir -p limited/inner
echo 16M >limited/memory.max

# in_cgroup NAME PATH WORD...: runs the words in that cgroup.
in_cgroup() {
    name=$1 cgroup=$2
    shift 2
    sh -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$cgroup" "$@" 2>"/work/$name.err"
    echo $? >"/work/$name.status"
}

# The memory controller is not enabled for limited/inner: its memory is charged to limited.
in_cgroup above limited/inner /cppinit --report /work/above.json tail /dev/zero
echo +memory >limited/cgroup.subtree_control
in_cgroup own limited/inner /cppinit --report /work/own.json tail /dev/zero
in_cgroup child limited/inner /cppinit --report /work/child.json sh -c 'tail /dev/zero; exit 3'
in_cgroup none limited/inner /cppinit --report /work/none.json /fixture die 9
in_cgroup pid1 limited/inner unshare --pid --fork --mount --mount-proc /cppinit tail /dev/zero
in_cgroup namespace limited/inner /work/unshare --cgroup --mount sh -c 'cd / && umount /tmp/cgroup && mkdir /tmp/other &&
    mount -t cgroup2 none /tmp/other && exec /cppinit --report /work/namespace.json tail /dev/zero'
echo done >/work/done
SCRIPT
    chmod +x "$uml/script"
    # The kernel panics when its init has ended, and ends by that.
    timeout 60 linux.uml mem=256M root=/dev/root rootfstype=hostfs "rootflags=$uml" rw con=null con0=fd:0,fd:1 panic=-1 quiet \
        init=/cppinit -- /script </dev/null >"$BATS_FILE_TMPDIR/uml.log" 2>&1 3>&- || true
}

setup() {
    heavy "41 MB of a package"
    results=$BATS_FILE_TMPDIR/root/work
    [ -e "$results/done" ] || { cat "$BATS_FILE_TMPDIR/uml.log" >&2 && return 1; }
}

# Nothing was started that would have to be ended.
teardown() { :; }

# ended NAME STATUS KILLS: that run ended so, with these OOM kills in its report.
ended() {
    [ "$(cat "$results/$1.status")" -eq "$2" ]
    [ "$(jq .oom_kills "$results/$1.json")" -eq "$3" ]
}
warned_of_memory() { holds "cppinit: the kernel killed the program because memory ran out" "$results/$1.err"; }

@test "cgroup v2: an OOM kill of the program is a warning and in the report" {
    ended own 137 1
    warned_of_memory own
    [ "$(cat "$results/pid1.status")" -eq 137 ]
    warned_of_memory pid1
}

@test "cgroup v2: where the memory controller is not enabled, the count is of the cgroup above" {
    ended above 137 1
    warned_of_memory above
}

@test "cgroup v2: an OOM kill of the program's child is in the report, and without one the count is 0" {
    ended child 3 1
    run ! warned_of_memory child
    ended none 137 0
    run ! warned_of_memory none
}

@test "cgroup v2: the count is found in a cgroup namespace" {
    ended namespace 137 1
    warned_of_memory namespace
}
