#!/usr/bin/env bats
# A node of Kubernetes without the kubelet: containerd's CRI plug-in, whose sandbox image is cppinit --pause.
# bats file_tags=in-root, controllers

load engines
load containerd

setup_file() {
    requires containerd ctr runc protoc jq /bin/busybox
    /usr/bin/python3 -c 'import grpc' 2>/dev/null || return 0
    protoc --proto_path "$root/integration/engines" --python_out "$BATS_FILE_TMPDIR" cri.proto
    export PYTHONPATH=$BATS_FILE_TMPDIR
    wrap_runtime runc
    start_containerd
    busybox_root "$BATS_FILE_TMPDIR/busybox"
    scratch_root "$BATS_FILE_TMPDIR/pause"
    import_image busybox '["/cppinit", "--"]'
    import_image pause '["/cppinit", "--pause"]'
}

teardown_file() { stop_containerd; }

setup() {
    /usr/bin/python3 -c 'import grpc' 2>/dev/null || skip "needs python3-grpcio"
    volume=$BATS_TEST_TMPDIR/volume
    mkdir "$volume"
    # A limit of time that the kubelet would take from the pod.
    engine_patience=10
}

# start_pod NAMESPACE: a pod whose containers have a PID namespace of their own (CONTAINER), or share one (POD).
start_pod() {
    namespace=$1
    pod=$(cri pod "pod$BATS_TEST_NUMBER" "$namespace" "$BATS_TEST_TMPDIR")
}

cri() { PYTHONPATH=$BATS_FILE_TMPDIR timeout 60 "$root/integration/engines/cri.py" "$@" 3>&-; }

engine() {
    container=c$((++containers))
    command=("$root/integration/engines/cri.py" run "$pod" "$container" "$namespace" "$BATS_TEST_TMPDIR" "$volume" /cppinit -- "$@")
}
id() { cat "$BATS_TEST_TMPDIR/$container.id"; }
engine_stop() { cri stop "$(id)" "$engine_patience"; }
engine_enter() { cri enter "$(id)" "$@"; }
# The interface has no signals but those of a stop: TERM, and KILL when the time is up.
engine_kill() { cri stop "$(id)" 0; }
engine_remove() {
    cri stop-pod "$pod"
    cri remove-pod "$pod"
}

@test "a pod with PID namespaces of its containers' own: the exit code is the program's" { start_pod CONTAINER && check_exit_code; }
@test "a pod with PID namespaces of its containers' own: orphans are reaped" { start_pod CONTAINER && check_orphans; }
@test "a pod with PID namespaces of its containers' own: what a program writes to the streams of PID 1 is in the log" {
    start_pod CONTAINER && check_log
}
@test "StopContainer: the program cleans up" { start_pod CONTAINER && check_stop; }
@test "StopContainer: a worker in a session of its own finishes" { start_pod CONTAINER && check_worker; }
@test "ExecSync, StopContainer: a guest finishes" { start_pod CONTAINER && check_guest; }
@test "ExecSync: while the program is stopping, too" { start_pod CONTAINER && check_enter_while_stopping; }

@test "StopContainer with no time left: everything ends at once" {
    start_pod CONTAINER
    local marker=engine-$$-$BATS_TEST_NUMBER
    launch sh -c 'setsid /fixture finish "/work/$0" 10000 & exec /fixture sleep' "$marker"
    eventually holds ready "$out"
    engine_kill
    await 137
    none_left() { ! pgrep -f "$marker" >/dev/null; }
    eventually none_left
}

# containerd ends a sandbox with KILL.
@test "the sandbox is cppinit --pause, and is gone when the pod is stopped" {
    start_pod CONTAINER
    local init
    init=$(cri init "$pod")
    [ "$(tr '\0' ' ' <"/proc/$init/cmdline")" = "/cppinit --pause " ]
    cmp "/proc/$init/exe" "$CPPINIT"
    cri stop-pod "$pod"
    has_ended "$init"
}

@test "shareProcessNamespace: cppinit --pause is PID 1 of all containers, and reaps what nobody else does" {
    start_pod POD
    launch sh -c 'echo ready; exec sleep 1000'
    eventually holds ready "$out"
    run engine_enter sh -c 'tr "\0" " " </proc/1/cmdline; /fixture orphans 50 </dev/null; '"$print_zombies"
    [ "$output" = $'/cppinit --pause ready\n0' ]
}

@test "shareProcessNamespace, StopContainer: the program cleans up" { start_pod POD && check_stop; }
@test "shareProcessNamespace, StopContainer: a worker in a session of its own finishes" { start_pod POD && check_worker; }
