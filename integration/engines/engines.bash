# Container engines, started by the tests from Debian's packages, and images made here: no image can be pulled.

load "$(dirname "${BASH_SOURCE[0]}")/../helpers"

# busybox_root DIR: a root with busybox, its links, cppinit and the fixture.
busybox_root() {
    mkdir -p "$1"/{bin,proc,dev,etc,tmp,sys,work}
    cp /bin/busybox "$1/bin/"
    local name
    for name in $(/bin/busybox --list | grep -vx busybox); do ln -s busybox "$1/bin/$name"; done
    cp "$CPPINIT" "$1/cppinit"
    cp "$FIXTURE" "$1/fixture"
    echo 'root:x:0:0::/:/bin/sh' >"$1/etc/passwd"
}

# scratch_root DIR: nothing but cppinit and one static program.
scratch_root() {
    mkdir -p "$1"
    cp "$CPPINIT" "$1/cppinit"
    cp "$FIXTURE" "$1/fixture"
}

# ---- what every engine has to show ----
#
# The test file of an engine defines
#   engine WORD...        sets ${command[@]}: how the engine runs these words under cppinit in the foreground
#   engine_stop           stops what `launch` started, as the engine's users do
#   engine_signal SIGNAL  sends it to cppinit in the way of the engine
#   engine_enter WORD...  runs these words in the container that `launch` started, from outside, as the engine's users do
#   engine_remove         removes the container of the test, whatever state it is in
# and sets $volume, the folder that programs in the container know as /work; $code_when_stopped and $code_when_killed where the
# engine has a code of its own for that.

in_engine() { keeping_output run_in_engine "$@"; }
run_in_engine() {
    engine "$@"
    run --separate-stderr ${expecting:+"$expecting"} timeout --signal KILL 60 "${command[@]}"
}

# launch WORD...: the same in the background; as with `start`, the output is in $out and $err.
launch() {
    out=$BATS_TEST_TMPDIR/out err=$BATS_TEST_TMPDIR/err
    : >"$out" && : >"$err"
    engine "$@"
    "${command[@]}" >"$out" 2>"$err" 3>&- </dev/null &
    started=$!
}

teardown() {
    engine_remove >/dev/null 2>&1 || true
    if [[ -n ${started:-} ]]; then
        kill -KILL "$started" 2>/dev/null || true
        wait "$started" 2>/dev/null || true
    fi
}

# cppinit_below PID: the pid, as seen from here, of the cppinit among the descendants of a process.
cppinit_below() {
    local pid
    while read -r pid; do
        if [[ $(cat "/proc/$pid/comm" 2>/dev/null) == cppinit ]]; then echo "$pid"; else cppinit_below "$pid"; fi
    done < <(cat "/proc/$1/task/"*/children 2>/dev/null | xargs --no-run-if-empty --max-args=1)
}

# signal_below SIGNAL: the engine_signal of engines that have no command for it.
signal_below() { kill -"$1" "$(cppinit_below "$started")"; }

# enter_below WORD...: the engine_enter of engines that have no command for it.
enter_below() { nsenter --target "$(cppinit_below "$started")" --all --root --wd env PATH=/bin "$@"; }

# code_of_killed COMMAND...: how the engine reports a program of its own that KILL ended, as its versions differ in this.
code_of_killed() {
    local code=0
    "$@" sh -c 'kill -KILL $$' 2>/dev/null || code=$?
    echo $code
}

# The exit code is the program's, 128 + n for a signal, 127 for a program that is not there; the program is the child of cppinit.
check_exit_code() {
    in_engine sh -c 'cat /proc/$PPID/comm; exit 7'
    [ "$status" -eq 7 ]
    [ "$output" = "${name_of_init:-cppinit}" ]
    in_engine /fixture die 9
    [ "$status" -eq 137 ]
    expecting=-127 in_engine no-such-program
    [[ $stderr == *no-such-program* ]]
}

# What the program orphans is reaped by cppinit. The program waits for nobody: a shell would reap whatever comes to it as PID 1.
check_orphans() {
    in_engine sh -c 'sh -c "/fixture orphans 50 </dev/null
        until [ \$(/fixture zombies) = 0 ]; do :; done
        kill \$PPID" & exec /fixture sleep'
    [ "$status" -eq 143 ]
    [ "$output" = ready ]
}

