#!/usr/bin/python3
# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
"""Checks that 'trilby probe --json', on standard input, reports what tests/system/made-nvidia makes.

usage: seen_inside.py nvidia|amd
"""

import json
import sys

EXPECTED = {
    "nvidia": {
        "nodes": {"/dev/nvidia0", "/dev/nvidiactl", "/dev/nvidia-uvm"},
        "libraries": {("libcuda.so.1", "580.95.05"), ("libnvidia-ml.so.1", "580.95.05")},
        "answered": {"nvml", "cuda"},
    },
    "amd": {"nodes": {"/dev/kfd"}, "libraries": set(), "answered": set()},
}


def seen(machine):
    """The same three sets from a machine, with only the nodes that can be opened."""
    return {
        "nodes": {node["path"] for node in machine["device_nodes"]["value"]
                  if node["may_open"]["value"]},
        "libraries": {(library["name"], library["version"]["value"])
                      for library in machine["libraries"]["value"]},
        "answered": {runtime["name"] for runtime in machine["runtimes"]["value"] or []
                     if runtime["state"] == "answered"},
    }


expected = EXPECTED[sys.argv[1]]
found = seen(json.load(sys.stdin))
for what, wanted in expected.items():
    print(f"{what}: {', '.join(str(one) for one in sorted(found[what])) or 'none'}")
    if missing := wanted - found[what]:
        sys.exit(f"not reported: {sorted(missing)}")
