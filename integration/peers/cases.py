"""The command lines that are compared."""
import dataclasses
import signal
import typing

from run import state_of

FORWARDED = [1, 2, 3, 10, 12, 13, 14, 15, 16, 18, 23, 24, 25, 26, 27, 28, 29, 30]
CRASHES = [4, 5, 6, 7, 8, 11, 31]
# libc keeps the first two for itself.
LIBCS = [32, 33]
REAL_TIME = [34, 35, 50, 64]
STOPS = [signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU]


@dataclasses.dataclass
class Case:
    """A command line of an init, and what happens while it runs."""
    peer: str
    name: str
    words: list
    steps: typing.Callable = lambda run: None
    # process, pid1, or shell: a job of this text, in which "$@" is the init.
    mode: str = "process"
    shell: str = ""
    env: dict = dataclasses.field(default_factory=dict)
    # What runs before the init, in its process.
    before: tuple = ()
    # Blocked and ignored, as `fixture with` takes them.
    signals: tuple = ("none", "none")
    terminal: bool = False
    # Of an own page: what of it must be the same.
    page: typing.Optional[typing.Callable] = None

    def __str__(self):
        return f"{self.peer} {self.mode}: {self.name}"


def is_printed(text):
    return "a page" if text else "nothing"


def version(text):
    """What `docker info` and scripts read: who it is, and which version. cppinit names the version of Debian 12; Debian 13 has a newer
    catatonit, which does the same in all these cases."""
    return " ".join(text.split(" - ")[0].split()).replace("0.2.1_catatonit", "0.1.7_catatonit")


def sends(*signals, value=None):
    """The program records these signals and then is killed."""
    def steps(run):
        run.ready()
        run.send(*signals, value=value)
        run.note_states()
        run.end()
    return steps


def sends_and_ends(*signals):
    """The last of these signals ends the init."""
    def steps(run):
        run.settle()
        run.send(*signals)
    return steps


def interrupts(run):
    """Ctrl-C a few times: what an init adds to what the terminal sends may merge with it once, but not each time."""
    run.ready()
    for times in range(1, 6):
        run.type(b"\x03", lambda times=times: run.count(2) >= times)
    run.end()


def resizes(run):
    run.ready()
    for rows in range(50, 55):
        run.resize(rows)
    run.end()


def hangs_up(run):
    run.ready()
    run.hang_up()
    run.end()


def is_suspended(run):
    run.ready()
    run.type(b"\x1a", lambda: state_of(run.child) == "T")
    run.note_states()
    if state_of(run.init) == "T":
        run.type(b"\n", lambda: state_of(run.init) != "T")
        run.note_states()
    run.end()


def shell(text):
    """After --, as tini and catatonit take a program's options for their own (field.md 14)."""
    return ["--", "sh", "-c", text]


def before(text):
    """What a shell does in the init's process before it."""
    return ("sh", "-c", f'{text}; exec "$0" "$@"')


RECORD = ["FIXTURE", "record"]
DESCRIBE = ["--", "FIXTURE", "describe", "true", "-v", "--", "", "two words"]
# A worker in the program's group, which ignores TERM as best as it can, and the program's end.
LEFTOVER = '"$FIXTURE" record >left & until grep -qs ready left; do :; done; '
# Jobs of an interactive shell, which has things of its own to say on stderr.
JOB = '"$@" 2>told; code=$?; if [ $code -lt 147 ]; then exit $code; fi; echo "stopped: $code"; read -r _; fg >fg'
BACKGROUND_JOB = '"$@" 2>told & wait $!'
# A shell without job control takes no foreground back.
SCRIPT = 'set +m; "$@" >/dev/null 2>told; "$FIXTURE" describe true'
# An orphan, and whose it has become.
ORPHAN = """
    "$FIXTURE" daemon sh -c 'echo $$ >orphan; exec sleep 1000'
    until grep -qs . orphan; do :; done
    if grep -qw "PPid:[[:space:]]*$PPID" "/proc/$(cat orphan)/status"; then echo "to the init"; else echo "past it"; fi
"""
# A program that the init may not signal: it is another user's, and the init has no CAP_KILL.
WITHOUT_KILL = ("setpriv", "--bounding-set", "-kill", "--inh-caps", "-kill")
ANOTHER_USERS = ["--", "setpriv", "--reuid", "65534", "--clear-groups", "sh", "-c", "echo ready; exec sleep 1000"]
# Its parent is killed as soon as the program is there and the init is known.
PARENT_DIES = '"$@" 2>told & until grep -qs ready stdout && [ -e known ]; do :; done; kill -KILL $$'
# A worker, and a program that records as well.
WORKER = LEFTOVER + 'exec "$FIXTURE" record'


