#!/usr/bin/env bats
# Any C++23 compiler and libc builds cppinit, and what ships is hardened and small.

load ../helpers

builds_plainly() {
    requires "$1" cmake
    CXX=$1 cmake -S "$root" -B "$BATS_TEST_TMPDIR/build" -DBUILD_TESTING=OFF >"$BATS_TEST_TMPDIR/log" 2>&1 || { cat "$BATS_TEST_TMPDIR/log" && false; }
    cmake --build "$BATS_TEST_TMPDIR/build" >"$BATS_TEST_TMPDIR/log" 2>&1 || { cat "$BATS_TEST_TMPDIR/log" && false; }
    run ! grep 'warning:' "$BATS_TEST_TMPDIR/log"
    run "$BATS_TEST_TMPDIR/build/cppinit" sh -c 'exit 7'
    [ "$status" -eq 7 ]
    run_as pid1 sh -c 'exit 8'
    [ "$status" -eq 8 ]
}

@test "plain cmake builds it with g++ on glibc, without a warning" { builds_plainly g++; }
@test "plain cmake builds it with clang++-19 on glibc, without a warning" { builds_plainly clang++-19; }

@test "the release binary is static, has nothing to relocate, and no memory that is both writable and executable" {
    requires readelf
    run readelf -lWd "$CPPINIT"
    [[ $output == *"EXEC (Executable file)"* ]]
    [[ $output == *"There is no dynamic section"* ]]
    [[ $output != *INTERP* ]]
    [[ $output =~ GNU_STACK\ +0x0+\ 0x0+\ 0x0+\ 0x0+\ 0x0+\ RW\ +0 ]]
    [[ ! $output =~ (LOAD|GNU_STACK)[^$'\n']*RWE ]]
    run readelf -rW "$CPPINIT"
    [[ $output == *"no relocations"* ]]
}
