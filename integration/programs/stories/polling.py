"""Story 3: a main loop that polls with WNOHANG between its pieces of work, and ends with children still running."""
import os
import time

for _ in range(5):
    if os.fork() == 0:
        time.sleep(0.2)
        os._exit(0)
for _ in range(3):
    os.waitpid(-1, os.WNOHANG)
print("polled three times", flush=True)
os._exit(0)
