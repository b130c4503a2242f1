#!/usr/bin/env python3
"""oci_image.py VERSION EPOCH ARCHIVE PLATFORM=BINARY...

Writes an OCI image layout (image-spec 1.0) as a tar archive: one image for each platform (as linux/arm/v7) with nothing
in it but /cppinit, and one index over them. The archive has a manifest.json as well, which is what `docker load` reads
that knows no OCI layout: there the image for linux/amd64 is cppinit:VERSION and all others have their platform in the tag.

The same input gives the same bytes: every time is EPOCH, every owner 0.
"""

import datetime
import gzip
import hashlib
import io
import json
import sys
import tarfile

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"


def to_json(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def tar_of(files, epoch):
    """A tar archive of (name, mode, content)."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, mode, content in files:
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode, entry.mtime = len(content), mode, epoch
            archive.addfile(entry, io.BytesIO(content))
    return stream.getvalue()


class Layout:
    """The blobs of a layout, each under its own digest."""

    def __init__(self):
        self.blobs = {}

    def add(self, media_type, content, **more):
        digest = hashlib.sha256(content).hexdigest()
        self.blobs[f"blobs/sha256/{digest}"] = content
        return {"mediaType": media_type, "digest": f"sha256:{digest}", "size": len(content), **more}


def path_of(descriptor):
    return "blobs/" + descriptor["digest"].replace(":", "/")


def split_platform(platform):
    words = platform.split("/")
    return dict(zip(("os", "architecture", "variant"), words))


def add_image(layout, platform, binary, version, epoch):
    """Returns the descriptors of its manifest, its configuration and its layer."""
    created = datetime.datetime.fromtimestamp(epoch, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    with open(binary, "rb") as file:
        content = tar_of([("cppinit", 0o755, file.read())], epoch)
    layer = layout.add(LAYER, gzip.compress(content, mtime=0))
    labels = {
        "org.opencontainers.image.title": "cppinit",
        "org.opencontainers.image.description": "The init for containers",
        "org.opencontainers.image.version": version,
        "org.opencontainers.image.created": created,
        "org.opencontainers.image.licenses": "MIT",
    }
    config = layout.add(CONFIG, to_json({
        **split_platform(platform),
        "created": created,
        "config": {"Entrypoint": ["/cppinit", "--"], "Labels": labels},
        "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(content).hexdigest()]},
        "history": [{"created": created, "created_by": "COPY cppinit /cppinit"}],
    }))
    manifest = layout.add(MANIFEST, to_json({
        "schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [layer], "annotations": labels,
    }), platform=split_platform(platform))
    return manifest, config, layer


def main(version, epoch, archive, *images):
    epoch = int(epoch)
    layout = Layout()
    manifests, docker = [], []
    for image in images:
        platform, binary = image.split("=", 1)
        manifest, config, layer = add_image(layout, platform, binary, version, epoch)
        manifests.append(manifest)
        suffix = "" if platform == "linux/amd64" else platform.replace("linux", "").replace("/", "-")
        docker.append({"Config": path_of(config), "RepoTags": [f"cppinit:{version}{suffix}"], "Layers": [path_of(layer)]})
    index = layout.add(INDEX, to_json({"schemaVersion": 2, "mediaType": INDEX, "manifests": manifests}),
                       annotations={"org.opencontainers.image.ref.name": version,
                                    "io.containerd.image.name": f"docker.io/library/cppinit:{version}"})
    files = {
        **layout.blobs,
        "index.json": to_json({"schemaVersion": 2, "mediaType": INDEX, "manifests": [index]}),
        "manifest.json": to_json(docker),
        "oci-layout": to_json({"imageLayoutVersion": "1.0.0"}),
    }
    with open(archive, "wb") as file:
        file.write(tar_of([(name, 0o644, files[name]) for name in sorted(files)], epoch))


if __name__ == "__main__":
    main(*sys.argv[1:])
