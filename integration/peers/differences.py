"""Where cppinit under a peer's name does not do as the peer does, and why: each is a peer's bug."""
import fnmatch
import typing


class Difference(typing.NamedTuple):
    peer: str
    # The mode and name of the command lines, and what of them differs, with the wildcards of a shell.
    cases: str
    field: str
    reason: str

    def covers(self, case, field):
        is_case = fnmatch.fnmatchcase(str(case), f"{self.peer} {self.cases}")
        return is_case and fnmatch.fnmatchcase(field, self.field)


PERMUTES = "getopt takes the program's options for its own (field.md 14: T 91, catatonit)"
MIXES = "tini writes what it has to say into the program's stdout (contract: -v is more on stderr)"
CRASHES = "a signal of a crash kills it, or is lost as PID 1 (field.md 9: T 104)"
LIBC = "libc keeps 32 and 33 out of its sets, and so they kill it or are lost (field.md 8)"
VALUE = "forwarded with kill, so that its value is lost (contract: a single child's is kept)"
FOREGROUND = "takes the foreground though it was started in the background, and does not give it back (field.md 17)"
STOPS = "does not stop with its program, so that the shell is not there again after Ctrl-Z (contract: Terminal)"
LISTENS = "LISTEN_PID goes on naming the init, which takes no sockets (contract: Start 3)"
SILENT = "a signal that may not be sent is lost in silence (contract: a warning)"
STDERR = "asked for, it comes on stderr (contract: print on stdout)"
STOPPED = "stops itself where no shell has job control, and reaps and forwards nothing (contract: Terminal)"

DIFFERENCES = [Difference(*row) for row in (
    ("tini", "*: an option of the program without --*", "*", PERMUTES),
    ("tini", "*: options of the init's letters behind*", "*", PERMUTES),
    ("tini", "*: 32 and 33", "*", LIBC),
    ("tini", "*: TERM with a value", "received", VALUE),
    ("tini", "process: a crash's *", "*", CRASHES),
    ("tini", "pid1: signals of crashes from kill", "*", CRASHES),
    ("tini", "*: a stop's SIGTT*", "received", "TTIN and TTOU are not forwarded (contract: every signal)"),
    ("tini", "process: CHLD inherited as ignored", "exit", "hangs (field.md 1)"),
    ("tini", "process: LISTEN_PID of the init", "environment", LISTENS),
    ("tini", "process: an idle second and a half", "stdout", "wakes each second (contract: it polls)"),
    ("tini", "process: TERM for a program that it may not signal", "*", "ends (field.md 6: T 9)"),
    ("tini", "process: stdin closed", "*", "fails where a standard descriptor is closed (field.md 21)"),
    ("tini", "process: all three closed", "*", "fails where a standard descriptor is closed (field.md 21)"),
    ("tini", "shell: a job in the background", "terminal", FOREGROUND),
    ("tini", "shell: a script after it", "terminal", FOREGROUND),
    ("tini", "shell: Ctrl-Z for a job, then fg", "*", STOPS),
    ("tini", "process: TINI_VERBOSITY=[239]", "stdout", MIXES),
    ("tini", "pid1: -v*", "std*", MIXES),
    ("tini", "process: -sgvv", "std*", MIXES),
    ("tini", "process: TINI_VERBOSITY=0 -v", "stderr", "the variable wins (contract: the command line wins)"),
    ("tini", "process: -p of a name without SIG", "exit", "not taken (contract: names with or without SIG)"),
    ("tini", "process: -p of a number", "exit", "not taken (contract: a signal is a name or a number)"),
    ("tini", "process: -e of CODE:NEW", "exit", "not taken (contract: CODE[:NEW])"),
    ("tini", "process: -e 127 of a failed exec", "exit",
     "its own failure goes through -e and comes out as 0 (contract: --remap-exit applies to the first two rows)"),
    ("tini", "process: *--version*", "*", "--version is known only where it is the only word (contract: an option)"),

    ("dumb-init", "*: 32 and 33", "*", LIBC),
    ("dumb-init", "process: a stop's *", "states", STOPPED),
    ("dumb-init", "process: -c: a stop's *", "states", STOPPED),
    ("dumb-init", "process: -r 20:*", "states", STOPPED),
    ("dumb-init", "process: inherited ignores*", "ignored", "lost, and nohup with them (field.md 7)"),
    ("dumb-init", "process: an inherited mask", "blocked", "lost (field.md 7)"),
    ("dumb-init", "process: LISTEN_PID of the init", "environment", LISTENS),
    ("dumb-init", "process: an orphan", "stdout", "is no subreaper, and so never reaps it (contract: Start 2)"),
    ("dumb-init", "process: TERM for a program that it may not signal", "stderr", SILENT),
    ("dumb-init", "process: -[c-]*what the program is given*", "group", "no group of its own (contract: Start 3)"),
    ("dumb-init", "process: DUMB_INIT_SETSID=0: what*", "group", "no group of its own (contract: Start 3)"),
    ("dumb-init", "process: -c: * terminal", "received",
     "Ctrl-C and a resize come twice (field.md 21), as the program stays in its group"),
    ("dumb-init", "process: -[hV]", "std*", STDERR),
    ("dumb-init", "process: --help", "std*", STDERR),
    ("dumb-init", "process: --version", "std*", STDERR),
    ("dumb-init", "process: --single, shortened", "*",
     "getopt_long takes any beginning of a name, which dumb-init's documents do not speak of (contract: long forms)"),

    ("catatonit", "*what the program is given*", "blocked", "TSTP, TTIN and TTOU stay blocked (field.md 7)"),
    ("catatonit", "process: inherited *", "blocked", "TSTP, TTIN and TTOU stay blocked (field.md 7)"),
    ("catatonit", "process: an *", "blocked", "TSTP, TTIN and TTOU stay blocked (field.md 7)"),
    ("catatonit", "process: LISTEN_PID of the init", "blocked", "TSTP, TTIN and TTOU stay blocked (field.md 7)"),
    ("catatonit", "shell: a job *", "blocked", "TSTP, TTIN and TTOU stay blocked (field.md 7)"),
    ("catatonit", "*: an option of the program without --*", "*", PERMUTES),
    ("catatonit", "*: options of the init's letters behind*", "*", PERMUTES),
    ("catatonit", "*: 32 and 33", "*", LIBC),
    ("catatonit", "*: TERM with a value", "received", VALUE),
    ("catatonit", "process: a crash's *", "*", CRASHES),
    ("catatonit", "pid1: signals of crashes from kill", "*", CRASHES),
    ("catatonit", "*: a stop's *", "received", "TSTP, TTIN and TTOU are dropped (field.md 21)"),
    ("catatonit", "process: TERM for a program that it may not signal", "*",
     "fails where its kill(program, 0) comes late enough to be refused, else the signal is lost in silence (field.md 6)"),
    ("catatonit", "process: CHLD inherited as ignored", "*", "loses the program's end (field.md 1)"),
    ("catatonit", "shell: a job in the background", "terminal", FOREGROUND),
    ("catatonit", "shell: a script after it", "terminal", FOREGROUND),
    ("catatonit", "shell: Ctrl-Z for a job, then fg", "*", STOPS),
    ("catatonit", "process: -h", "std*", STDERR),
)]
