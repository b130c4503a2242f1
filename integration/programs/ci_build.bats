#!/usr/bin/env bats
# A build as CI runs it, below cppinit in one step of it: Debian's dash from its sources, with git and ccache.

load ../helpers

setup() {
    heavy "configures and builds a package"
    requires make gcc git ccache jq dpkg-source
    "$root/integration/programs/fetch-source" "$root/build/programs-sources/dash" dash
}

# repository FOLDER: the sources as a repository in which git collects garbage at the next occasion, and goes on with that in the
# background while it ends itself: a thousand files more make a thousand loose objects.
repository() {
    cp -a "$root/build/programs-sources/dash" "$1"
    cd "$1" || return
    mkdir history
    seq 1000 | split --lines 1 --suffix-length 4 - history/
    git init --quiet
    git config user.name nobody
    git config user.email nobody@localhost
    git config gc.auto 0
    git add --all --force
    git commit --quiet --message sources
    git config gc.auto 1
    git config gc.autoDetach true
}

objects() { git count-objects -v | sed -n "s/^$1: //p"; }
cached() { ccache --print-stats | awk '/^(direct|preprocessed)_cache_hit/ { hits += $2 } END { print hits }'; }

@test "a build with git's garbage collection in the background: what is orphaned is reaped, and the report counts it" {
    local report=$BATS_TEST_TMPDIR/report.json
    export CCACHE_DIR=$BATS_TEST_TMPDIR/ccache
    export GIT_CONFIG_GLOBAL=/dev/null
    repository "$BATS_TEST_TMPDIR/dash"
    [ "$(objects count)" -gt 1000 ]

    run timeout --signal KILL 200 "$CPPINIT" --subreaper --warn-on-reap --report "$report" -- sh -ec '
        git commit --quiet --allow-empty --message "a build starts"
        ./configure --quiet CC="ccache gcc"
        make -j4
        make clean
        make -j4
        src/dash -c "echo built by \$0"' 3>&-
    echo "$output" | tail -n 20
    [ "$status" -eq 0 ]
    grep -qx 'built by src/dash' <<<"$output"

    # The second build came out of the cache, and the collection has run to its end.
    [ "$(cached)" -ge 20 ]
    [ "$(objects count)" -lt 10 ]
    [ "$(objects packs)" -eq 1 ]
    grep -q "^cppinit: orphan exited 'git'" <<<"$output"

    echo "# $(cat "$report")" >&3
    jq -e '.program == "sh" and .exit_code == 0 and (has("signal") | not) and .wall_ms > 0' "$report"
    # Configuring and compiling are the main child's, which waited for them; the collection is an orphan's.
    jq -e '.main_child.cpu_ms > 500 and .main_child.max_rss_kb > 1000' "$report"
    jq -e '.orphans.reaped >= 1 and .orphans.cpu_ms > 0' "$report"
    jq -e '.leftovers == { terminated: { count: 0, names: [] }, killed: { count: 0, names: [] } }' "$report"
}
