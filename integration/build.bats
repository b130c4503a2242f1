#!/usr/bin/env bats
# Any C++23 compiler and libc builds cppinit, and what ships is hardened and small.

load helpers

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

@test "the release binary has at most 32 KiB" {
    [ "$(stat -c %s "$CPPINIT")" -le 32768 ]
}

@test "the release binary is static, with nothing to relocate, and no memory both writable and executable" {
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

# The environment is empty because the kernel puts it into the same memory (execve(2)), and at an address that is the same
# every time: where a page begins decides how many are touched.
start_idle() {
    setarch --addr-no-randomize env -i "$CPPINIT" sleep 1000 3>&- &
    started=$! init=$!
    eventually waits_for_signals "$init"
}
# 128 is rt_sigtimedwait.
waits_for_signals() { [[ $(cat "/proc/$1/syscall") == 128* ]]; }

@test "idle it has at most 48 kB resident, at most 20 kB of these its own, and no heap" {
    start_idle
    run awk '/^Rss:/ { all += $2 } /^Private_Dirty:/ { own += $2 } /heap/ { heap = 1 } END { print all, own, heap + 0 }' "/proc/$init/smaps"
    read -r all own heap <<<"$output"
    [ "$all" -le 48 ]
    [ "$own" -le 20 ]
    [ "$heap" -eq 0 ]
}
