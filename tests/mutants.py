"""Breaks src/core and src/os in places drawn by a seed, one at a time, and prints the changes that no test notices.

A mutant meets the unit tests, and if these pass, those tests of integration that BATS names for its file. It is killed by
a test that fails with it and passes without it. Debian has no mull, and no other mutation tester for C++.

A broken cppinit may signal every process that it can see: whatever runs one is in a PID namespace of its own.
"""

import filecmp
import os
import pathlib
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
HOME = ROOT / "build/mutants"
TREE = HOME / "tree"
BUILD = HOME / "build"
# The binaries of the one tree and of the other.
BROKEN = HOME / "broken"
UNBROKEN = HOME / "unbroken"
TEMPORARY = HOME / "tmp"
BINARIES = {"unit_tests": "tests/unit_tests", "cppinit": "cppinit", "fixture": "integration/fixtures/fixture"}

# The quick files of integration whose subject is the module. A module without a line of its own has BATS_OF_ANY.
BATS = {
    "account": "behaviour/exit_reason behaviour/log behaviour/report behaviour/oom",
    "descendants": "behaviour/end behaviour/guests behaviour/stop_signals behaviour/old_signals behaviour/orphans",
    "inbox": "behaviour/signals behaviour/start behaviour/filters",
    "job": "terminal/job_control terminal/terminal_signals terminal/terminal terminal/readers",
    "job_control": "terminal/job_control terminal/terminal_signals",
    "lines": "behaviour/hidden",
    "log": "behaviour/log behaviour/standard_streams",
    "main_child": "behaviour/signals behaviour/stopped behaviour/stop_signals",
    "memory_cgroup": "behaviour/oom",
    "neighbour": "terminal/readers terminal/terminal_signals",
    "output": "behaviour/start behaviour/report",
    "parent": "behaviour/parent_death",
    "pid_set": "behaviour/end behaviour/guests",
    "procfs": "behaviour/end behaviour/ps behaviour/hidden behaviour/log",
    "ps": "behaviour/ps",
    "report": "behaviour/report",
    "report_file": "behaviour/report",
    "self": "behaviour/start behaviour/standard_streams behaviour/environment behaviour/parent_death",
    "spawn": "behaviour/start behaviour/exit_code behaviour/failed_exec behaviour/environment",
    "supervise": "behaviour/exit_code behaviour/signals behaviour/end behaviour/time_limit behaviour/log behaviour/report"
    " behaviour/stopped behaviour/exit_reason terminal/job_control",
    "sys": "behaviour/start behaviour/signals behaviour/end behaviour/filters behaviour/report terminal/terminal",
    "terminal": "terminal/terminal terminal/job_control terminal/terminal_signals",
    "walks": "behaviour/end behaviour/guests behaviour/hidden behaviour/orphans",
}
BATS_OF_ANY = "behaviour/exit_code behaviour/signals behaviour/end"

# The walk through every sequence of events takes seconds, and is about the lifecycle alone.
WALK = "Policies/*"
WALKED = {"lifecycle", "policy"}

# What is replaced in a line of code, and by what.
OPERATORS = [
    (r" == ", " != "),
    (r" != ", " == "),
    (r" < ", " <= "),
    (r" > ", " >= "),
    (r" <= ", " < "),
    (r" >= ", " > "),
    (r" && ", " || "),
    (r" \|\| ", " && "),
    (r" \+ ", " - "),
    (r" - ", " + "),
    (r" \| ", " & "),
    (r"(?<=[( ])!(?=[\w(])", ""),
    (r"\bif \((?!const |auto )(.*)\)(?= )", r"if (!(\1))"),
    (r"\btrue\b", "false"),
    (r"\bfalse\b", "true"),
    (r"(?<![\w'.])\d+(?![\w'.])", lambda match: str(int(match[0]) + 1)),
    (r"\b(?:continue|break);", ";"),
    # The case of a switch does nothing, where it is of a function without a value.
    (r"(?<=: )return [\w.]+\(.*\);", "return;"),
    # A statement is left out: a call or an assignment.
    (r"^ +(?!return|const |auto |using |static |constexpr |case )[\w.\->:\[\]()*]+(?:\(.*\)| [|&+\-]?= .*);$", ""),
]
NO_PLACE = re.compile(r"\s*(#|template|static_assert|using|namespace)")


