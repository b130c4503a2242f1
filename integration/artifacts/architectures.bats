#!/usr/bin/env bats
# cppinit on every architecture that ships. The binaries run under QEMU's user emulation; what they start runs on this
# machine itself.
#
# Two things are QEMU's limits, not cppinit's, and are tested on this machine's own architecture alone: ABRT, 32, 33 and 34 and
# the signals of a processor's faults are not (or not always) let through by the emulator; and what an emulator uses of memory
# and system calls says nothing.

load ../helpers
load ../terminal/terminal

table=$root/cmake/architectures.txt
emulated=$(awk '!/^#/ && $8 != "-" { print $1 }' "$table")

column() { awk -v name="$1" -v number="$2" '$1 == name { print $number }' "$table"; }

setup_file() {
    "$root/dev" dist
    "$root/cmake/fetch-sysroots" "$root/build/sysroots" qemu
}

# emulate ARCHITECTURE: $CPPINIT is its binary from now on, and $words what it is made of. It says which one it is, for a
# test that fails.
emulate() {
    echo "on $1"
    words=("$root/build/sysroots/qemu/usr/bin/qemu-$(column "$1" 8)" "$root/build/dist/cppinit-$1")
    CPPINIT=$BATS_TEST_TMPDIR/cppinit-$1
    printf '#!/bin/sh\nexec %s %s "$@"\n' "${words[@]}" >"$CPPINIT"
    chmod +x "$CPPINIT"
}

@test "each binary is static, stripped, for its own machine, and at most 96 KiB" {
    local architecture machine size count=0
    while read -r architecture machine; do
        size=$(stat -c %s "$root/build/dist/cppinit-$architecture")
        echo "# $architecture: $size bytes" >&3
        [ "$size" -le 98304 ]
        run readelf -hlSW "$root/build/dist/cppinit-$architecture"
        [[ $output == *"Machine: "*"$machine"* ]]
        [[ $output == *"EXEC (Executable file)"* ]]
        [[ $output != *INTERP* && $output != *DYNAMIC* && $output != *.symtab* && $output != *.debug_* ]]
        [[ ! $output =~ (LOAD|GNU_STACK)[^$'\n']*RWE ]]
        count=$((count + 1))
    done <<'MACHINES'
amd64 X86-64
arm64 AArch64
armhf ARM
armel ARM
i386 Intel 80386
mips64el MIPS
ppc64el PowerPC64
riscv64 RISC-V
s390x IBM S/390
loong64 LoongArch
MACHINES
    [ "$count" -eq "$(grep -vc '^#' "$table")" ]
}

@test "the binary that is tested is the one that ships" {
    cmp "$root/build/release/cppinit" "$root/build/dist/cppinit-amd64"
}

@test "on each architecture, the exit code is the program's, as PID 1 and as a subreaper" {
    local architecture mode
    for architecture in $emulated; do
        emulate "$architecture"
        for mode in pid1 subreaper; do
            run_as "$mode" sh -c 'exit 7'
            [ "$status" -eq 7 ]
            run_as "$mode" --remap-exit 137:3 -- sh -c 'kill -KILL $$'
            [ "$status" -eq 3 ]
        done
        run_as subreaper --subreaper --parent-death TERM --kill-child -- "$FIXTURE" die 15
        [ "$status" -eq 143 ]
        run_as subreaper --grace soon true
        [ "$status" -eq 125 ]
        [[ $output == *"--grace"* ]]
    done
}

# fails_to_execute CODE_IF_MISSING CODE_IF_FOUND COMMAND...: an init that does not find its program, or cannot execute it, says so and
# exits with that code.
fails_to_execute() {
    local missing=$1 found=$2
    shift 2
    run "-$missing" timeout 60 "$@" no-such-program
    [[ ${lines[-1]} == *": cannot execute 'no-such-program': No such file or directory" ]]
    run "-$found" timeout 60 "$@" "$BATS_TEST_TMPDIR/not-executable"
    [[ ${lines[-1]} == *": cannot execute '$BATS_TEST_TMPDIR/not-executable': Permission denied" ]]
    run "-$found" timeout 60 "$@" "$BATS_TEST_TMPDIR/without-interpreter"
    [[ ${lines[-1]} == *": cannot execute the interpreter of '$BATS_TEST_TMPDIR/without-interpreter': No such file or directory" ]]
}

# QEMU implements CLONE_VM with CLONE_VFORK as fork(2): the child gets a copy of cppinit's memory, and cppinit does not sleep
# until exec.
@test "on each architecture, a failed exec is reported with its reason, and with the peer's code under a peer's name" {
    touch "$BATS_TEST_TMPDIR/not-executable"
    printf '#!/no/such/interpreter\n' >"$BATS_TEST_TMPDIR/without-interpreter"
    printf 'echo "$0 has $1"' >"$BATS_TEST_TMPDIR/without-line"
    chmod +x "$BATS_TEST_TMPDIR/without-interpreter" "$BATS_TEST_TMPDIR/without-line"
    local architecture name missing found report=$BATS_TEST_TMPDIR/report.json
    for architecture in $emulated; do
        emulate "$architecture"
        fails_to_execute 127 126 "$CPPINIT" --report "$report" --
        jq -e '.exit_code == 126' "$report"
        fails_to_execute 127 126 "${in_pid_namespace[@]}" "$CPPINIT" --
        run -0 "$CPPINIT" "$BATS_TEST_TMPDIR/without-line" one
        [ "$output" = "$BATS_TEST_TMPDIR/without-line has one" ]
        while read -r name missing found; do
            cp "${words[1]}" "$BATS_TEST_TMPDIR/$name"
            fails_to_execute "$missing" "$found" "${words[0]}" "$BATS_TEST_TMPDIR/$name" --
        done <<'PEERS'
tini 127 126
dumb-init 2 2
catatonit 1 1
PEERS
    done
}

