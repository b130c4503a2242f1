"""Makes every system call of cppinit fail with every errno that its man page lists: once at each place, and for ever.

faults.py INJECT CPPINIT [SCENARIO]...

Nothing of that list is written by hand: the calls are those that cppinit makes in each scenario of `inject`, as PID 1 and
as a subreaper; the errnos are those of the pages' sections ERRORS, and EPERM and ENOSYS, which filters answer. A place is
the nth time that cppinit, or its child before exec, makes a call in a scenario; of a call that it makes again and again,
as for each process in /proc, the first ones. A call that fails for ever does so from the moment that cppinit sleeps for
the first time; cppinit must neither burn a core nor outlive its program.

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
MAX_PLACES = 8
# The place that stands for every call from the first sleep on.
ALWAYS = "0"
# Faults that one process of `inject` tries in turn. Those that last take some of them seconds.
BATCH_SIZE = 50
LASTING_BATCH_SIZE = 8
TRIES = 3
# Those that do not return.
ENDINGS = {"exit", "exit_group", "rt_sigreturn"}
# How many run at once: most of the time of a run is waiting.
WORKERS = 4 * (os.cpu_count() or 1)

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
        if name in ENDINGS or int(nth) > MAX_PLACES:
            continue
        for error in errnos_of(name):
            yield f"{who} {number} {nth} {error}"


def describe(fault, names):
    who, number, nth, error = fault.split()
    which = "every" if nth == ALWAYS else f"no. {nth}"
    return f"{who}: {names[int(number)]} {which} fails with {errno.errorcode[int(error)]}"


def try_batch(scenario, mode, batch):
    """A call that is made only at times is tried again, and so is what took too long or found no room for a process:
    the machine may be busy."""
    verdicts = {}
    undecided = batch
    for _ in range(TRIES):
        answer = run_inject("try", scenario, mode, "\n".join(undecided) + "\n")
        lines = answer.stdout.splitlines()
        # What ends the driver itself is a finding too.
        lines += [f"slow: no verdict: {answer.stderr}"] * (len(undecided) - len(lines))
        verdicts.update(zip(undecided, lines))
        undecided = [fault for fault in undecided if kind_of(verdicts[fault]) in ("missed", "slow")]
        if not undecided:
            break
    return verdicts


def kind_of(verdict):
    return verdict.partition(":")[0]


def batches_of(scenario, mode, fault_list):
    for lasts, size in ((False, BATCH_SIZE), (True, LASTING_BATCH_SIZE)):
        chosen = [fault for fault in fault_list if (fault.split()[2] == ALWAYS) == lasts]
        for first in range(0, len(chosen), size):
            yield scenario, mode, chosen[first : first + size]


def main():
    start = time.monotonic()
    names = call_names()
    scenarios = sys.argv[3:] or subprocess.run([inject, "list"], capture_output=True, text=True, check=True).stdout.split()
    totals = collections.Counter()
    calls, injected_errnos = set(), set()
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        worlds = [(scenario, mode) for scenario in scenarios for mode in MODES]
        lists = pool.map(lambda world: list(faults(*world, names)), worlds)
        batches = [batch for world, fault_list in zip(worlds, lists) for batch in batches_of(*world, fault_list)]
        for (scenario, mode, _), results in zip(batches, pool.map(lambda batch: try_batch(*batch), batches)):
            for fault, verdict in results.items():
                _, number, nth, error = fault.split()
                totals[kind_of(verdict)] += 1
                totals["lasting"] += nth == ALWAYS
                calls.add(number)
                injected_errnos.add((number, error))
                if kind_of(verdict) in ("bad", "slow"):
                    print(f"{scenario}, {mode}: {describe(fault, names)}: {verdict}")
    bad = totals["bad"] + totals["slow"]
    injected = totals["survived"] + totals["refused"] + bad
    print(f"{injected} faults injected, {totals['lasting']} of them for ever ({len(calls)} calls, "
          f"{len(injected_errnos)} pairs of call and errno, {len(worlds)} scenarios): {totals['survived']} survived, "
          f"{totals['refused']} refused to start, {bad} bad, {totals['missed']} not met, "
          f"in {time.monotonic() - start:.0f} s")
    # A call that is made only at times may be missed; most must be met, or this proves nothing.
    return 0 if bad == 0 and injected > 0 and totals["missed"] * 50 < injected else 1


sys.exit(main())
