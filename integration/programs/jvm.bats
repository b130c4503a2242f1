#!/usr/bin/env bats
# A real JVM: QUIT asks it for a thread dump, after which it goes on running, and TERM for its shutdown hooks.

load ../behaviour/behaviour

setup_file() {
    requires java javac
    javac -d "$BATS_FILE_TMPDIR" "$root/integration/programs/java/Service.java"
}

setup() { service=(java -Xshare:auto -XX:TieredStopAtLevel=1 -Xmx64m -cp "$BATS_FILE_TMPDIR" Service); }

dumps() { grep -c '^Full thread dump ' "$out" || true; }
has_dumped() { [ "$(dumps)" -ge "${1:-1}" ]; }
is_clean() { [ "$(tail -n 1 "$out")" = clean ]; }

@test "JVM: QUIT prints a thread dump at once, the program lives on through -d 5s -k 2s, and a TERM later runs its shutdown hook" {
    start pid1 -d 5s -k 2s "${service[@]}"
    eventually holds ready "$out"
    local before=${EPOCHREALTIME/./}
    kill -QUIT "$init"
    eventually has_dumped
    [ $(((${EPOCHREALTIME/./} - before) / 1000)) -lt 4000 ]
    # It lives on for as long as the TERM is held back, and the hook has two seconds from then on.
    milliseconds stop 143
    [ "$elapsed" -ge 5000 ]
    [ "$(dumps)" -eq 1 ]
    is_clean
}

@test "JVM: as a subreaper as well, and each QUIT prints one dump" {
    local number
    start subreaper --stop-delay 1h --kill-after 1ms "${service[@]}"
    eventually holds ready "$out"
    for number in 1 2 3; do
        kill -QUIT "$init"
        eventually has_dumped "$number"
    done
    [ "$(dumps)" -eq 3 ]
    kill -KILL "$(child_of "$init")"
    await 137
}

@test "JVM: one that its launcher leaves behind gets a TERM at the end, though it had a QUIT before" {
    local mode
    for mode in $modes; do
        start "$mode" --grace 20s "$FIXTURE" with none none sh -c '
            trap "exit 7" HUP
            trap "" QUIT
            "$@" &
            while :; do wait; done' sh "${service[@]}"
        eventually holds ready "$out"
        kill -QUIT "$init"
        eventually has_dumped
        kill -HUP "$(child_of "$init")"
        milliseconds await 7
        is_clean
        [ "$elapsed" -lt 8000 ]
    done
}

@test "JVM: --leftovers=wait goes on waiting for one that was asked for a dump, and TERM ends it" {
    start subreaper -v --leftovers=wait "$FIXTURE" with none none sh -c '"$@" & exit 7' sh "${service[@]}"
    eventually holds ready "$out"
    eventually has_exited 7
    eventually is_idle
    kill -QUIT "$init"
    eventually has_dumped
    run ! is_clean
    stop 7
    is_clean
}
