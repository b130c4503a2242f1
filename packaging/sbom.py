#!/usr/bin/env python3
"""sbom.py VERSION EPOCH DOCUMENT ARCHITECTURE=BINARY=PACKAGES...

Writes an SPDX 2.3 document (JSON) about the binaries: what each is, and which packages of Debian went into it. PACKAGES
is a file with a line "NAME VERSION" for each.
"""

import datetime
import hashlib
import json
import os
import re
import sys

LICENSES = {
    "musl-dev": "MIT",
    "libc++-19-dev": "Apache-2.0 WITH LLVM-exception",
    "libgcc": "GPL-3.0-or-later WITH GCC-exception-3.1",
}


def identifier(*words):
    return "SPDXRef-" + re.sub(r"[^A-Za-z0-9.]+", "-", "-".join(words))


def license_of(package):
    return LICENSES["libgcc"] if package.startswith("libgcc-") else LICENSES[package]


def describe_package(name, version, architecture):
    return {
        "SPDXID": identifier("Package", name, version, architecture),
        "name": name,
        "versionInfo": version,
        "supplier": "Organization: Debian",
        "downloadLocation": "https://deb.debian.org/debian",
        "filesAnalyzed": False,
        "licenseConcluded": license_of(name),
        "licenseDeclared": license_of(name),
        "copyrightText": "NOASSERTION",
        "externalRefs": [{
            "referenceCategory": "PACKAGE-MANAGER",
            "referenceType": "purl",
            "referenceLocator": f"pkg:deb/debian/{name.replace('+', '%2B')}@{version.replace('+', '%2B')}?arch={architecture}",
        }],
    }


def describe_file(path, architecture):
    with open(path, "rb") as file:
        content = file.read()
    return {
        "SPDXID": identifier("File", architecture),
        "fileName": "./" + os.path.basename(path),
        "fileTypes": ["BINARY"],
        "checksums": [{"algorithm": name, "checksumValue": hashlib.new(name, content).hexdigest()}
                      for name in ("SHA1", "SHA256")],
        "licenseConcluded": "MIT",
        "licenseInfoInFiles": ["NOASSERTION"],
        "copyrightText": "Copyright (c) 2026 the cppinit authors",
    }


def verification_code(files):
    """SPDX 2.3, clause 7.9: the SHA1 of the sorted SHA1s of all files."""
    sums = sorted(file["checksums"][0]["checksumValue"] for file in files)
    return hashlib.sha1("".join(sums).encode()).hexdigest()


def relate(subject, kind, other):
    return {"spdxElementId": subject, "relationshipType": kind, "relatedSpdxElement": other}


def main(version, epoch, document, *binaries):
    files, packages, relations = [], {}, []
    for words in binaries:
        architecture, path, list_path = words.split("=")
        file = describe_file(path, architecture)
        files.append(file)
        relations.append(relate("SPDXRef-Package-cppinit", "CONTAINS", file["SPDXID"]))
        with open(list_path, encoding="ascii") as lines:
            for name, of_version in (line.split() for line in lines):
                # libc++ is headers alone, the same for all.
                package = describe_package(name, of_version, "all" if name.startswith("libc++") else architecture)
                packages[package["SPDXID"]] = package
                kind = "GENERATED_FROM" if name.startswith("libc++") else "STATIC_LINK"
                relations.append(relate(file["SPDXID"], kind, package["SPDXID"]))
    cppinit = {
        "SPDXID": "SPDXRef-Package-cppinit",
        "name": "cppinit",
        "versionInfo": version,
        "supplier": "Organization: the cppinit authors",
        "downloadLocation": "NOASSERTION",
        "primaryPackagePurpose": "APPLICATION",
        "filesAnalyzed": True,
        "packageVerificationCode": {"packageVerificationCodeValue": verification_code(files)},
        "licenseConcluded": "MIT",
        "licenseDeclared": "MIT",
        "licenseInfoFromFiles": ["NOASSERTION"],
        "copyrightText": "Copyright (c) 2026 the cppinit authors",
    }
    created = datetime.datetime.fromtimestamp(int(epoch), datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    # A name of its own for each content, though nothing is there to be fetched (clause 6.5).
    of_content = hashlib.sha256(json.dumps([files, sorted(packages)]).encode()).hexdigest()[:32]
    value = {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": f"cppinit-{version}",
        "documentNamespace": f"https://spdx.org/spdxdocs/cppinit-{version}-{of_content}",
        "creationInfo": {"created": created, "creators": ["Tool: cppinit-sbom", "Organization: the cppinit authors"]},
        "packages": [cppinit, *(packages[key] for key in sorted(packages))],
        "files": files,
        "relationships": [relate("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-Package-cppinit"), *relations],
    }
    with open(document, "w", encoding="ascii") as file:
        json.dump(value, file, indent=2)
        file.write("\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
