"""Story 5: a main process with workers, of which it does not know what becomes when it is killed."""
import multiprocessing
import time


def work():
    while True:
        time.sleep(0.05)


multiprocessing.set_start_method("fork")
workers = [multiprocessing.Process(target=work) for _ in range(3)]
for worker in workers:
    worker.start()
print("ready " + " ".join(str(worker.pid) for worker in workers), flush=True)
for worker in workers:
    worker.join()