# What a shell in a container does once it has left orphans: it prints how many zombies remain, 0 as soon as none does. It does not
# look again then, because one that was still alive may have ended and not been reaped yet.
print_zombies='tries=0
    while left=$(/fixture zombies) && [ $left != 0 ] && [ $tries -lt 1000 ]; do tries=$((tries + 1)); sleep 0.01; done
    echo $left'

# A stop lets the program clean up, ends with its code, and does not take longer than that.
check_stop() {
    launch sh -c 'trap "sleep 0.5; echo clean >/work/clean; exit 9" TERM; echo ready; while :; do sleep 60 & wait; done'
    eventually holds ready "$out"
    local before=$SECONDS
    engine_stop
    await "${code_when_stopped:-9}"
    # An engine that has lost patience kills after ten seconds.
    [ $((SECONDS - before)) -lt 8 ]
    [ "$(cat "$volume/clean")" = clean ]
}

# A stop lets a worker in a session of its own finish, which gets one TERM, though the program has ended long before.
check_worker() {
    launch sh -c 'setsid /fixture finish /work/state 700 & exec /fixture sleep'
    eventually holds ready "$out"
    engine_stop
    await "${code_when_stopped:-143}"
    [ "$(cut -d' ' -f1 "$volume/state")" -eq 1 ]
}

# A signal of the engine reaches the program once, a real-time one too; its KILL ends everything at once.
check_kill() {
    local marker=engine-$$-$BATS_TEST_NUMBER
    launch sh -c 'setsid /fixture finish "/work/$0" 10000 & exec /fixture record' "$marker"
    two_are_ready() { [ "$(grep -c ready "$out")" -eq 2 ]; }
    eventually two_are_ready
    engine_signal 37
    engine_signal 38
    eventually holds 'signal 38 ' "$out"
    # An engine in Go sends URG to its own threads, and runc 1.1.5 forwards that too.
    run sed '/^signal/!d; /^signal 23 /d' "$out"
    [ "${lines[0]%% code*}" = "signal 37" ]
    [ "${lines[1]%% code*}" = "signal 38" ]
    [ "${#lines[@]}" -eq 2 ]
    engine_signal KILL
    await "${code_when_killed:-137}"
    none_left() { ! pgrep -f "$marker" >/dev/null; }
    eventually none_left
}

# What is written to the streams of PID 1 is in the engine's log, also once cppinit has closed what it does not keep.
check_log() {
    in_engine sh -c 'until grep -q "^State:.S" /proc/1/status; do :; done; echo through PID 1 >/proc/1/fd/1'
    [ "$status" -eq 0 ]
    [ "$output" = "through PID 1" ]
}

# A stop gives time to what entered the container from outside, though the program has ended long before, and sends it one TERM.
check_guest() {
    launch sh -c 'echo ready; exec sleep 1000'
    eventually holds ready "$out"
    engine_enter sh -c 'exec /fixture finish /work/state 700 >/work/guest' 3>&- &
    local guest=$!
    eventually holds ready "$volume/guest"
    run engine_enter /cppinit --ps
    [[ $output == *"/cppinit "*"sleep 1000"*"/fixture finish"* ]]
    engine_stop
    await "${code_when_stopped:-143}"
    wait "$guest" || true
    [ "$(cut -d' ' -f1 "$volume/state")" -eq 1 ]
}

# While the program takes its time to stop, one can still enter the container, and the code of what enters is its own.
check_enter_while_stopping() {
    launch sh -c 'trap "echo stopping; until [ -e /work/go ]; do :; done; exit 9" TERM; echo ready; while :; do sleep 60 & wait; done'
    eventually holds ready "$out"
    engine_stop 3>&- &
    local stop=$! code=0
    eventually holds stopping "$out"
    engine_enter sh -c 'exit 4' || code=$?
    : >"$volume/go"
    await "${code_when_stopped:-9}"
    wait "$stop" || true
    [ "$code" -eq 4 ]
}

# ---- the Docker Engine ----

# start_docker [OPTION...]: a daemon of our own, below bats' folder; `docker` speaks to it.
start_docker() {
    export DOCKER_HOST=unix://$BATS_FILE_TMPDIR/docker.sock
    dockerd --iptables=false --bridge=none --storage-driver=vfs --data-root "$BATS_FILE_TMPDIR/data" \
        --exec-root "$BATS_FILE_TMPDIR/exec" -H "$DOCKER_HOST" --pidfile "$BATS_FILE_TMPDIR/docker.pid" "$@" \
        >"$BATS_FILE_TMPDIR/dockerd.log" 2>&1 3>&- &
    answers() { docker version >/dev/null 2>&1; }
    eventually answers || { cat "$BATS_FILE_TMPDIR/dockerd.log" >&2 && return 1; }
}

