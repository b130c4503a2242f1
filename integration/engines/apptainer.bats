#!/usr/bin/env bats
# cppinit in containers of Apptainer, from a folder. Apptainer keeps PID 1 for its own init: cppinit is a subreaper below it.
# bats file_tags=in-root

load engines

setup_file() {
    requires apptainer /bin/busybox
    busybox_root "$BATS_FILE_TMPDIR/root"
    # What Apptainer mounts has to have a place.
    mkdir -p "$BATS_FILE_TMPDIR"/root/{.singularity.d,root,usr,var/tmp} /var/lib/apptainer/mnt/session
    export APPTAINER_CONFIGDIR=$BATS_FILE_TMPDIR/config
}

setup() {
    container=c$BATS_TEST_NUMBER
    volume=$BATS_TEST_TMPDIR/volume
    mkdir "$volume"
    how=(--pid)
}

# All capabilities, which root has otherwise, are more than the machine may have.
options=(--no-privs --no-home --writable)

engine() {
    command=(apptainer --silent exec "${options[@]}" "${how[@]}" --bind "$volume:/work" "$BATS_FILE_TMPDIR/root" /cppinit -- "$@")
}
# A batch system signals the processes of a job; Apptainer itself has a stop for instances only.
engine_stop() { signal_below TERM; }
engine_signal() { signal_below "$1"; }
engine_enter() { enter_below "$@"; }
engine_remove() { signal_below KILL; }

in_shared_namespace() { how=(); }

@test "apptainer exec --pid: the exit code is the program's" { check_exit_code; }
@test "apptainer exec --pid: orphans are reaped" { check_orphans; }
@test "apptainer exec --pid: a TERM lets the program clean up" { check_stop; }
@test "apptainer exec --pid: a TERM lets a worker in a session of its own finish" { check_worker; }
@test "apptainer exec --pid: signals arrive once, and KILL ends everything" { check_kill; }
@test "apptainer exec: the exit code is the program's" { in_shared_namespace && check_exit_code; }
@test "apptainer exec: a TERM lets the program clean up" { in_shared_namespace && check_stop; }
@test "apptainer exec: a TERM lets a worker in a session of its own finish" { in_shared_namespace && check_worker; }

@test "apptainer exec: a TERM to apptainer itself lets the program clean up" {
    engine_stop() { kill -TERM "$started"; }
    in_shared_namespace && check_stop
}

@test "apptainer instance stop: a worker in a session of its own finishes" {
    cat >"$BATS_FILE_TMPDIR/root/.singularity.d/startscript" <<'SCRIPT'
#!/bin/sh
exec /cppinit -- sh -c 'setsid /fixture finish /work/state 700 >/work/ready & exec /fixture sleep'
SCRIPT
    chmod +x "$BATS_FILE_TMPDIR/root/.singularity.d/startscript"
    engine_remove() { apptainer instance stop --signal KILL "$container"; }
    apptainer instance start "${options[@]}" --bind "$volume:/work" "$BATS_FILE_TMPDIR/root" "$container" 3>&-
    eventually holds ready "$volume/ready"
    run apptainer --silent exec --no-privs "instance://$container" /cppinit --ps
    echo "$output"
    [[ $output == *"/cppinit "*"/fixture finish"* ]]
    apptainer instance stop "$container"
    eventually [ -s "$volume/state" ]
    [ "$(cut -d' ' -f1 "$volume/state")" -eq 1 ]
}
