# shellcheck shell=sh
# What the tools share. Each reads it after it has gone to the folder of the repository.

# shellcheck disable=SC2034 # for the tools
{
    release=build/release
    cppinit=$release/cppinit

    # What more than one tool needs: command:package, for a command; file:package otherwise.
    build_needs="clang++-19:clang-19 ld.lld-19:lld-19 llvm-ar-19:llvm-19 llvm-objcopy-19:llvm-19 cmake:cmake ninja:ninja-build
        /usr/lib/llvm-19/include/c++/v1/expected:libc++-19-dev /usr/lib/x86_64-linux-musl/libc.a:musl-dev"
    # The sysroots of the other architectures are fetched by cmake/fetch-sysroots, below build.
    dist_needs="python3:python3 git:git flock:util-linux gzip:gzip rpmbuild:rpm ssh-keygen:openssh-client
        /usr/share/keyrings/debian-archive-keyring.gpg:debian-archive-keyring"
    bench_needs="strace:strace gnuplot:gnuplot-nox
        tini:tini tini-static:tini dumb-init:dumb-init catatonit:catatonit"
}

say() { printf 'dev: %s\n' "$*" >&2; }

version() { sed -n 's/^project(cppinit VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt; }

has() {
    case $1 in
        /*) [ -e "$1" ] ;;
        *) command -v "$1" >/dev/null 2>&1 ;;
    esac
}

distribution() (. /etc/os-release && echo "$PRETTY_NAME")

# packages "THING:PACKAGE ...": the packages, each once. What Debian 12 and 13 have in different packages is written as
# docker-cli,docker-buildx|docker.io: the first alternative whose first package apt knows is taken. If the distribution lacks packages,
# their names are reported and it fails.
packages() {
    found='' unknown=''
    for pair in $1; do
        alternatives=${pair##*:} known=
        for names in $(echo "$alternatives" | tr '|' ' '); do
            if [ -z "$known" ] && apt-cache show "${names%%,*}" >/dev/null 2>&1; then known=$names; fi
        done
        if [ -n "$known" ]; then found="$found$known "; else unknown="$unknown, $alternatives"; fi
    done
    if [ -n "$unknown" ]; then
        say "$(distribution) lacks packages that Debian 12 and 13 have: $(echo "${unknown#, }" | sed 's/|/ or /g')"
        return 1
    fi
    echo "$found" | tr -s ' ,' '\n' | sort -u
}

# need "THING:PACKAGE ...": installs the packages of the things that are not there.
need() {
    missing=
    for pair in $1; do
        if ! has "${pair%:*}"; then missing="$missing $pair"; fi
    done
    [ -n "$missing" ] || return 0
    if ! has apt-get; then
        say "missing, and there is no apt-get to install it with:$(echo "$missing" | sed 's/[^ ]*://g')"
        exit 1
    fi
    as_root=
    if [ "$(id -u)" -ne 0 ]; then as_root=sudo; fi
    # On a machine without a package list apt knows no names. What apt-get prints goes to stderr: the output of `run` belongs to
    # the program.
    $as_root apt-get update -qq >&2 </dev/null
    wanted=$(packages "$missing")
    # shellcheck disable=SC2086 # a list of words
    {
        say "installing with apt-get:" $wanted
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $wanted >&2 </dev/null
    }
    for pair in $missing; do
        if ! has "${pair%:*}"; then say "there is still no ${pair%:*}: ${pair##*:} of $(distribution) does not have it"; fi
    done
}

# quietly LOG COMMAND...: its output goes to the file LOG, whose end is shown if the command fails.
quietly() {
    log=$1
    shift
    if ! "$@" >"$log" 2>&1 </dev/null; then
        tail -n 200 "$log" >&2
        return 1
    fi
}

# configure FOLDER OPTION...: anew where the toolchain file has changed, whose flags CMake would not look at again.
configure() {
    folder=$1
    shift
    if [ -n "$(find cmake/musl.cmake -newer "$folder/CMakeCache.txt" 2>/dev/null)" ]; then set -- "$@" --fresh; fi
    cmake "$@"
}

make_preset() { configure "build/$1" --preset "$1" && cmake --build --preset "$1"; }

# build PRESET
build() {
    mkdir -p build
    quietly "build/$1.log" make_preset "$1" || exit 1
}

build_release() {
    need "$build_needs"
    build release
}

# pack FOLDER NAME SECONDS: FOLDER/NAME as a tar.gz on stdout, with this modification time; whoever packs it gets the same
# bytes.
pack() {
    tar -c -C "$1" --format=ustar --sort=name --owner=0 --group=0 --numeric-owner --mode=go=u,go-w --mtime="@$3" "$2" | gzip -9n
}