class Mutant:
    def __init__(self, path, number, line, broken):
        self.path, self.number, self.line, self.broken = path, number, line, broken

    def __str__(self):
        return f"{self.path.relative_to(TREE)}:{self.number + 1}"

    def write(self):
        lines = self.path.read_text().split("\n")
        lines[self.number] = self.broken
        self.path.write_text("\n".join(lines))

    def take_back(self):
        lines = self.path.read_text().split("\n")
        lines[self.number] = self.line
        self.path.write_text("\n".join(lines))


def mutants_of(path):
    for number, line in enumerate(path.read_text().split("\n")):
        # Strings and comments are no places to break.
        code = re.sub(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])'|//.*", lambda match: "_" * len(match[0]), line)
        code = code.rstrip("_").rstrip() if "//" in line else code
        if NO_PLACE.match(code):
            continue
        for pattern, replacement in OPERATORS:
            for match in re.finditer(pattern, code):
                # What a group takes over comes from the line itself, with its strings.
                new = replacement(match) if callable(replacement) else replacement
                if match.re.groups:
                    new = new.replace(r"\1", line[match.start(1) : match.end(1)])
                yield Mutant(path, number, line, line[: match.start()] + new + line[match.end() :])


def limit_files():
    """A broken cppinit that logs without end is not to fill the disk."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 28, 1 << 28))


def lines_of(command, seconds, environment):
    """The lines that the command prints, in a PID namespace that ends with it, when the time is over or when no more are read."""
    TEMPORARY.mkdir()
    alone = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc", UNBROKEN / "cppinit", "--leftovers=leave"]
    process = subprocess.Popen(
        ["timeout", "--signal=KILL", str(seconds), *alone, *command],
        cwd=TREE,
        env=os.environ | {"TMPDIR": str(TEMPORARY)} | environment,
        start_new_session=True,
        preexec_fn=limit_files,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        errors="replace",
    )
    try:
        yield from process.stdout
        yield f"exit code {process.wait()}"
    finally:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()
        shutil.rmtree(TEMPORARY, ignore_errors=True)


class Tests:
    """Tests that are run together. Those that fail without a mutant are known, and kill none."""

    # What a test that has failed is printed as.
    failed = ""

    def __init__(self, names):
        self.names = names
        self.seconds = 600
        begin = time.monotonic()
        self.known = set(self.failures(UNBROKEN))
        self.seconds = int(30 + 5 * (time.monotonic() - begin))
        if self.known:
            print(f"fails without a mutant: {names}: {', '.join(self.known)}", flush=True)

    def command(self, folder, only):
        raise NotImplementedError

    def failures(self, folder, only=None):
        """The tests that fail with the binaries in the folder. A run that does not end as it should has a last line of its own."""
        last = ""
        environment = {"CPPINIT": str(folder / "cppinit"), "FIXTURE": str(UNBROKEN / "fixture")}
        for last in lines_of(self.command(folder, only), self.seconds, environment):
            failed = re.match(self.failed, last)
            if failed:
                yield failed[1]
        if last != "exit code 0":
            yield last

    def first_failure(self, folder, only=None):
        return next((test for test in self.failures(folder, only) if test not in self.known), None)

    def killer(self):
        """The first test that fails with the mutant, fails with it again, and does not fail without it."""
        while test := self.first_failure(BROKEN):
            only = None if test.startswith("exit code") else test
            if self.first_failure(BROKEN, only) and not self.first_failure(UNBROKEN, only):
                return f"{self.names}: {test}"
            print(f"fails now and then: {self.names}: {test}", flush=True)
            self.known.add(test)
        return None


class UnitTests(Tests):
    failed = r"\[  FAILED  \] ([\w/.]+)"

    def command(self, folder, only):
        return [folder / "unit_tests", "--gtest_fail_fast", f"--gtest_filter={only or self.names}"]


class BatsFile(Tests):
    failed = r"not ok \d+ (.*)"

    def command(self, folder, only):
        chosen = ["--filter", f"^{re.escape(only)}$"] if only else []
        return ["bats", "--tap", *chosen, f"integration/{self.names}.bats"]


class Judge:
    def __init__(self):
        self.fast, self.walk, self.bats = UnitTests(f"-{WALK}"), UnitTests(WALK), {}

    def tests_of(self, path):
        yield self.fast
        if path.stem in WALKED:
            yield self.walk
        for name in BATS.get(path.stem, BATS_OF_ANY).split():
            if name not in self.bats:
                self.bats[name] = BatsFile(name)
            yield self.bats[name]

    def verdict(self, path):
        if not builds():
            return "does not compile", ""
        if all(filecmp.cmp(BROKEN / name, UNBROKEN / name, shallow=False) for name in BINARIES):
            return "same code", ""
        for tests in self.tests_of(path):
            if killer := tests.killer():
                return "killed", f" by {killer}"
        return "survived", ""


def builds():
    command = ["cmake", "--build", BUILD, "--target", *BINARIES]
    if subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode != 0:
        return False
    for name, built in BINARIES.items():
        shutil.copy2(BUILD / built, BROKEN / name)
    return True


def prepare():
    for folder in (TREE, BROKEN, UNBROKEN, TEMPORARY):
        shutil.rmtree(folder, ignore_errors=True)
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (TREE / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, TREE / name)
    options = ["-DCMAKE_BUILD_TYPE=Debug", "-DCMAKE_CXX_FLAGS_DEBUG=-O1", "-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"]
    # Otherwise a broken program lists its tests while it is built, outside of a namespace.
    options += ["-DCMAKE_GTEST_DISCOVER_TESTS_DISCOVERY_MODE=PRE_TEST"]
    subprocess.run(["cmake", "-S", TREE, "-B", BUILD, "-G", "Ninja", *options], check=True, stdout=subprocess.DEVNULL)
    BROKEN.mkdir()
    if not builds():
        sys.exit("mutants: the unbroken tree does not build")
    shutil.copytree(BROKEN, UNBROKEN)


def score(verdicts):
    killed, survived = verdicts.count("killed"), verdicts.count("survived")
    return (
        f"{killed} of {killed + survived} killed; {verdicts.count('same code')} made the same code, "
        f"{verdicts.count('does not compile')} did not compile"
    )


def main():
    # What runs ends with this, and the score of the mutants so far is printed.
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, lambda number, _: sys.exit(128 + number))
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    prepare()
    part = sys.argv[3] if len(sys.argv) > 3 else ""
    paths = [path for folder in ("core", "os") for path in (TREE / "src" / folder).glob("*.*") if path.suffix in (".h", ".cpp")]
    places = [mutant for path in sorted(paths) for mutant in mutants_of(path) if part in str(mutant)]
    commit = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False)
    print(f"mutants: of {commit.stdout.strip()}, {len(places)} places in src/{part or '*'}, seed {seed}", flush=True)
    random.Random(seed).shuffle(places)
    judge = Judge()
    verdicts = []
    try:
        while places and sum(result in ("killed", "survived") for result in verdicts) < count:
            mutant = places.pop()
            mutant.write()
            result, why = judge.verdict(mutant.path)
            mutant.take_back()
            verdicts.append(result)
            print(f"{result}: {mutant}{why}", flush=True)
            if result == "survived":
                print(f"    - {mutant.line.strip()}\n    + {mutant.broken.strip()}", flush=True)
    finally:
        print(f"mutants: seed {seed}: {score(verdicts)}", flush=True)


main()
