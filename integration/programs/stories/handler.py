"""Story 3: a SIGCHLD handler that waits once for each signal. Signals merge, and so it misses some."""
import os
import signal


def reap_one(*_):
    os.waitpid(-1, os.WNOHANG)


signal.signal(signal.SIGCHLD, reap_one)
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
for _ in range(5):
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    # Dead, and not waited for.
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
print("five ended, one signal came", flush=True)
os._exit(0)
