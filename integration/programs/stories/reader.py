"""Story 4: a service ends a command that took too long, and reads what it said on stderr.

reader.py HOW [WORD...]: the words are put in front of the command, which leaves a child behind that holds the pipe. HOW the command
ends: terminate or kill are the service's own time limit, none waits for the command to end by itself.
"""
import os
import select
import subprocess
import sys

how, *before = sys.argv[1:]
command = [*before, "sh", "-c", f"setsid sleep {os.environ['NAP']} & echo started >&2; wait"]
process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
assert process.stderr.readline() == b"started\n"
if how != "none":
    try:
        process.wait(timeout=0.2)
    except subprocess.TimeoutExpired:
        getattr(process, how)()
print("exit code", process.wait(), flush=True)
# A plain read() would hang here for ever.
readable, _, _ = select.select([process.stderr], [], [], 2)
print("the reader has its end of file" if readable and process.stderr.read() == b"" else "the reader hangs", flush=True)
