#!/usr/bin/env bats
# Kernels that this machine does not have, with cppinit as their own init: a table says what each of them ran, in the order of
# kernels.txt. `./dev test kernels` boots all of them, CI the oldest and the newest one and a machine of another architecture.

load kernels

# Where not only CI's kernels ran, the document has the table too.
teardown_file() {
    local document=()
    [ -n "${CPPINIT_TAGS:-}" ] || document=("$root/docs/KERNELS.md")
    python3 -B "$BATS_TEST_DIRNAME/suite.py" table "${document[@]}" | sed 's/^/# /' >&3
}

@test "Linux 5.10, User-mode Linux" { runs_the_suite uml-5.10 10 600; }
@test "Linux of sid, User-mode Linux" { runs_the_suite uml-sid 10 600; }
@test "Linux 6.1, arm64" { runs_the_suite arm64-6.1 20 900; }

# bats test_tags=slow
@test "Linux 6.1, User-mode Linux, all tests of these files" { runs_the_suite uml-6.1 10 3600 all; }
# bats test_tags=slow
@test "Linux 6.12, User-mode Linux, all tests of these files" { runs_the_suite uml-6.12 10 3600 all; }
# bats test_tags=slow
@test "Linux of sid, arm64" { runs_the_suite arm64-sid 20 3600; }
# bats test_tags=slow
@test "Linux 6.12, riscv64" { runs_the_suite riscv64-6.12 20 3600; }
# bats test_tags=slow
@test "Linux 6.1, s390x" { runs_the_suite s390x-6.1 20 3600; }