# All but those that cannot be forwarded (KILL, STOP, CHLD) and those that QEMU keeps.
forwardable=$(seq 1 64 | grep -vxE '9|17|19|6|32|33|34|4|5|7|8|11')

received() { grep -c "^signal $1 " "$out" || true; }
has_received() { [ "$(received "$1")" -ge 1 ]; }

@test "on each architecture, every signal is forwarded once, under this machine's number" {
    local architecture signal
    for architecture in $emulated; do
        emulate "$architecture"
        start subreaper "$FIXTURE" record
        eventually holds ready "$out"
        for signal in $forwardable; do
            kill -"$signal" "$init"
            # Stops and CONT throw each other away (signal(7)).
            case $signal in 18 | 20 | 21 | 22) eventually has_received "$signal" ;; esac
        done
        for signal in $forwardable; do eventually has_received "$signal"; done
        [ "$(grep -c '^signal' "$out")" -eq "$(wc -w <<<"$forwardable")" ]
        kill -KILL "$(child_of "$init")"
        await 137
    done
}

@test "on each architecture, the program inherits the mask and the ignored signals, and an ignored SIGCHLD hangs nobody" {
    local architecture
    for architecture in $emulated; do
        emulate "$architecture"
        run "$FIXTURE" with 1,10,12,20,40 13,17,45 grep -E '^Sig(Blk|Ign)' /proc/self/status
        local without=$output
        # Directly: a shell between would clear the mask.
        run timeout 60 "$FIXTURE" with 1,10,12,20,40 13,17,45 "${words[@]}" grep -E '^Sig(Blk|Ign)' /proc/self/status
        [ "$status" -eq 0 ]
        [ "$output" = "$without" ]
    done
}

@test "on each architecture, orphans are reaped" {
    local architecture mode
    for architecture in $emulated; do
        emulate "$architecture"
        for mode in pid1 subreaper; do
            start "$mode" sh -c '"$0" orphans 50 </dev/null; exec "$0" sleep' "$FIXTURE"
            eventually holds ready "$out"
            none_is_a_zombie() { [[ $(ps -o stat= --ppid "$init") != *Z* ]]; }
            eventually none_is_a_zombie
            kill -TERM "$init"
            await 143
        done
    done
}

@test "on each architecture, the log, the report and the list of processes name them" {
    local architecture mode report=$BATS_TEST_TMPDIR/report.json
    for architecture in $emulated; do
        emulate "$architecture"
        for mode in pid1 subreaper; do
            run_as "$mode" --warn-on-reap --report "$report" python3 "$root/integration/fixtures/leave_leftovers.py"
            [ "$status" -eq 4 ]
            [[ ${lines[0]} =~ ": orphan exited 'busy', pid "[0-9]+", exit code 0"$ ]]
            /usr/bin/python3 "$root/integration/fixtures/check_schema.py" "$root/docs/report.schema.json" "$report"
            jq -e '.exit_code == 4 and .orphans.reaped == 4 and .orphans.cpu_ms >= 100 and .orphans.max_rss_kb > 20 * 1024 and
                .leftovers.terminated.count == 2' "$report"
        done
        # Everything that an emulator runs has its name before its own.
        run -0 "$CPPINIT" --ps
        [ "${lines[0]}" = $'PID\tS\tAGE\tCOMMAND' ]
        [[ $output == *$'\n1\t'* && $output == *"cppinit-$architecture --ps"* ]]
    done
}

@test "on each architecture, a leftover in a session of its own gets one TERM and is waited for" {
    local architecture mode terms
    for architecture in $emulated; do
        emulate "$architecture"
        for mode in pid1 subreaper; do
            local file=$BATS_TEST_TMPDIR/$architecture.$mode
            run_as "$mode" sh -c 'exec 8>"$1.ready"; setsid "$0" finish "$1" 100 >&8 & while ! [ -s "$1.ready" ]; do :; done; exit 9' \
                "$FIXTURE" "$file"
            [ "$status" -eq 9 ]
            read -r terms _ <"$file"
            [ "$terms" -eq 1 ]
        done
    done
}

@test "on each architecture, a leftover that ignores TERM is killed after the grace" {
    local architecture mode
    for architecture in $emulated; do
        emulate "$architecture"
        for mode in pid1 subreaper; do
            run_as "$mode" --grace 100ms "$FIXTURE" crowd 3
            [ "$status" -eq 0 ]
            run pgrep -fc -- "^$FIXTURE crowd 3"
            [ "$output" -eq 0 ]
        done
    done
}

@test "on each architecture, the program gets the terminal's foreground, and cppinit gives it back" {
    requires python3
    local architecture
    for architecture in $emulated; do
        emulate "$architecture"
        on_terminal sh -c '"$0" sh -c "echo ready; read -r line; echo got \$line"; echo after; read -r line; echo got $line' "$CPPINIT" <<'END'
            expect ^ready
            type hello
            expect ^got hello
            expect ^after
            type again
            expect ^got again
END
        [ "$status" -eq 0 ]
    done
}
