"""Runs one command line through an init and says what was seen from outside and from inside."""
import collections
import ctypes
import fcntl
import os
import pty
import shutil
import signal
import struct
import subprocess
import termios
import time

DEADLINE_SECONDS = 20
# An init that has no child left and sleeps on for this long hangs: each of them ends within milliseconds.
HANGS_AFTER_SECONDS = 3

# What is left behind comes to this process, and so can be seen and ended.
PR_SET_CHILD_SUBREAPER = 36
ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def status_of(pid):
    """The fields of /proc/PID/status; none where there is no such process."""
    try:
        with open(f"/proc/{pid}/status", encoding="utf-8", errors="replace") as lines:
            return dict(line.rstrip("\n").split(":\t", 1) for line in lines if ":\t" in line)
    except OSError:
        return {}


def state_of(pid):
    return status_of(pid).get("State", "Z")[0]


def children_of(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="utf-8") as children:
            return [int(child) for child in children.read().split()]
    except OSError:
        return []


def tree_of(pid):
    """The process and everybody below it."""
    return [pid] + [below for child in children_of(pid) for below in tree_of(child)]


def poll(condition):
    """Waits until the condition is true; False at the deadline."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.002)
    return True


def is_at_rest(pid):
    """Asleep, stopped or gone, with no signal waiting, and so twice in a row: the process did not wake between."""
    def look():
        status = status_of(pid)
        waiting = int(status.get("SigPnd", "0"), 16) | int(status.get("ShdPnd", "0"), 16)
        return status.get("State", "Z")[0], waiting, status.get("voluntary_ctxt_switches")
    first = look()
    if first[0] not in "STZ" or (first[0] == "S" and first[1] != 0):
        return False
    time.sleep(0.002)
    return look() == first


class Run:
    """A command line under way. The steps of a case are its methods."""

    def __init__(self, init, case, folder):
        self.case = case
        self.folder = folder
        self.terminal = None
        self.states = ""
        self.left_before_end = ""
        stdin = subprocess.DEVNULL
        if case.terminal:
            self.terminal, stdin = pty.openpty()
        with open(self.path("stdout"), "wb") as out, open(self.path("stderr"), "wb") as err:
            self.outer = subprocess.Popen(
                self.command(init), stdin=stdin, stdout=out, stderr=err, cwd=folder,
                env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "FIXTURE": os.environ["FIXTURE"], **case.env},
                preexec_fn=self.take_terminal if case.terminal and case.mode != "pid1" else None)
        if case.terminal:
            os.close(stdin)
        self.init = self.outer.pid
        if case.mode != "process":
            poll(lambda: children_of(self.outer.pid) or self.outer.poll() is not None)
            self.init = next(iter(children_of(self.outer.pid)), self.outer.pid)
        with open(self.path("known"), "wb"):
            pass

    def command(self, init):
        fixture = os.environ["FIXTURE"]
        words = []
        if self.case.mode == "pid1":
            words += ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"]
            if self.case.terminal:
                words += ["setsid", "--ctty"]
        if self.case.mode == "shell":
            words += ["bash", "--norc", "-ic", self.case.shell, "bash"]
        # Whatever signals this process has inherited itself.
        words += [fixture, "with", *self.case.signals, *self.case.before, init]
        return words + [fixture if word == "FIXTURE" else word for word in self.case.words]

    @staticmethod
    def take_terminal():
        os.setsid()
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    def path(self, name):
        return os.path.join(self.folder, name)

    def text(self, name):
        try:
            with open(self.path(name), encoding="utf-8", errors="replace") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    @property
    def child(self):
        return next(iter(children_of(self.init)), None)

    # ---- steps ----

    def ready(self):
        """The program has said so."""
        poll(lambda: "ready\n" in self.text("stdout") or self.has_ended())
        self.settle()

    def settle(self):
        poll(lambda: all(is_at_rest(pid) for pid in tree_of(self.init)))

    def send(self, *signals, value=None):
        """Each signal to the init, once the one before has come to rest."""
        for number in signals:
            if not self.is_there():
                return
            if value is None:
                os.kill(self.init, number)
            else:
                subprocess.run([os.environ["FIXTURE"], "send", str(self.init), str(value)], check=True)
            self.settle()

    def type(self, text, has_come):
        """The kernel hands on what is typed in its own time: has_come says when."""
        os.write(self.terminal, text)
        poll(lambda: has_come() or self.has_ended())
        self.settle()

    def count(self, number):
        """How often the program has received a signal."""
        return self.text("stdout").count(f"signal {number} ")

    def resize(self, rows):
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, 100, 0, 0))
        self.settle()

    def hang_up(self):
        os.close(self.terminal)
        self.terminal = None
        self.settle()

    def note_states(self):
        """The letters of the init's and the program's state."""
        self.states += f"{state_of(self.init)}{state_of(self.child) if self.child else '-'} "

    def end(self):
        """The program gets a KILL."""
        self.left_before_end = self.text("left")
        if self.child:
            os.kill(self.child, signal.SIGKILL)
        if state_of(self.init) == "T":
            os.kill(self.init, signal.SIGCONT)

    # ---- the end ----

    def is_there(self):
        return not self.has_ended()

    def has_ended(self):
        return self.outer.poll() is not None or state_of(self.init) in "ZX"

    def hangs(self):
        """Nothing is left to wait for, and yet it waits."""
        until = time.monotonic() + HANGS_AFTER_SECONDS
        while self.is_there() and not [child for child in children_of(self.init) if state_of(child) != "Z"]:
            if time.monotonic() > until:
                return True
            time.sleep(0.01)
        return False

    def wait(self):
        hangs = False

        def is_over():
            nonlocal hangs
            hangs = self.hangs()
            return hangs or self.outer.poll() is not None
        if not poll(is_over) or hangs:
            return "hangs"
        return self.outer.returncode

    def clean_up(self):
        """Ends what is left once it has come to rest; says how many of the leftovers were alive."""
        leftovers = [child for child in children_of(os.getpid()) if child != self.outer.pid]
        leftovers += [child for leftover in leftovers for child in children_of(leftover)]
        for leftover in leftovers:
            poll(lambda pid=leftover: is_at_rest(pid))
        alive = sum(state_of(leftover) not in "ZX" for leftover in leftovers)
        if self.outer.poll() is None:
            leftovers += [self.outer.pid, self.init, *children_of(self.init)]
        for pid in leftovers:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.outer.wait()
        # What they had below them comes here in turn.
        while pids := children_of(os.getpid()):
            for pid in pids:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
        if self.terminal is not None:
            os.close(self.terminal)
        return alive


def understand(run, text):
    """What the fixture has told about the program, a field each: a pid is told by whose it is."""
    fields = collections.defaultdict(list)
    for line in text.splitlines():
        if line.startswith("signal "):
            _, number, _, code, _, value, _, sender = line.split()
            told = f"signal {number} code {code}" + (f" value {value}" if code == "-1" else "")
            from_whom = "the init" if int(sender) in (1, run.init) else "the kernel" if code == "128" else "another"
            fields["received"].append(f"{told} from {from_whom}")
        elif ": " in line and line.split(": ", 1)[0] in FACTS:
            name, fact = line.split(": ", 1)
            fields[name].append(fact)
        else:
            fields["stdout"].append(line)
    fields["received"].sort()
    whose = {f"LISTEN_PID={run.init}": "LISTEN_PID=the init's",
             **{f"LISTEN_PID={pid}": "LISTEN_PID=the program's" for pid in fields.pop("pid", ())}}
    fields["environment"] = [whose.get(entry, entry) for entry in fields["environment"]]
    return fields


FACTS = ("pid", "group", "session", "terminal", "blocked", "ignored", "descriptors", "directory", "environment",
         "argument")
FIELDS = ("exit", "stderr", "stdout", "received", "states", "left received", "left alive", *FACTS)


def observe(init, case, folder):
    """Everything that can be compared, by field."""
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    run = Run(init, case, folder)
    case.steps(run)
    exit_code = run.wait()
    alive = run.clean_up()
    fields = understand(run, run.text("stdout") + run.text("facts"))
    # The end of PID 1 is everybody's: the kernel's KILL comes before what is left can tell of a signal, or after it.
    left = understand(run, run.left_before_end if case.mode == "pid1" else run.text("left"))
    seen = {name: fields[name] for name in FIELDS if fields[name]}
    seen["exit"] = exit_code
    seen["stderr"] = "a message" if run.text("told" if case.mode == "shell" else "stderr") else "nothing"
    seen["states"] = run.states
    seen["left received"] = left["received"]
    seen["left alive"] = alive
    if case.page:
        seen["stdout"] = case.page(run.text("stdout"))
    return seen
