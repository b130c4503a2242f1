"""Story 2: a worker exits before its own child does."""
import os
import subprocess

child = subprocess.Popen(["sleep", "0.2"])
print(f"the worker leaves pid {child.pid} behind", flush=True)
os._exit(0)
