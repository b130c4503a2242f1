#!/usr/bin/env bats
# cppinit as the first process of a bundle of runc.

load bundle

runtime=runc

@test "runc run: cppinit is PID 1, in a read-only root too" { check_read_only_root; }
@test "runc run: the exit code is the program's" { check_exit_code; }
@test "runc run: orphans are reaped" { check_orphans; }
@test "runc run: what a program writes to the streams of PID 1 is in the output" { check_log; }
@test "runc kill TERM: the program cleans up" { check_stop; }
@test "runc kill TERM: a worker in a session of its own finishes" { check_worker; }
@test "runc kill: signals arrive once, and KILL ends everything" { check_kill; }
@test "runc exec, runc kill TERM: a guest finishes" { check_guest; }
@test "runc exec: while the program is stopping, too" { check_enter_while_stopping; }
