"""Story 3: the double fork of a daemon. The daemon writes its pid into the file that the argument names, and stays."""
import os
import signal
import sys
import time

if os.fork() > 0:
    os.wait()
    while not os.path.exists(sys.argv[1]):
        time.sleep(0.01)
    sys.exit(0)
os.setsid()
if os.fork() > 0:
    os._exit(0)
with open(sys.argv[1] + ".new", "w") as file:
    file.write(str(os.getpid()))
os.rename(sys.argv[1] + ".new", sys.argv[1])
signal.pause()
