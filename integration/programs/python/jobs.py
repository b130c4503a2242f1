"""Jobs for the workers of Celery; what is sent is a file in the folder of the test."""

import pathlib
import subprocess
import time

from celery import Celery

app = Celery("jobs", broker="filesystem://")
app.conf.broker_transport_options = {"data_folder_in": "/work", "data_folder_out": "/work"}


@app.task
def slow():
    print("begun", flush=True)
    subprocess.run("sleep 0.1 &", shell=True, check=True)
    time.sleep(1)
    pathlib.Path("/work/result").write_text("whole\n")


if __name__ == "__main__":
    slow.delay()