# import_init_images: busybox-init and scratch-init, with cppinit as their entrypoint.
import_init_images() {
    busybox_root "$BATS_FILE_TMPDIR/busybox"
    scratch_root "$BATS_FILE_TMPDIR/scratch"
    local name
    for name in busybox scratch; do
        tar -C "$BATS_FILE_TMPDIR/$name" -c . | docker import --change 'ENTRYPOINT ["/cppinit","--"]' - "$name-init" >/dev/null
    done
}

stop_docker() {
    local pid
    pid=$(cat "$BATS_FILE_TMPDIR/docker.pid" 2>/dev/null) || return 0
    kill "$pid"
    eventually has_ended "$pid"
}

# in_container OPTION...: docker run without a network, removed at its end.
in_container() { keeping_output docker run --rm --network none "$@"; }

# keeping_output COMMAND...: runs it, and again where the Docker Engine has lost what a container wrote. Version 26 does so, whatever
# PID 1 is, if the container has ended before the daemon has opened its streams, and its log says so.
keeping_output() {
    local tries lost code
    for tries in 1 2 3; do
        lost=$(lost_outputs)
        code=0
        "$@" >"$BATS_TEST_TMPDIR/kept" || code=$?
        [ "$(lost_outputs)" != "$lost" ] || break
        echo "# docker has lost the output, try $tries" >&3
    done
    cat "$BATS_TEST_TMPDIR/kept"
    return $code
}
lost_outputs() { grep -c "reading from a closed fifo" "$BATS_FILE_TMPDIR/dockerd.log" 2>/dev/null || true; }

# ---- podman ----

# wrap_runtime RUNTIME: puts a RUNTIME of that name without limits into $BATS_FILE_TMPDIR/runtimes: engines go by the name.
wrap_runtime() {
    mkdir "$BATS_FILE_TMPDIR/runtimes"
    cat >"$BATS_FILE_TMPDIR/runtimes/$1" <<RUNTIME
#!/bin/sh
exec "$root/integration/fixtures/runtime_without_limits" $(command -v "$1") "\$@"
RUNTIME
    chmod +x "$BATS_FILE_TMPDIR/runtimes/$1"
}

# start_podman [RUNTIME]: puts a `podman` before the others in PATH whose storage is below bats' folder, and whose catatonit, which it
# takes for `--init` and for the infra container of a pod, is cppinit. RUNTIME is runc or crun.
start_podman() {
    wrap_runtime "${1:-runc}"
    mkdir "$BATS_FILE_TMPDIR/bin"
    cp "$CPPINIT" "$BATS_FILE_TMPDIR/bin/catatonit"
    # The one is where `--init` looks, the other where the pause image is made from.
    cat >"$BATS_FILE_TMPDIR/containers.conf" <<CONF
[containers]
init_path = "$BATS_FILE_TMPDIR/bin/catatonit"
[engine]
helper_binaries_dir = ["$BATS_FILE_TMPDIR/bin", "/usr/lib/podman"]
CONF
    # What stays in the background must not hold bats' own output, and podman 5 warns of cgroups v1 with each call.
    cat >"$BATS_FILE_TMPDIR/bin/podman" <<PODMAN
#!/bin/sh
export CONTAINERS_CONF=$BATS_FILE_TMPDIR/containers.conf PODMAN_IGNORE_CGROUPSV1_WARNING=1
exec $(command -v podman) \
    --root $BATS_FILE_TMPDIR/storage --runroot $BATS_FILE_TMPDIR/state --tmpdir $BATS_FILE_TMPDIR/podman \
    --runtime "$BATS_FILE_TMPDIR/runtimes/${1:-runc}" --cgroup-manager cgroupfs --storage-driver vfs \
    --events-backend file "\$@" 3>&-
PODMAN
    chmod +x "$BATS_FILE_TMPDIR/bin/podman"
    export PATH=$BATS_FILE_TMPDIR/bin:$PATH
}

stop_podman() {
    podman pod rm --all --force >/dev/null
    podman rm --all --force >/dev/null
    # podman leaves the parent of its cgroups behind; where another podman of this machine uses it, it stays.
    find /sys/fs/cgroup -depth -type d -path '*/libpod_parent*' -exec rmdir {} + 2>/dev/null || true
}