def both_modes(peer, name, words, *arguments, **named):
    return [Case(peer, name, words, *arguments, mode=mode, **named) for mode in ("process", "pid1")]


def common(peer):
    """What every init is asked, whatever its options."""
    cases = []
    for name, words in {
            "the program's exit code": shell("exit 7"),
            "exit code 127 of the program": shell("exit 127"),
            "death by TERM": ["FIXTURE", "die", "15"],
            "death by KILL": ["FIXTURE", "die", "9"],
            "death by a real-time signal": ["FIXTURE", "die", "40"],
            "what the program is given": DESCRIBE,
            "an option of the program without -- before it": ["sh", "-c", "exit 7"],
            "options of the init's letters behind the program": ["echo", "-v", "-g", "x", "--version"],
            "a leftover": shell(LEFTOVER + "exit 3"),
            "orphans are reaped": shell('"$FIXTURE" orphans 3 </dev/null; exit 5'),
    }.items():
        cases += both_modes(peer, name, words)
    for name, numbers in {
            "everyday signals": FORWARDED,
            "real-time signals": REAL_TIME,
            "32 and 33": LIBCS,
            "CHLD": [17],
            **{f"a stop's {number.name} from kill": [number] for number in STOPS},
    }.items():
        cases += both_modes(peer, name, RECORD, sends(*numbers))
    cases.append(Case(peer, "signals of crashes from kill", RECORD, sends(*CRASHES), mode="pid1"))
    cases += both_modes(peer, "TERM with a value", RECORD, sends(15, value=7))
    cases += both_modes(peer, "TERM with a worker", shell(WORKER), sends(15))
    cases += [Case(peer, f"a crash's {signal.Signals(number).name} from kill", RECORD, sends(number))
              for number in CRASHES]
    for name, words in {
            "no program": [],
            "no program after --": ["--"],
            "an unknown option": ["-Z", "true"],
            "an unknown long option": ["--no-such-option", "true"],
            "a program that is not there": ["/no/such/program"],
            "a program that is not in PATH": ["no-such-program"],
            "a program that is no program": ["/etc/passwd"],
            "a folder": ["/etc"],
            "the empty program": [""],
    }.items():
        cases.append(Case(peer, name, words))
    cases += [
        Case(peer, "CHLD inherited as ignored", shell("exit 7"), signals=("none", "17")),
        Case(peer, "CHLD inherited as blocked", shell("exit 7"), signals=("17", "none")),
        Case(peer, "inherited ignores", DESCRIBE, signals=("none", "1,10")),
        Case(peer, "inherited ignores of the terminal's stops", DESCRIBE, signals=("none", "21,22")),
        Case(peer, "an inherited mask", DESCRIBE, signals=("1,10,20,34", "none")),
        Case(peer, "inherited descriptors", DESCRIBE, before=before("exec 5</dev/null 7</etc/passwd")),
        Case(peer, "LISTEN_PID of the init", DESCRIBE, before=before("export LISTEN_PID=$$ LISTEN_FDS=1")),
        Case(peer, "an environment", DESCRIBE, env={"A": "1", "B": "x  y", "CPPINIT_VERBOSE": "nonsense"}),
        Case(peer, "an orphan", shell(ORPHAN)),
        Case(peer, "TERM for a program that it may not signal", ANOTHER_USERS, sends(15), before=WITHOUT_KILL),
        Case(peer, "an idle second and a half", ["FIXTURE", "idle", "1500"]),
        *both_modes(peer, "what the program is given on a terminal", DESCRIBE, terminal=True),
        *both_modes(peer, "Ctrl-C on a terminal", RECORD, interrupts, terminal=True),
        *both_modes(peer, "a resize of the terminal", RECORD, resizes, terminal=True),
        Case(peer, "a hangup of the terminal", RECORD, hangs_up, terminal=True),
        Case(peer, "a job in the foreground", DESCRIBE, mode="shell", shell=JOB, terminal=True),
        Case(peer, "a job in the background", DESCRIBE, mode="shell", shell=BACKGROUND_JOB, terminal=True),
        Case(peer, "Ctrl-C for a job", RECORD, interrupts, mode="shell", shell=JOB, terminal=True),
        Case(peer, "Ctrl-Z for a job, then fg", shell('echo ready; exec "$FIXTURE" sleep'), is_suspended,
             mode="shell", shell=JOB, terminal=True),
        Case(peer, "a script after it", DESCRIBE, mode="shell", shell=SCRIPT, terminal=True),
    ]
    for name, closed in {"stdin": "<&-", "stdout": ">&-", "stderr": "2>&-", "all three": "<&- >&- 2>&-"}.items():
        cases.append(Case(peer, f"{name} closed", shell('"$FIXTURE" describe true >facts; exit 4'),
                          before=before(f"exec {closed}")))
    return cases


