"""sandbox.py ROOT REPOSITORY WORD...: the configuration of an OCI bundle in which cppinit runs the words as PID 1 of a gVisor sandbox
with that root, and the repository as /mnt."""
import json
import sys

CAPABILITIES = ["CAP_" + name for name in (
    "CHOWN DAC_OVERRIDE FOWNER KILL MKNOD SETGID SETUID SETPCAP SYS_ADMIN SYS_CHROOT SYS_PTRACE SYS_RESOURCE").split()]


def main():
    root, repository, *words = sys.argv[1:]
    mounts = [{"destination": "/proc", "type": "proc", "source": "proc"}]
    mounts += [{"destination": place, "type": "tmpfs", "source": "tmpfs"} for place in ("/tmp", "/dev")]
    mounts += [{"destination": "/mnt", "type": "bind", "source": repository, "options": ["rbind", "ro"]}]
    json.dump({
        "ociVersion": "1.0.0",
        "process": {
            "terminal": False, "user": {"uid": 0, "gid": 0}, "cwd": "/tmp",
            "args": ["/mnt/build/release/cppinit", "--", *words],
            "env": ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "container=gvisor"],
            "capabilities": {kind: CAPABILITIES for kind in ("bounding", "effective", "permitted")}},
        "root": {"path": root, "readonly": False}, "hostname": "gvisor", "mounts": mounts,
        "linux": {"namespaces": [{"type": kind} for kind in ("pid", "mount", "uts", "ipc", "network")]},
    }, sys.stdout)


if __name__ == "__main__":
    main()
