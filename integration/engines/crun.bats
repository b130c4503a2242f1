#!/usr/bin/env bats
# cppinit as the first process of a bundle of crun.
# bats file_tags=in-root
# It runs only where nothing but cgroup v2 is to be seen.

load bundle

runtime=crun

@test "crun run: cppinit is PID 1, in a read-only root too" { check_read_only_root; }
@test "crun run: the exit code is the program's" { check_exit_code; }
@test "crun run: orphans are reaped" { check_orphans; }
@test "crun run: what a program writes to the streams of PID 1 is in the output" { check_log; }
@test "crun kill TERM: the program cleans up" { check_stop; }
@test "crun kill TERM: a worker in a session of its own finishes" { check_worker; }
@test "crun kill: signals arrive once, and KILL ends everything" { check_kill; }
@test "crun exec, crun kill TERM: a guest finishes" { check_guest; }
@test "crun exec: while the program is stopping, too" { check_enter_while_stopping; }