def tini():
    def case(*arguments, **named):
        return Case("tini", *arguments, **named)

    leave_orphan = shell('"$FIXTURE" orphans 1 </dev/null; "$FIXTURE" idle 300; exit 5')
    cases = [
        case("-g: TERM with a worker", ["-g", *shell(WORKER)], sends(15)),
        case("TINI_KILL_PROCESS_GROUP= : TERM with a worker", shell(WORKER), sends(15),
             env={"TINI_KILL_PROCESS_GROUP": ""}),
        case("-g: a leftover", ["-g", *shell(LEFTOVER + "exit 3")]),
        case("-s: silent", ["-s", "true"]),
        case("-s: a leftover", ["-s", *shell(LEFTOVER + "exit 3")]),
        case("-s: orphans", ["-s", *shell('"$FIXTURE" orphans 3 </dev/null; exit 5')]),
        case("-s as PID 1", ["-s", "true"], mode="pid1"),
        case("TINI_SUBREAPER= : silent", ["true"], env={"TINI_SUBREAPER": ""}),
        case("TINI_SUBREAPER=0: silent", ["true"], env={"TINI_SUBREAPER": "0"}),
        *(case(f"TINI_VERBOSITY={level}", ["true"], env={"TINI_VERBOSITY": level})
          for level in ("0", "1", "2", "3", "9", "x", "")),
        case("TINI_VERBOSITY=0 and a failure", ["no-such-program"], env={"TINI_VERBOSITY": "0"}),
        case("TINI_VERBOSITY=0 -v", ["-v", "true"], env={"TINI_VERBOSITY": "0"}),
        case("-v", ["-v", "true"], mode="pid1"),
        case("-vvv", ["-vvv", "true"], mode="pid1"),
        case("-sgvv", ["-sgvv", "true"]),
        case("-w: an orphan", ["-s", "-w", *leave_orphan]),
        case("-w: the program alone", ["-s", "-w", "true"]),
        case("-w as PID 1: an orphan", ["-w", *leave_orphan], mode="pid1"),
        case("-p SIGTERM", ["-p", "SIGTERM", *shell("exit 7")]),
        case("-pSIGKILL", ["-pSIGKILL", *shell("exit 7")]),
        case("-p SIGUSR1: its parent dies", ["-p", "SIGUSR1", *RECORD], mode="shell", shell=PARENT_DIES),
        case("-p of a name that is none", ["-p", "SIGNOSUCH", "true"]),
        case("-p of a name without SIG", ["-p", "TERM", "true"]),
        case("-p of a number", ["-p", "15", "true"]),
        case("-p without a value", ["-p"]),
        case("-e 143", ["-e", "143", "FIXTURE", "die", "15"]),
        case("-e143 -e 7", ["-e143", "-e", "7", *shell("exit 7")]),
        case("-e of another code", ["-e", "8", *shell("exit 7")]),
        case("-e 256", ["-e", "256", "true"]),
        case("-e of a word", ["-e", "x", "true"]),
        case("-e of a negative number", ["-e", "-1", "true"]),
        case("-e of CODE:NEW", ["-e", "7:8", *shell("exit 7")]),
        case("-e 127 of a failed exec", ["-e", "127", "no-such-program"]),
        case("--version", ["--version"], page=version),
        case("--version with a program", ["--version", "true"], page=version),
        case("-s --version", ["-s", "--version"], page=version),
        case("-h", ["-h"], page=is_printed),
        case("-gh", ["-gh", "true"], page=is_printed),
        case("--help", ["--help"], page=is_printed),
        case("-l", ["-l"], page=is_printed),
        case("-V", ["-V"]),
        case("-c", ["-c", "true"]),
        case("an environment of other inits", DESCRIBE, env={"DUMB_INIT_DEBUG": "1", "CPPINIT_GROUP": "1"}),
    ]
    return common("tini") + cases


