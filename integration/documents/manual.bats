#!/usr/bin/env bats
# The documents have the rows of the option table, in its order, and no others.

load ../helpers

setup() {
    generate=$root/build/release/completions/generate
    page=$BATS_TEST_TMPDIR/page
}

# The options as the help writes them: "-r, --rewrite FROM:TO".
options() { "$generate" rows | cut -f1; }
variables() { "$generate" rows | cut -f2 | grep .; }

render_page() {
    requires mandoc col
    mandoc -T ascii "$root/docs/cppinit.1" | col -bx >"$page"
}

# section NAME: a section of the rendered man page.
section() { awk -v name="$1" '/^[A-Z]/ { inside = $0 == name } inside' "$page"; }

# members: the members of the objects that a section describes, each at the beginning of its line.
members() { grep -oE '^     [a-z_]+ ( |$)' | tr -d ' '; }

@test "mandoc has no complaint about the man page" {
    requires mandoc
    # What it says about other pages depends on which of them this machine has.
    run mandoc -T lint -W style "$root/docs/cppinit.1"
    [ "$(printf '%s\n' "${lines[@]}" | grep -v 'outdated mandoc.db')" = "" ]
}

@test "the man page has the table's options, in its order" {
    render_page
    # Each starts a paragraph; the text of a short one is on the same line.
    section OPTIONS | awk 'blank && /^     -/ { sub(/^ */, ""); sub(/  .*/, ""); print } { blank = /^$/ }' | diff -i <(options) -
}

@test "the man page mentions no option that does not exist" {
    render_page
    # Four are options of setpriv.
    known() { grep -oE -- '--[a-z]+(-[a-z]+)*' | grep -vxE -- '--(reuid|regid|init-groups|pdeathsig)' | sort -u; }
    [ -z "$(known <"$page" | comm -13 <(options | known) -)" ]
}

@test "the man page has the table's variables, in its order" {
    render_page
    section ENVIRONMENT | grep -o '^ *CPPINIT_[A-Z_]*' | tr -d ' ' | diff <(variables) -
}

@test "the man page has every member of a JSON log line" {
    render_page
    {
        "$CPPINIT" -vv --log-format json python3 "$root/integration/fixtures/leave_orphans.py" || true
        "$CPPINIT" --log-format json no-such-program || true
        # Lines that cannot be written are counted.
        echo '{"count": 1}'
    } 2>&1 | jq -r 'keys[]' | sort -u | diff - <(section LOG | members | grep -vx option | sort)
}

@test "the man page has every member of a report, and of its schema" {
    render_page
    run --separate-stderr "$CPPINIT" --report - "$FIXTURE" die 15
    # Not every report has these two.
    { jq -r 'keys[]' <<<"$stderr" && printf '%s\n' oom_kills timed_out; } | sort -u | diff - <(section "REPORT FILE" | members | sort)
    jq -r '.properties | keys[]' "$root/docs/report.schema.json" | sort | diff - <(section "REPORT FILE" | members | sort)
}

@test "the help has the table's options, in its order" {
    # If an option has two letters, the help shows the first.
    "$CPPINIT" --help | grep -E '^ {2,6}-' | cut -c1-32 | sed 's/^ *//; s/ *$//' |
        diff <(options | sed 's/^\(-., \)-., /\1/') -
}

@test "the README has the table's options and variables, in its order" {
    "$generate" rows | awk -F '\t' '{
        gsub(/, /, "`, `", $1)
        print "| `" $1 "` | " ($2 == "" ? "" : "`" $2 "` ") "|"
    }' >"$BATS_TEST_TMPDIR/rows"
    awk '/^## / { inside = $0 == "## Options" } inside && /^\| `-/' "$root/README.md" | grep -oE '^\|[^|]*\|[^|]*\|' |
        diff "$BATS_TEST_TMPDIR/rows" -
}

@test "no document mentions a variable that does not exist" {
    # Two belong to the build.
    grep -rhoE 'CPPINIT_[A-Z_]+' "$root"/{README.md,docs,examples,Dockerfile.example} | grep -vxE 'CPPINIT_(ARCH|SYSROOTS)' |
        sort -u >"$BATS_TEST_TMPDIR/mentioned"
    [ -z "$(comm -13 <(variables | sort) "$BATS_TEST_TMPDIR/mentioned")" ]
}
