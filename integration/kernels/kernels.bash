# What the tests on other kernels share.

load "$(dirname "${BASH_SOURCE[0]}")/../helpers"

results=$root/build/kernels

# runs_the_suite KERNEL PATIENCE SECONDS [all]: the kernel of kernels.txt boots with cppinit as its own init, within SECONDS
# runs what selection.txt names, or all tests of its files, with that patience, and does as it should. What counts is what the
# console says: an emulator's exit code says nothing.
runs_the_suite() {
    local kernel=$1
    requires mmdebstrap python3 cpio
    local suite=(python3 -B "$BATS_TEST_DIRNAME/suite.py")
    "${suite[@]}" select "$kernel" "${@:4}"
    # One that hangs has not run.
    rm -f "$results/$kernel.json"
    "$BATS_TEST_DIRNAME/boot" "$kernel" "$3" /mnt/integration/kernels/guest "$2" "build/kernels/$kernel.suite" \
        >"$results/$kernel.log" 2>&1 3>&- || true
    run "${suite[@]}" judge "$kernel" "$results/$kernel.log"
    echo "$output"
    echo "# $kernel, ${lines[-1]}" >&3
    [ "$status" -eq 0 ] || {
        cat "$results/$kernel.log"
        return 1
    }
}

