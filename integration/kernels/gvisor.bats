#!/usr/bin/env bats
# gVisor is another kernel, in a program: what of the suite runs there is what selection.txt names. Its own differences are listed in
# differences.py.

load kernels

@test "gVisor" { runs_the_suite gvisor 5 600; }

# bats test_tags=slow
@test "gVisor, all tests of these files" { runs_the_suite gvisor 5 1800 all; }
