#!/usr/bin/env python3
# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0

"""Regenerates the seeds of fuzz_machine from the files of some synthetic machines."""

import pathlib
import re

FUZZ = pathlib.Path(__file__).parent
MACHINES = FUZZ.parent / "machines"
LONGEST = 1500  # bytes per file, enough for the parts of /proc/cpuinfo that the probe reads
FILE, LINK = 0, 4
SEEDS = ["amd-rx7900xtx", "nvidia-server-8xh100-mig", "cgroup-v1-limited", "toolbox-fedora",
         "kubernetes-pod-limited", "nvidia-gh200"]


def known_paths():
    table = re.search(r"paths\{\n(.*?)\};", (FUZZ / "machine.cpp").read_text(), re.DOTALL)
    return re.findall(r'"(.*?)"', table[1])


def entry(number, path):
    if path.is_symlink():
        return bytes([number, LINK]) + str(path.readlink()).encode()
    return bytes([number, FILE]) + path.read_bytes()[:LONGEST].replace(b"\xff", b"")


def main():
    for name in SEEDS:
        tree = MACHINES / f"made-{name}" / "tree"
        entries = [entry(number, tree / path[1:]) for number, path in enumerate(known_paths())
                   if (tree / path[1:]).is_symlink() or (tree / path[1:]).is_file()]
        (FUZZ / "corpus" / "machine" / f"{name}.bin").write_bytes(b"\xff".join(entries))


main()