def tini_too(name):
    """Enough to see who it is."""
    return [
        Case(name, "the program's exit code", shell("exit 7"), mode="pid1"),
        Case(name, "what the program is given", DESCRIBE),
        Case(name, "-sg: TERM with a worker", ["-sg", *shell(WORKER)], sends(15)),
        Case(name, "--version", ["--version"], page=version),
        Case(name, "a program that is not there", ["/no/such/program"]),
        Case(name, "another's option", ["-c", "true"]),
    ]


def dumb_init():
    def case(*arguments, **named):
        return Case("dumb-init", *arguments, **named)

    cases = [
        case("-c: what the program is given", ["-c", *DESCRIBE]),
        case("--single-child: what the program is given", ["--single-child", *DESCRIBE]),
        case("-c: what the program is given on a terminal", ["-c", *DESCRIBE], terminal=True),
        case("-c: TERM with a worker", ["-c", *shell(WORKER)], sends(15)),
        case("-c: a leftover", ["-c", *shell(LEFTOVER + "exit 3")]),
        case("-c: everyday signals", ["-c", *RECORD], sends(*FORWARDED)),
        *(case(f"-c: a stop's {number.name} from kill", ["-c", *RECORD], sends(number)) for number in STOPS),
        case("-c: Ctrl-C on a terminal", ["-c", *RECORD], interrupts, terminal=True),
        case("-c: a resize of the terminal", ["-c", *RECORD], resizes, terminal=True),
        case("DUMB_INIT_SETSID=0: what the program is given", DESCRIBE, env={"DUMB_INIT_SETSID": "0"}),
        case("DUMB_INIT_SETSID=1: what the program is given", DESCRIBE, env={"DUMB_INIT_SETSID": "1"}),
        case("DUMB_INIT_SETSID=0: TERM with a worker", shell(WORKER), sends(15), env={"DUMB_INIT_SETSID": "0"}),
        case("DUMB_INIT_DEBUG=1", ["true"], env={"DUMB_INIT_DEBUG": "1"}),
        case("DUMB_INIT_DEBUG=0", ["true"], env={"DUMB_INIT_DEBUG": "0"}),
        case("DUMB_INIT_DEBUG=2", ["true"], env={"DUMB_INIT_DEBUG": "2"}),
        case("-v", ["-v", "true"]),
        case("--verbose", ["--verbose", "true"]),
        case("-cv", ["-cv", "true"]),
        case("-r 15:2", ["-r", "15:2", *RECORD], sends(15, 2)),
        case("-r15:0", ["-r15:0", *RECORD], sends(15, 2)),
        case("--rewrite 1:15", ["--rewrite", "1:15", *RECORD], sends(1, 15)),
        case("--rewrite=15:3 -r 3:1", ["--rewrite=15:3", "-r", "3:1", *RECORD], sends(15, 3)),
        case("-r 20:20", ["-r", "20:20", *RECORD], sends(20)),
        case("-r 20:0", ["-r", "20:0", *RECORD], sends(20)),
        case("-r 15:2 15:3", ["-r", "15:2", "-r", "15:3", *RECORD], sends(15)),
        case("-r of no pair", ["-r", "15", "true"]),
        case("-r of words", ["-r", "x:y", "true"]),
        case("-r of no signal", ["-r", "99:1", "true"]),
        case("-r to no signal", ["-r", "1:99", "true"]),
        case("-r 0:15", ["-r", "0:15", "true"]),
        case("-r of a negative number", ["-r", "-1:1", "true"]),
        case("-r with a half", ["-r", "15:", "true"]),
        case("-r without a value", ["-r"]),
        case("-V", ["-V"], page=version),
        case("--version", ["--version"], page=version),
        case("-h", ["-h"], page=is_printed),
        case("--help", ["--help"], page=is_printed),
        case("--single, shortened", ["--single", *DESCRIBE]),
        case("-g", ["-g", "true"]),
        case("--grace=1", ["--grace=1", "true"]),
        case("an environment of other inits", DESCRIBE, env={"TINI_VERBOSITY": "3", "CPPINIT_SINGLE_CHILD": "1"}),
    ]
    return common("dumb-init") + cases


