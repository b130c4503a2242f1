#!/usr/bin/env bats
# The environment that the program gets: variables that name cppinit name the program, and cppinit's own are removed.

load ../helpers

# named VARIABLE=VALUE... -- COMMAND...: runs the command with these variables; @ in a value stands for the command's pid.
named() {
    local variables=()
    for (( ; $# > 0; )); do
        [ "$1" != -- ] || break
        variables+=("$1")
        shift
    done
    shift
    # shellcheck disable=SC2016 # for the inner shell
    run bash -c 'pid=$$ count=$1; shift; for ((; count > 0; --count)); do export "${1//@/$pid}"; shift; done; exec "$@"' \
        bash "${#variables[@]}" "${variables[@]}" "$@"
}

@test "LISTEN_PID and WATCHDOG_PID that name cppinit name the program instead, and LISTEN_PIDFDID is removed" {
    local show='env | sed "s/=$$\$/=the program/" | grep -E "^(LISTEN|WATCHDOG)_" | sort'
    named LISTEN_PID=@ LISTEN_FDS=2 LISTEN_PIDFDID=4711 WATCHDOG_PID=@ WATCHDOG_USEC=5000 -- "$CPPINIT" sh -c "$show"
    [ "$output" = $'LISTEN_FDS=2\nLISTEN_PID=the program\nWATCHDOG_PID=the program\nWATCHDOG_USEC=5000' ]
    named LISTEN_PID=@ LISTEN_PIDFDID=4711 -- "$CPPINIT" sh -c "$show"
    [ "$output" = 'LISTEN_PID=the program' ]
    named WATCHDOG_PID=@ -- "$CPPINIT" sh -c "$show"
    [ "$output" = 'WATCHDOG_PID=the program' ]
}

@test "variables that name another process stay as they are" {
    run env LISTEN_PID=1 LISTEN_PIDFDID=4711 WATCHDOG_PID=1 "$CPPINIT" sh -c 'echo $LISTEN_PID $LISTEN_PIDFDID $WATCHDOG_PID'
    [ "$output" = "1 4711 1" ]
    run env LISTEN_PIDFDID=4711 "$CPPINIT" sh -c 'echo $LISTEN_PIDFDID'
    [ "$output" = 4711 ]
}

@test "as PID 1 they name the program if they are 1" {
    LISTEN_PID=1 LISTEN_PIDFDID=4711 WATCHDOG_PID=1 run_as pid1 \
        sh -c 'test $LISTEN_PID = $$ && test $WATCHDOG_PID = $$ && test -z "${LISTEN_PIDFDID+set}" && echo named'
    [ "$output" = named ]
}

# What sd_listen_fds(3) and sd_watchdog_enabled(3) of libsystemd say in the program.
ask_libsystemd='
import ctypes
systemd = ctypes.CDLL("libsystemd.so.0")
microseconds = ctypes.c_uint64()
print(systemd.sd_listen_fds(0), systemd.sd_watchdog_enabled(0, ctypes.byref(microseconds)), microseconds.value)'

@test "libsystemd in the program says that the sockets and the watchdog are its own" {
    requires python3 systemd-socket-activate
    named LISTEN_PID=@ LISTEN_FDS=2 WATCHDOG_PID=@ WATCHDOG_USEC=5000 -- "$CPPINIT" \
        bash -c 'exec python3 -c "$0" 3</dev/null 4</dev/null' "$ask_libsystemd"
    [ "$output" = "2 1 5000" ]
}

@test "a service that systemd-socket-activate starts through cppinit answers on its socket" {
    requires python3 systemd-socket-activate
    local socket=$BATS_TEST_TMPDIR/socket
    systemd-socket-activate --listen "$socket" "$CPPINIT" python3 -c "$ask_libsystemd
import socket
socket.socket(fileno=3).accept()[0].sendall(b'served')" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" 3>&- &
    started=$!
    eventually test -S "$socket"
    run timeout 20 python3 -c "
import socket, sys
client = socket.socket(socket.AF_UNIX)
client.connect(sys.argv[1])
print(client.recv(100).decode())" "$socket"
    [ "$output" = served ]
    await 0
    [ "$(cat "$BATS_TEST_TMPDIR/out")" = "1 0 0" ]
}

@test "cppinit's variables are removed from the program's environment, and the others keep their order" {
    run env -i A=1 CPPINIT_GRACE=2s B=2 CPPINIT_REWRITE= CPPINIT_SERVICE_HOST=10.0.0.1 CPPINIT_VERBOSE=0 C=3 "$CPPINIT" env
    [ "$status" -eq 0 ]
    [ "$output" = $'A=1\nB=2\nCPPINIT_SERVICE_HOST=10.0.0.1\nC=3' ]
}

@test "the variables of one cppinit do not configure another one that the program starts" {
    CPPINIT_REMAP_EXIT=3:4 CPPINIT_REPORT=$BATS_TEST_TMPDIR/report run -4 "$CPPINIT" \
        sh -c '"$0" sh -c "exit 3"; code=$?; [ $code -eq 3 ] || exit 9; exit $code' "$CPPINIT"
    jq -e '.exit_code == 4' "$BATS_TEST_TMPDIR/report"
}

@test "under a peer's name the peer's variables stay, and so do cppinit's, which are not read" {
    ln -s "$CPPINIT" "$BATS_TEST_TMPDIR/tini"
    run env -i TINI_SUBREAPER=1 TINI_VERBOSITY=0 CPPINIT_GRACE=soon "$BATS_TEST_TMPDIR/tini" env
    [ "$status" -eq 0 ]
    [ "$output" = $'TINI_SUBREAPER=1\nTINI_VERBOSITY=0\nCPPINIT_GRACE=soon' ]
}

@test "an empty variable counts as not set" {
    local variable
    for variable in ALL GRACE GROUP KILL_AFTER KILL_CHILD LEFTOVERS LOG_FORMAT PARENT_DEATH PAUSE QUIET REMAP_EXIT REPORT REWRITE \
        SINGLE_CHILD STOP_DELAY STOP_SIGNALS SUBREAPER TIMEOUT VERBOSE WARN_ON_REAP; do
        run env "CPPINIT_$variable=" "$CPPINIT" sh -c 'exit 7'
        [ "$status" -eq 7 ]
        [ -z "$output" ]
    done
}
