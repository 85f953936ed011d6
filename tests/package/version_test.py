#!/usr/bin/env python3
# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
"""Compares the version in CMakeLists.txt with every file that repeats it.

usage: version_test.py SOURCE_FOLDER
"""

import pathlib
import re
import sys

# The pattern must match in each of these files, and every match must be the project's version.
REPEATED = {
    "packaging/trilby.spec": r"^Version:\s+(\S+)$",
    # The newest release and the newest section come first.
    "packaging/io.github.trilby.trilby.metainfo.xml": r'<releases>\s*<release version="([^"]+)"',
    "docs/NEWS.md": r"\A(?:<!--[^\n]+\n)+\n# [^\n]+\n\n## (\S+)",
    "containers/*/Containerfile": r'\bversion="([^"]+)"',
}
# The same for the names of the libraries, which have the major and the minor version.
LIBRARIES = {
    "packaging/trilby.spec": r"/libtrilby\S*\.so\.([\d.]+)$",
    "docs/packaging.md": r"`libtrilby\S*\.so\.([\d.]+)`",
    "docs/fedora-review.md": r"`libtrilby\S*\.so\.([\d.]+)`",
}


def problems(folder, patterns, version):
    for name, pattern in patterns.items():
        files = sorted(folder.glob(name))
        if not files:
            yield f"{name} does not exist"
        for file in files:
            found = set(re.findall(pattern, file.read_text(encoding="utf-8"), re.MULTILINE))
            if found != {version}:
                yield f"{file.relative_to(folder)}: version {sorted(found)}, expected {version}"


def main(folder):
    project = (folder / "CMakeLists.txt").read_text(encoding="utf-8")
    version = re.search(r"^project\([^)]*\bVERSION\s+(\S+)", project, re.MULTILINE)[1]
    found = [*problems(folder, REPEATED, version), *problems(folder, LIBRARIES, version.rpartition(".")[0])]
    print("\n".join(found) or f"every file says {version}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
