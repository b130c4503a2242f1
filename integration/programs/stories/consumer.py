"""Story 1: a consumer forks a Process for each message and never joins it."""
import multiprocessing
import os
import subprocess
import time


def handle(message):
    pass


def own_zombies():
    """As `docker exec CONTAINER /cppinit --ps` tells them, each with its parent."""
    listing = subprocess.run([os.environ["CPPINIT"], "--ps"], stdout=subprocess.PIPE, text=True, check=True).stdout
    return listing.count(f"its parent, pid {os.getpid()} ")


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
