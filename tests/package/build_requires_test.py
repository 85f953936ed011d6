#!/usr/bin/env python3
# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
"""Every package that the spec requires to build is one that packaging/install-dependencies installs on
Fedora, so that packaging/build-rpms works there.

usage: build_requires_test.py SOURCE_FOLDER
"""

import pathlib
import re
import sys

# Fedora's packages with these pkg-config files.
PACKAGE_OF_FILE = {
    "libcurl": "libcurl-devel",
    "liblzma": "xz-devel",
    "libpng": "libpng-devel",
    "libturbojpeg": "turbojpeg-devel",
    "libzip": "libzip-devel",
    "libzstd": "libzstd-devel",
}


def required(spec):
    """The packages of all BuildRequires, also of those under a condition."""
    for name in re.findall(r"^BuildRequires:\s+(\S+)", spec, re.MULTILINE):
        file = re.fullmatch(r"pkgconfig\((.+)\)", name)
        yield PACKAGE_OF_FILE.get(file[1], name) if file else name


def installed(script):
    """All words of the function that lists Fedora's packages."""
    body = re.search(r"^fedora_packages\(\) \{\n(.*?)^\}", script, re.MULTILINE | re.DOTALL)[1]
    return set(body.split())


def main(folder):
    names = set(required((folder / "packaging/trilby.spec").read_text(encoding="utf-8")))
    script = (folder / "packaging/install-dependencies").read_text(encoding="utf-8")
    missing = sorted(names - installed(script))
    if not names or missing:
        print(f"packaging/install-dependencies lacks {missing} of {len(names)} packages that the spec requires")
        return 1
    print(f"all {len(names)} packages that the spec requires are installed")
    return 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
