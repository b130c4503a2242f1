"""What of the suite a kernel runs, and whether it does what it should there.

suite.py select KERNEL [all]     writes to build/kernels/KERNEL.suite which tests those are, for guest: those of selection.txt, or
                                 all tests of its files
suite.py judge KERNEL LOG        reads a console's log, prints what went wrong, and notes the result; fails where something did
suite.py table [DOCUMENT]        the results that were noted, as a table, which is also put between two marks of the document
"""
import collections
import fnmatch
import json
import os
import re
import sys

from differences import DIFFERENCES

HERE = os.path.dirname(os.path.abspath(__file__))
INTEGRATION = os.path.dirname(HERE)
RESULTS = os.path.join(os.path.dirname(INTEGRATION), "build", "kernels")


def selection():
    """The rows of selection.txt: a file, and the beginning of a test's name."""
    with open(os.path.join(HERE, "selection.txt"), encoding="utf-8") as lines:
        return [line.split(None, 1) for line in map(str.strip, lines) if line and not line.startswith("#")]


def tests_of(file):
    with open(os.path.join(INTEGRATION, file), encoding="utf-8") as lines:
        return re.findall(r'^@test "(.*)" \{', lines.read(), re.MULTILINE)


def differences(kernel):
    return [row for row in DIFFERENCES if fnmatch.fnmatch(kernel, row.kernel)]


def listed(kernel, name):
    """The difference that a test of this name has on that kernel."""
    return next((row for row in differences(kernel) if fnmatch.fnmatch(name, row.test)), None)


def files(kernel=None):
    """Of gVisor's terminals nothing is expected (differences.py)."""
    every = dict.fromkeys(file for file, _ in selection())
    return [file for file in every if kernel != "gvisor" or not file.startswith("terminal/")]


def select(kernel, everything):
    chosen = []
    for file in files(kernel):
        beginnings = tuple(beginning for of, beginning in selection() if of == file)
        for beginning in beginnings:
            if not any(name.startswith(beginning) for name in tests_of(file)):
                sys.exit(f"suite.py: {file} has no test '{beginning}...'")
        chosen += [name for name in tests_of(file) if everything or name.startswith(beginnings)]
    # What is known to differ is run where everything is, to see whether it still does.
    chosen = [name for name in chosen if not (found := listed(kernel, name)) or (everything and found.runs)]
    # bats takes an extended regular expression of bash's.
    names = "|".join(re.sub(r"[^A-Za-z0-9 ]", ".", name) for name in chosen)
    with open(os.path.join(RESULTS, f"{kernel}.suite"), "w", encoding="utf-8") as out:
        print(f"^({names})$", *(f"integration/{file}" for file in files(kernel)), sep="\n", file=out)


def judge(kernel, log):
    with open(log, encoding="utf-8", errors="replace") as file:
        lines = [line.rstrip("\r\n") for line in file]
    where = {name: file for file in files() for name in tests_of(file)}
    passed, ran, wrong, differed = collections.Counter(), collections.Counter(), [], set()
    plan = next((int(line[3:]) for line in lines if re.fullmatch(r"1\.\.\d+", line)), 0)
    for line in lines:
        result = re.search(r"\b(not ok|ok) \d+ (.*?)(?: in \d+(?:ms|sec))?( # skip.*)?$", line)
        if result is None or result[2] not in where:
            continue
        name, difference = result[2], listed(kernel, result[2])
        ran[where[name]] += 1
        has_passed = result[1] == "ok" and not result[3]
        passed[where[name]] += has_passed
        if difference:
            differed.add(difference)
        if has_passed == bool(difference):
            wrong.append(f"passes, and is listed as different: {name}" if has_passed else f"failed: {name}")
    version = next((line.split()[2] for line in lines if re.match(r"kernel: \w+ \d", line)), None)
    if "kernel: over" not in lines or version is None:
        wrong.append("the tests were not over when the kernel ended")
    if sum(ran.values()) != plan or plan == 0:
        wrong.append(f"{plan} tests were announced, and {sum(ran.values())} have a result")
    for line in wrong:
        print(line)
    print(f"{version}: {sum(passed.values())} of {sum(ran.values())} passed, {len(differed)} listed as different, {len(wrong)} wrong")
    with open(os.path.join(RESULTS, f"{kernel}.json"), "w", encoding="utf-8") as out:
        json.dump({"version": version, "passed": passed, "ran": ran, "wrong": wrong,
                   "reasons": [difference.reason for difference in differences(kernel)]}, out)
    return not wrong


def kernels():
    with open(os.path.join(HERE, "kernels.txt"), encoding="utf-8") as lines:
        return [line.split()[0] for line in lines if line.strip() and not line.startswith("#")]


def rows():
    """Of the kernels that did as they should."""
    yield f"| kernel | version | {' | '.join(os.path.basename(file).removesuffix('.bats') for file in files())} |"
    yield "|---|---|" + "---|" * len(files())
    for kernel in kernels():
        try:
            with open(os.path.join(RESULTS, f"{kernel}.json"), encoding="utf-8") as noted:
                result = json.load(noted)
        except FileNotFoundError:
            continue
        if result["wrong"]:
            continue
        cells = [f"{result['passed'].get(file, 0)} of {result['ran'][file]}" if file in result["ran"] else "-" for file in files()]
        yield f"| {kernel} | {result['version']} | {' | '.join(cells)} |"


def table(document=None):
    head, line, *new = rows()
    print("\n".join([head, line, *new]))
    if document is not None:
        write(document, head, line, new)


def write(document, head, line, new):
    """The row of a kernel that has not run here stays."""
    begin, end = "<!-- kernels: begin -->\n", "<!-- kernels: end -->"
    with open(document, encoding="utf-8") as file:
        before, _, rest = file.read().partition(begin)
        old, _, after = rest.partition(end)
    known = {row.split()[1]: row for row in [*old.splitlines()[2:], *new] if row.startswith("| ")}
    with open(document, "w", encoding="utf-8") as file:
        file.write(before + begin + "\n".join([head, line, *(known[kernel] for kernel in kernels() if kernel in known)]) + "\n" + end + after)


def main():
    os.makedirs(RESULTS, exist_ok=True)
    command, *words = sys.argv[1:]
    if command == "select":
        select(words[0], "all" in words[1:])
    elif command == "judge":
        sys.exit(0 if judge(*words) else 1)
    else:
        table(*words)


if __name__ == "__main__":
    main()
