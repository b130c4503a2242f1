"""compare.py PEER CPPINIT FOLDER: runs the command lines of a peer through it and through cppinit under its name.

Ends with 1 where a difference is not in the table of differences, or where the table has one that no longer shows.
"""
import fnmatch
import os
import sys

from cases import CASES, PROGRAMS
from differences import DIFFERENCES
from run import observe


def differences_of(case, peer, cppinit, folder):
    """(field, the peer's, cppinit's), each."""
    theirs = observe(peer, case, folder)
    ours = observe(cppinit, case, folder)
    fields = sorted(theirs.keys() | ours.keys())
    return [(field, theirs.get(field), ours.get(field)) for field in fields if theirs.get(field) != ours.get(field)]


def main():
    name, cppinit, folder = sys.argv[1:4]
    pattern = sys.argv[4] if len(sys.argv) > 4 else "*"
    cases = [case for case in CASES[name] if fnmatch.fnmatchcase(str(case), pattern)]
    rows = [row for row in DIFFERENCES if row.peer == name and pattern == "*"]
    shown = set()
    unknown = 0
    for case in cases:
        for field, theirs, ours in differences_of(case, PROGRAMS[name], cppinit, os.path.join(folder, "run")):
            matching = [row for row in rows if row.covers(case, field)]
            shown.update(matching)
            if not matching:
                unknown += 1
                print(f"{case}: {field}\n  {name}:  {theirs}\n  cppinit: {ours}", flush=True)
    stale = [row for row in rows if row not in shown]
    for row in stale:
        print(f"no longer shows: {row}")
    print(f"{len(cases)} command lines; differences: {len(shown)} known, {unknown} unknown, {len(stale)} stale")
    sys.exit(1 if unknown or stale or not cases else 0)


main()
