#!/usr/bin/python3
# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
"""'trilby doctor' and 'trilby backends' agree about every synthetic machine.

usage: agreement_test.py TRILBY MACHINE_FOLDER

For each vendor with a card in the machine: if its backend misses a requirement, the doctor has a
finding that blocks; if it misses none, no finding about the vendor blocks.

Two kinds of machines work as they are, so a less severe finding is sufficient. In a container with
neither device nodes of the vendor nor its LibTorch a hint is enough, because most containers on
hosts with GPUs use only the CPU. If the backend of another vendor misses nothing, a finding that
degrades is enough.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

MAKERS = {"cuda": "nvidia", "rocm": "amd"}
OPEN_CONTAINERS = {"none", "toolbx", "distrobox"}


def document_of(program, command, root, backends):
    printed = subprocess.run([program, command, "--json", "--root", root], check=False,
                             capture_output=True, env={"TRILBY_BACKEND_DIR": backends}).stdout
    return json.loads(printed)


def install_every_backend(folder):
    """Writes the manifest of every backend, so that only the machine decides."""
    for name in ("cuda", "rocm", "cpu"):
        manifest = {"manifest": 1, "name": name, "module": f"trilby-backend-{name}.so", "abi": 1,
                    "version": "0.1.0", "libtorch": "2.9.0"}
        pathlib.Path(folder, f"trilby-backend-{name}.json").write_text(json.dumps(manifest))
        pathlib.Path(folder, manifest["module"]).touch()


def missed_by(candidate):
    return [r["id"] for r in candidate["requirements"] if r["answer"] == "missed"]


def is_for_cpu_alone(program, root, backends, candidate):
    """Whether a container is not meant to compute with the vendor's cards."""
    machine = document_of(program, "probe", root, backends)
    nodes = {"cuda": "/dev/nvidia", "rocm": "/dev/kfd"}[candidate["name"]]
    return (machine["container"]["kind"].get("value", "none") not in OPEN_CONTAINERS
            and not any(node["path"].startswith(nodes)
                        for node in machine["device_nodes"]["value"] or [])
            and not any(libtorch["flavour"].get("value") == candidate["name"]
                        for libtorch in machine["libtorch"]["value"] or []))


def sufficient_severities(program, root, backends, candidate, selection):
    sufficient = {"blocks"}
    if is_for_cpu_alone(program, root, backends, candidate):
        sufficient |= {"hint"}
    if any(not missed_by(other) for other in selection["candidates"]
           if other["name"] in MAKERS and other is not candidate):
        sufficient |= {"degrades"}
    return sufficient


def disagreements(program, root, backends):
    selection = document_of(program, "backends", root, backends)
    diagnosis = document_of(program, "doctor", root, backends)
    told = diagnosis["findings"] + diagnosis["consequences"]
    blocked = {finding["family"] for finding in told if finding["severity"] == "blocks"}
    for candidate in selection["candidates"]:
        family = MAKERS.get(candidate["name"])
        missed = missed_by(candidate)
        if family is None or f"{family}-gpu" in missed:
            continue
        severities = {f["severity"] for f in told if f["family"] in (family, "container")}
        sufficient = sufficient_severities(program, root, backends, candidate, selection)
        if missed and not severities & sufficient:
            yield (f"{candidate['name']} misses {missed}, but the doctor finds nothing of "
                   f"{sorted(sufficient)}")
        if not missed and family in blocked:
            ids = [f["id"] for f in told if f["severity"] == "blocks" and f["family"] == family]
            yield f"{candidate['name']} is usable, but the doctor says {ids} block"


def main(program, machine_folder):
    failures = []
    trees = sorted(pathlib.Path(machine_folder).glob("*/tree"))
    with tempfile.TemporaryDirectory() as backends:
        install_every_backend(backends)
        for tree in trees:
            failures += [f"{tree.parent.name}: {text}"
                         for text in disagreements(program, str(tree), backends)]
    print("\n".join(failures) or f"doctor and backends agree on {len(trees)} machines")
    return 1 if failures or not trees else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
