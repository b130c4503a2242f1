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

@test "packages that a distribution lacks are named in one line" {
    requires apt-get unshare
    mkdir -p "$BATS_TEST_TMPDIR"/apt/{lists/partial,cache/archives/partial,empty}
    : >"$BATS_TEST_TMPDIR/apt/status"
    cat >"$BATS_TEST_TMPDIR/apt.conf" <<CONF
Dir::State "$BATS_TEST_TMPDIR/apt";
Dir::State::status "$BATS_TEST_TMPDIR/apt/status";
Dir::Cache "$BATS_TEST_TMPDIR/apt/cache";
Dir::Etc::SourceList "/dev/null";
Dir::Etc::SourceParts "$BATS_TEST_TMPDIR/apt/empty";
CONF
    echo 'PRETTY_NAME="Derived 1.0"' >"$BATS_TEST_TMPDIR/os-release"
    APT_CONFIG=$BATS_TEST_TMPDIR/apt.conf run unshare --mount sh -euc '
        mount --bind "$1/os-release" /etc/os-release
        cd "$0"
        . tools/common.sh
        need "sh:dash no-such-compiler:compiler-99 /no/such/file:one|another"' "$root" "$BATS_TEST_TMPDIR"
    [ "$status" -eq 1 ]
    [ "$output" = "dev: Derived 1.0 lacks packages that Debian 12 and 13 have: compiler-99, one or another" ]
}
