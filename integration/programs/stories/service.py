"""A service that is PID 1 of its container because nobody put an init there.

It starts the program that its arguments name and waits for that one, as programs do. Once everything else has ended it shows what
is there: zombies are orphans that became its children and that it does not know of.
"""
import os
import subprocess
import sys
import time


def others():
    """The state of every process but this one and PID 1, by pid."""
    states = {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit() or int(entry) in (1, os.getpid()):
            continue
        try:
            with open(f"/proc/{entry}/stat") as stat:
                states[int(entry)] = stat.read().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            pass
    return states


program = subprocess.Popen(sys.argv[1:])
code = program.wait()

deadline = time.monotonic() + 10
while any(state != "Z" for state in others().values()) and time.monotonic() < deadline:
    time.sleep(0.01)
# An init needs a moment for the last of them; what is still there after that stays.
settled = time.monotonic() + 0.5
while others() and time.monotonic() < settled:
    time.sleep(0.01)
subprocess.run([os.environ["CPPINIT"], "--ps"], check=True)
sys.exit(code)
