"""Story 4: a service ends a command that took too long, and reads what it said on stderr.

The command has left a child that holds the pipe. The arguments are put in front of the command.
"""
import select
import subprocess
import sys

command = [*sys.argv[1:], "sh", "-c", "setsid sleep 1000 & echo started >&2; wait"]
process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
assert process.stderr.readline() == b"started\n"
try:
    process.wait(timeout=0.2)
except subprocess.TimeoutExpired:
    process.terminate()
process.wait()
# A plain read() would hang here for ever.
readable, _, _ = select.select([process.stderr], [], [], 2)
print("the reader has its end of file" if readable and process.stderr.read() == b"" else "the reader hangs", flush=True)