def catatonit():
    def case(*arguments, **named):
        return Case("catatonit", *arguments, **named)

    cases = [
        case("-g: TERM with a worker", ["-g", *shell(WORKER)], sends(15)),
        case("-g: a leftover", ["-g", *shell(LEFTOVER + "exit 3")]),
        case("-V", ["-V"], page=version),
        case("--version", ["--version"], page=version),
        case("-L", ["-L"], page=is_printed),
        case("-h", ["-h"], page=is_printed),
        case("--help", ["--help"]),
        case("-c", ["-c", "true"]),
        case("-l", ["-l"]),
        case("an environment of other inits", DESCRIBE, env={"TINI_KILL_PROCESS_GROUP": "1", "CPPINIT_GROUP": "1"}),
    ]
    for name, number in (("TERM", 15), ("INT", 2)):
        cases += both_modes("catatonit", f"-P ended by {name}", ["-P"], sends_and_ends(number))
    cases += [
        case("-P: USR1, then TERM", ["-P"], sends_and_ends(10, 15)),
        case("-P: HUP, then TERM", ["-P"], sends_and_ends(1, 15), mode="pid1"),
        case("-P: QUIT, then TERM", ["-P"], sends_and_ends(3, 15), mode="pid1"),
        case("-P with a program", ["-P", "true"], sends_and_ends(15)),
        case("-gP", ["-gP"], sends_and_ends(15)),
    ]
    return common("catatonit") + cases


CASES = {
    "tini": tini(),
    "tini-static": tini_too("tini-static"),
    "docker-init": tini_too("docker-init"),
    "dumb-init": dumb_init(),
    "catatonit": catatonit(),
}
# docker-init is tini, as Docker's packages build it.
PROGRAMS = {name: f"/usr/bin/{'tini' if name == 'docker-init' else name}" for name in CASES}
