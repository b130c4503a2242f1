#!/usr/bin/env bats
# Chromium driven by chromedriver, as in a container of browser tests: each browser leaves behind what it started.

load programs

setup_file() {
    heavy_is_wanted || return 0
    use_programs browser
}

setup() {
    heavy "a browser of 750 MB"
    requires python3
    new_container
}

teardown_file() { stop_docker; }

# start_driver PREFIX...: chromedriver below these words, or as PID 1.
start_driver() {
    start_program "$@" chromedriver --port=4444
    eventually log_holds 'was started successfully'
}

# browse END...: from outside, with this machine's Python; its pids are those of the container, as for `docker exec`.
browse() {
    run timeout --signal KILL 100 nsenter --target "$(docker inspect -f '{{.State.Pid}}' "$container")" --net --pid \
        python3 "$root/integration/programs/browse.py" "$@" 3>&-
    echo "$output"
    [ "$status" -eq 0 ]
    [ "$output" = "$((4 * $#)) pages" ]
}

zombies() { processes | grep -c '^Z' || true; }
browsers() { processes | grep -c '^[^Z].*/chromium ' || true; }
no_browser() { [ "$(browsers)" -eq 0 ]; }

@test "Chromium: without an init, where chromedriver is PID 1, 20 pages in five browsers leave zombies" {
    start_driver
    browse quit quit quit quit kill
    eventually no_browser
    local left
    left=$(zombies)
    echo "# without an init: $left zombies" >&3
    # Ten for each browser, measured.
    [ "$left" -ge 5 ]
}

@test "Chromium: with cppinit as PID 1 they leave none, and one that was killed leaves none either" {
    start_driver /cppinit --warn-on-reap --
    browse quit quit quit quit kill
    eventually no_browser
    eventually no_zombie
    local reaped
    reaped=$(log_of_program | grep -c '^cppinit: orphan ')
    echo "# with cppinit: $reaped orphans reaped" >&3
    [ "$reaped" -ge 5 ]
}

# stop_with_browser OPTION...: the stop comes while a browser is open. $profile is what that browser saves at its end.
stop_with_browser() {
    start_driver /cppinit "$@" --
    browse stay
    [ "$(browsers)" -ge 1 ]
    stop_program 143 5000
    profile=$volume/profile/Default/Preferences
}

@test "Chromium: a stop lets an open browser end its session and save its profile" {
    stop_with_browser
    holds '"exit_type":"SessionEnded"' "$profile"
}

@test "Chromium: where the init does not wait for leftovers the profile is not saved" {
    stop_with_browser --leftovers leave
    run ! holds '"exit_type":"SessionEnded"' "$profile"
}
