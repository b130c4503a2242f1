# Container engines, started by the tests from Debian's packages, and images made here: no image can be pulled.

load ../helpers

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

# start_docker: a daemon of our own, below bats' folder; `docker` speaks to it.
start_docker() {
    export DOCKER_HOST=unix://$BATS_FILE_TMPDIR/docker.sock
    dockerd --iptables=false --bridge=none --storage-driver=vfs --data-root "$BATS_FILE_TMPDIR/data" \
        --exec-root "$BATS_FILE_TMPDIR/exec" -H "$DOCKER_HOST" --pidfile "$BATS_FILE_TMPDIR/docker.pid" \
        >"$BATS_FILE_TMPDIR/dockerd.log" 2>&1 3>&- &
    answers() { docker version >/dev/null 2>&1; }
    eventually answers || { cat "$BATS_FILE_TMPDIR/dockerd.log" >&2 && return 1; }
    busybox_root "$BATS_FILE_TMPDIR/busybox"
    tar -C "$BATS_FILE_TMPDIR/busybox" -c . | docker import --change 'ENTRYPOINT ["/cppinit","--"]' - busybox-init >/dev/null
    scratch_root "$BATS_FILE_TMPDIR/scratch"
    tar -C "$BATS_FILE_TMPDIR/scratch" -c . | docker import --change 'ENTRYPOINT ["/cppinit","--"]' - scratch-init >/dev/null
}

stop_docker() {
    local pid
    pid=$(cat "$BATS_FILE_TMPDIR/docker.pid" 2>/dev/null) || return 0
    kill "$pid"
    eventually has_ended "$pid"
}

# in_container OPTION...: docker run without a network, removed at its end.
in_container() { docker run --rm --network none "$@"; }
