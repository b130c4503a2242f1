"""A WSGI application whose answers take a second; each leaves an orphan behind."""

import subprocess
import time

print("loaded", flush=True)


def application(environ, start_response):
    print("begun", flush=True)
    subprocess.run("sleep 0.1 &", shell=True, check=True)
    time.sleep(1)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"whole\n"]
