#!/usr/bin/python3
"""A client of the Container Runtime Interface, as the kubelet is one: it speaks to $CONTAINERD_ADDRESS.

cri.py pod NAME NAMESPACE LOGS          starts a pod's sandbox and prints its ID; NAMESPACE is CONTAINER where each container has a PID
                                        namespace of its own, and POD where all of them share the sandbox's
cri.py run POD NAME NAMESPACE LOGS VOLUME WORD...
                                        runs the words as a container of the pod that sees VOLUME as /work; its ID goes to
                                        LOGS/NAME.id, its output and its exit code are this command's
cri.py enter CONTAINER WORD...          runs the words in a container from outside; their output and exit code are this command's
cri.py stop CONTAINER SECONDS           TERM, and KILL after that time
cri.py stop-pod POD
cri.py remove-pod POD
cri.py init POD                         prints the pid of the sandbox's first process

cri_pb2 is what protoc makes of cri.proto.
"""

import json
import os
import pathlib
import sys
import time

import cri_pb2
import grpc

address = "unix://" + os.environ["CONTAINERD_ADDRESS"]


def call(method, **fields):
    response = getattr(cri_pb2, method + "Response")
    with grpc.insecure_channel(address) as channel:
        function = channel.unary_unary(
            "/runtime.v1.RuntimeService/" + method,
            request_serializer=lambda request: request.SerializeToString(),
            response_deserializer=response.FromString,
        )
        return function(getattr(cri_pb2, method + "Request")(**fields), timeout=60)


def namespaces(pid):
    # The machine's network: no plug-in for networks is needed.
    return {"namespace_options": {"network": "NODE", "pid": pid}}


def sandbox(name, pid, logs):
    return {
        "metadata": {"name": name, "uid": name, "namespace": "default"},
        "log_directory": logs,
        "linux": {"security_context": namespaces(pid)},
    }


def pod(name, pid, logs):
    print(call("RunPodSandbox", config=sandbox(name, pid, logs)).pod_sandbox_id)


def copy_log(log):
    """Writes what is new in a log, whose lines are a time, the stream, F or P for a full or a partial line, and the text."""
    for line in log:
        _, stream, kind, text = line.rstrip("\n").split(" ", 3)
        print(text, end="\n" if kind == "F" else "", file=sys.stderr if stream == "stderr" else sys.stdout, flush=True)


def run(pod_id, name, pid, logs, volume, *words):
    # Containers of a shared namespace have names of their own.
    config = {
        "metadata": {"name": name},
        "image": {"image": "localhost/busybox:latest"},
        "command": words,
        "mounts": [{"container_path": "/work", "host_path": volume}],
        "log_path": name + ".log",
        "linux": {"security_context": namespaces(pid)},
    }
    container = call(
        "CreateContainer", pod_sandbox_id=pod_id, config=config, sandbox_config=sandbox(name, pid, logs)
    ).container_id
    pathlib.Path(logs, name + ".id").write_text(container)
    call("StartContainer", container_id=container)
    with open(pathlib.Path(logs, name + ".log")) as log:
        while True:
            status = call("ContainerStatus", container_id=container).status
            copy_log(log)
            if status.state == cri_pb2.CONTAINER_EXITED:
                return status.exit_code
            time.sleep(0.02)


def enter(container, *words):
    response = call("ExecSync", container_id=container, cmd=words, timeout=60)
    sys.stdout.buffer.write(response.stdout)
    sys.stderr.buffer.write(response.stderr)
    return response.exit_code


def stop(container, seconds):
    call("StopContainer", container_id=container, timeout=int(seconds))


def stop_pod(pod_id):
    call("StopPodSandbox", pod_sandbox_id=pod_id)


def remove_pod(pod_id):
    call("RemovePodSandbox", pod_sandbox_id=pod_id)


def init(pod_id):
    print(json.loads(call("PodSandboxStatus", pod_sandbox_id=pod_id, verbose=True).info["info"])["pid"])


commands = {f.__name__.replace("_", "-"): f for f in (pod, run, enter, stop, stop_pod, remove_pod, init)}
sys.exit(commands[sys.argv[1]](*sys.argv[2:]))
