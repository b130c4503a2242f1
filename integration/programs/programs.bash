# Real programs from Debian's packages below cppinit, as containers of the Docker Engine.

load "$(dirname "${BASH_SOURCE[0]}")/../engines/engines"

# use_programs NAME: for setup_file. A Debian root with the packages of NAME.packages, build/NAME-root, made where it is not there
# yet, and a Docker Engine with its image, `programs`. The engine copies an image for each container: /usr is not in it but mounted.
# What is large has a root of its own.
use_programs() {
    requires dockerd docker mmdebstrap nsenter
    export programs_root=$root/build/$1-root
    local packages
    read -ra packages <"$root/integration/programs/$1.packages"
    "$root/integration/programs/make-root" "$programs_root" "${packages[@]}"
    start_docker
    tar -C "$programs_root" -c --exclude=./usr --exclude=./var/lib/dpkg --exclude=./var/cache . | docker import - programs >/dev/null
}

# new_container: gives the test the name of its container, and its folder.
new_container() {
    container=c$BATS_TEST_NUMBER
    volume=$BATS_TEST_TMPDIR/volume
    mkdir "$volume"
    # Programs that give up root find it theirs.
    chmod 777 "$volume"
}

setup() { new_container; }

# start_program WORD...: in the background, in the container of the test; $options may hold options for docker. The test's $volume
# is /work in it, and the programs beside the tests are below /programs.
start_program() {
    docker run -d --network none --name "$container" -v "$programs_root/usr:/usr:ro" -v "$CPPINIT:/cppinit:ro" \
        -v "$FIXTURE:/fixture:ro" -v "$root/integration/programs:/programs:ro" -v "$volume:/work" \
        "${options[@]}" programs "$@" >/dev/null
}

# bats shows the end of the log where the test has failed. A test that is skipped has no container.
teardown() {
    [[ -n ${container:-} ]] || return 0
    docker logs --tail 40 "$container" || true
    docker rm -f "$container" >/dev/null || true
}

# start_again: the container that was stopped. From then on, its log is that of the new start.
start_again() {
    log_begins=$(($(docker logs "$container" 2>&1 | wc -l) + 1))
    docker start "$container" >/dev/null
}

log_of_program() { docker logs "$container" 2>&1 | tail -n "+${log_begins:-1}"; }
log_holds() { grep -q -- "$1" <<<"$(log_of_program)"; }

# client WORD...: a program that sees the container's files and network, but is no process of it.
client() {
    local pid
    pid=$(docker inspect -f '{{.State.Pid}}' "$container")
    nsenter --target "$pid" --mount --net "$@" 3>&-
}

# stop_program CODE MILLISECONDS: as its users stop it; it ends with this code, and sooner than that. What takes longer than ten
# seconds, or the seconds of $engine_patience, the engine kills.
stop_program() {
    local before=${EPOCHREALTIME/./} took_ms ended
    docker stop -t "${engine_patience:-10}" "$container" >/dev/null
    took_ms=$(((${EPOCHREALTIME/./} - before) / 1000))
    ended=$(docker inspect -f '{{.State.ExitCode}}' "$container")
    echo "# $BATS_TEST_DESCRIPTION: exit code $ended after $took_ms ms" >&3
    [ "$ended" -eq "$1" ]
    [ "$took_ms" -lt "$2" ]
}

# processes: state and command of all that is in the container, but the one that shows it.
processes() { docker exec "$container" ps -e -o stat=,args= | grep -v ' ps -e -o stat=,args=$'; }

no_zombie() { [[ $'\n'$(processes) != *$'\n'Z* ]]; }
