"""Story 1: a consumer forks a Process for each message and never joins it."""
import multiprocessing
import os
import time


def handle(message):
    pass


def own_zombies():
    count = 0
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{entry}/stat") as stat:
                state, parent = stat.read().rpartition(")")[2].split()[:2]
        except (FileNotFoundError, ProcessLookupError):
            continue
        count += state == "Z" and int(parent) == os.getpid()
    return count


multiprocessing.set_start_method("fork")
for message in range(5):
    multiprocessing.Process(target=handle, args=(message,)).start()

# Each start() cleans up what has ended by then; the last ones have nobody who does.
deadline = time.monotonic() + 10
while own_zombies() == 0 and time.monotonic() < deadline:
    time.sleep(0.01)
print(f"zombies of the consumer while it lives: {own_zombies()}", flush=True)
# Not sys.exit: multiprocessing would join its children at a regular end, and a consumer that crashes does not come to that.
os._exit(0)
