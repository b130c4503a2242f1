#!/usr/bin/env bats
# cppinit under podman with crun, its default. The rest is the same with each runtime: podman.bats.
# bats file_tags=in-root

load podman

setup_file() { prepare_podman crun; }

@test "podman with crun: the exit code is the program's" { check_exit_code; }
@test "podman with crun: orphans are reaped" { check_orphans; }
@test "podman with crun: what a program writes to the streams of PID 1 is in the output" { check_log; }
@test "podman with crun, podman stop: the program cleans up" { check_stop; }
@test "podman with crun, podman stop: a worker in a session of its own finishes" { check_worker; }
@test "podman with crun, podman kill: signals arrive once, and KILL ends everything" { check_kill; }
@test "podman with crun, podman exec, podman stop: a guest finishes" { check_guest; }
@test "podman with crun, podman run --init: the exit code is the program's" { with_init && check_exit_code; }
