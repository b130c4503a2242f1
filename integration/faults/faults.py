"""Makes every system call of cppinit fail with every errno that its man page lists, once at each place.

faults.py INJECT CPPINIT [SCENARIO]...

Nothing of that list is written by hand: the calls are those that cppinit makes in each scenario of `inject`, as PID 1 and
as a subreaper; the errnos are those of the pages' sections ERRORS, and EPERM and ENOSYS, which filters answer. A place is
the nth time that cppinit, or its child before exec, makes a call in a scenario; of a call that it makes again and again,
as for each process in /proc, the first ones.

Prints what did not hold, then the totals.
"""
import collections
import concurrent.futures
import errno
import gzip
import os
import re
import subprocess
import sys
import tempfile
import time

MANUAL = "/usr/share/man/man2"
NUMBERS = "/usr/include/x86_64-linux-gnu/asm/unistd_64.h"
MODES = ("pid1", "subreaper")
MOST_PLACES = 8
# Those that do not return.
ENDINGS = {"exit", "exit_group", "rt_sigreturn"}
# How many run at once: most of the time of a run is waiting.
WORKERS = 2 * (os.cpu_count() or 1)

inject, cppinit = (os.path.abspath(path) for path in sys.argv[1:3])


def call_names():
    with open(NUMBERS) as header:
        return {int(number): name for name, number in re.findall(r"#define __NR_(\w+) (\d+)", header.read())}


def page(name):
    """The text of a manual page, through the pages that only name another."""
    path = f"{MANUAL}/{name}.2.gz"
    if not os.path.exists(path):
        return None
    with gzip.open(path, "rt") as file:
        text = file.read()
    link = re.match(r"\.so man2/(\w+)\.2", text)
    return page(link.group(1)) if link else text


def pages_of(call):
    """A call with a number of bits in its name has the page of the one without; a page for each kind of ioctl is apart."""
    found = [text for text in (page(call), page(f"{call}_tty")) if text]
    return found or [text for text in (page(call.removesuffix("64")),) if text]


def listed_errnos(call, seen=()):
    names = set()
    for text in pages_of(call):
        section = re.search(r"^\.SH ERRORS\n(.*?)(?=^\.SH )", text, re.M | re.S)
        if not section:
            continue
        names |= set(re.findall(r"^\.BR? (?:.* )?(E[A-Z0-9]{2,})\b", section.group(1), re.M))
        # "As for waitpid(2)."
        for clause in re.findall(r"[Aa]s (?:given )?for\n((?:\.BR \w+ \(2\)\.?\n(?:and\n)?)+)", section.group(1)):
            for other in re.findall(r"\.BR (\w+) ", clause):
                if other not in seen:
                    names |= listed_errnos(other, (*seen, call))
    return names


def errnos_of(call):
    listed = {getattr(errno, name) for name in listed_errnos(call) if hasattr(errno, name)}
    # One that cannot fail has no such section.
    return sorted(listed | {errno.EPERM, errno.ENOSYS}) if listed else []


def run_inject(command, scenario, mode, lines=""):
    """In a namespace where it is PID 1, so that what cppinit leaves behind comes to it."""
    with tempfile.TemporaryDirectory() as folder:
        return subprocess.run(
            ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", inject, command, cppinit, scenario, mode],
            input=lines, capture_output=True, text=True, cwd=folder)


def places(scenario, mode):
    recorded = run_inject("record", scenario, mode)
    if recorded.returncode != 0:
        sys.exit(f"faults: {recorded.stderr}")
    # A listing is one of lines WHO NUMBER NTH.
    return [line.split() for line in recorded.stdout.splitlines()]


def faults(scenario, mode, names):
    for who, number, nth in places(scenario, mode):
        name = names[int(number)]
        if name in ENDINGS or int(nth) > MOST_PLACES:
            continue
        for error in errnos_of(name):
            yield f"{who} {number} {nth} {error}"


def describe(fault, names):
    who, number, nth, error = fault.split()
    return f"{who}: {names[int(number)]} no. {nth} fails with {errno.errorcode[int(error)]}"


def try_batch(scenario, mode, batch):
    answer = run_inject("try", scenario, mode, "\n".join(batch) + "\n")
    verdicts = answer.stdout.splitlines()
    # What ends the driver itself is a finding too.
    verdicts += [f"bad: no verdict: {answer.stderr}"] * (len(batch) - len(verdicts))
    # A call that depends on the moment is tried once more.
    missed = [fault for fault, verdict in zip(batch, verdicts) if verdict == "missed"]
    if missed and len(missed) < len(batch):
        again = try_batch(scenario, mode, missed)
        return [pair for pair in zip(batch, verdicts) if pair[1] != "missed"] + again
    return list(zip(batch, verdicts))


def main():
    start = time.monotonic()
    names = call_names()
    scenarios = sys.argv[3:] or subprocess.run([inject, "list"], capture_output=True, text=True, check=True).stdout.split()
    totals = collections.Counter()
    calls, injected_errnos = set(), set()
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        worlds = [(scenario, mode) for scenario in scenarios for mode in MODES]
        lists = pool.map(lambda world: list(faults(*world, names)), worlds)
        batches = [(*world, fault_list[first : first + 50])
                   for world, fault_list in zip(worlds, lists) for first in range(0, len(fault_list), 50)]
        for (scenario, mode, _), results in zip(batches, pool.map(lambda batch: try_batch(*batch), batches)):
            for fault, verdict in results:
                kind = verdict.split(":")[0]
                totals[kind] += 1
                calls.add(fault.split()[1])
                injected_errnos.add(tuple(fault.split()[1::2]))
                if kind == "bad":
                    print(f"{scenario}, {mode}: {describe(fault, names)}: {verdict.removeprefix('bad: ')}")
    injected = totals.total() - totals["missed"]
    print(f"{injected} faults injected ({len(calls)} calls, {len(injected_errnos)} pairs of call and errno, "
          f"{len(worlds)} scenarios): {totals['survived']} survived, {totals['refused']} refused to start, "
          f"{totals['bad']} bad, {totals['missed']} not met, in {time.monotonic() - start:.0f} s")
    # A call that comes only at times may be missed; most must be met, or this proves nothing.
    return 0 if totals["bad"] == 0 and injected > 0 and totals["missed"] * 50 < injected else 1


sys.exit(main())
