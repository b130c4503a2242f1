"""Where a kernel's own ways keep a test from passing, each with the reason. Whatever else fails is a fault, and so is a test that is
listed here and passes."""
import collections

Difference = collections.namedtuple("Difference", "kernel test reason runs", defaults=(True,))

PANIC = "this kernel panics, without cppinit too, where a process is killed while it forks"
SIGNAL_SETS = "no lines about signals in /proc/PID/status"
FORKS = "a fork takes 5 ms"
SET_USER_ID = "a program with the set-user-ID bit runs as its caller"
NAMESPACES = "nsenter cannot enter a PID namespace"

# kernel and test are patterns. What would take the kernel with it, or takes minutes to fail, does not run.
DIFFERENCES = [Difference(*row) for row in (
    ("uml-6.12", "an endless storm of orphans *", PANIC, False),
    ("uml-6.12", "one that forks *", PANIC, False),
    ("uml-6.1*", "a sibling outside the tree is never touched, *", "the limit on pids is the machine's before Linux 6.14"),
    ("gvisor", "a setuid program that may not be signalled *", SET_USER_ID, False),
    ("gvisor", "what cannot be killed delays cppinit by one second, *", SET_USER_ID),
    ("gvisor", "10,000 orphans leave no zombie, *", FORKS, False),
    ("gvisor", "5,000 leftovers at once: *", FORKS, False),
    ("gvisor", "--leftovers=leave: a TERM that --all forwards reaches 2,000 processes *", FORKS, False),
    ("gvisor", "a sibling outside the tree is never touched, *", "no /proc/sys/kernel/pid_max"),
    ("gvisor", "the value of sigqueue does not go with a signal that was held back", SIGNAL_SETS, False),
    ("gvisor", "SIGCHLD inherited as ignored: *", SIGNAL_SETS),
    ("gvisor", "--grace infinity waits for a second stop signal", SIGNAL_SETS, False),
    ("gvisor", "TERM and then INT: *", SIGNAL_SETS, False),
    ("gvisor", "a program under nohup still ignores HUP, *", SIGNAL_SETS),
    ("gvisor", "a file of somebody else, in a folder that all may write to, *", "no /proc/sys/fs/protected_regular"),
    ("gvisor", "the KILL of leftovers is not counted as forwarded, *", SIGNAL_SETS, False),
    ("gvisor", "it counts the log lines that were dropped", FORKS, False),
    ("gvisor", "the tree has every process, *", NAMESPACES, False),
    ("gvisor", "no argument of a process commands the terminal", NAMESPACES),
    ("gvisor", "a process whose first thread has ended is no zombie", NAMESPACES, False),
    ("gvisor", "each zombie has a line under the tree: *", NAMESPACES),
    ("gvisor", "it shows thousands of zombies, *", NAMESPACES, False),
)]
