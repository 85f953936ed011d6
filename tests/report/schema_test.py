#!/usr/bin/python3
# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
"""Compares what 'trilby probe', 'trilby doctor' and 'trilby validate' print as JSON with the schemas.

usage: schema_test.py TRILBY SCHEMA_FOLDER MACHINE_FOLDER

The schemas let keys be added; here they are closed first, so that a key of the program that a schema
does not tell of is a failure as well.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

try:
    import jsonschema
except ImportError:
    print("skipped: python3-jsonschema is not installed")
    sys.exit(125)


def closed(schema):
    """The schema, with no other properties than those it names."""
    if isinstance(schema, list):
        return [closed(element) for element in schema]
    if not isinstance(schema, dict):
        return schema
    out = {key: closed(value) for key, value in schema.items()}
    if "properties" in schema:
        out["additionalProperties"] = False
    return out


def write(root, files):
    for path, content in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content, encoding="utf-8")


def made_machine(root):
    """One of everything that has a list of its own."""
    device = "sys/bus/pci/devices/0000:03:00.0"
    node = "sys/class/kfd/kfd/topology/nodes/1"
    write(root, {
        f"{device}/class": "0x030000\n", f"{device}/vendor": "0x1002\n",
        f"{device}/device": "0x744c\n", f"{device}/max_link_speed": "16.0 GT/s PCIe\n",
        f"{node}/properties": "simd_count 192\nsimd_per_cu 2\ngfx_target_version 110000\n",
        f"{node}/mem_banks/0/properties": "heap_type 1\nsize_in_bytes 25753026560\n",
        f"{node}/io_links/0/properties": "type 2\nnode_to 0\nweight 20\n",
        "proc/driver/nvidia/gpus/0000:01:00.0/information": "Device Minor: 0\n",
        "proc/driver/nvidia/capabilities/gpu0/mig/gi1/ci0/access": "",
        "sys/module/amdgpu/parameters/gttsize": "-1\n",
        "sys/class/drm/renderD128/x": "", "dev/dri/renderD128": "", "dev/kfd": "",
        "sys/devices/system/cpu/cpu0/cache/index0/size": "32K\n",
        "proc/meminfo": "MemTotal: many kB\n",
        "etc/cdi/gpu.yaml": "kind: nvidia.com/gpu\n", "usr/lib64/libcuda.so.1": "",
        "opt/libtorch/lib/libtorch_cpu.so": "", "opt/libtorch/build-version": "2.8.0+cpu\n",
    })


def document_of(program, command, root):
    # The doctor's exit code says what it found.
    printed = subprocess.run([program, command, "--json", "--root", root], check=False,
                             capture_output=True).stdout
    return json.loads(printed)


def read_validator(path):
    schema = json.loads(path.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(closed(schema))


def failures_of(name, validator, printed):
    return [f"{name}: {error.json_path}: {error.message}"
            for error in validator.iter_errors(json.loads(printed))]


def validation_failures(program, schema_folder, folder):
    """A short validation, where a backend is installed, its comparison with itself, and a self-test."""
    result = pathlib.Path(folder, "result.json")
    printed = subprocess.run(
        [program, "validate", "--json", "--check", "elementwise", "--check", "bandwidth",
         "--budget", "2", "--seed", "1"], check=False, capture_output=True)
    if printed.returncode == 69:
        return []
    result.write_bytes(printed.stdout)
    compared = subprocess.run([program, "validate", "--json", "--compare", result, "--with", result],
                              check=True, capture_output=True)
    machine = subprocess.run(
        [program, "validate", "--json", "--check", "indexing", "--budget", "1", "--seed", "1",
         "--device", "all"], check=False, capture_output=True)
    tested = subprocess.run([program, "validate", "--json", "--self-test", "--trials", "1", "--check",
                              "indexing", "--fault", "tile", "--budget", "1", "--seed", "1"],
                             check=True, capture_output=True)
    schemas = pathlib.Path(schema_folder)
    return (failures_of("validate --device all",
                        read_validator(schemas / "machine-validation-1.schema.json"),
                        machine.stdout) +
            failures_of("self-test", read_validator(schemas / "self-test-1.schema.json"),
                        tested.stdout) +
            failures_of("validate", read_validator(schemas / "validation-1.schema.json"),
                        printed.stdout) +
            failures_of("compare", read_validator(schemas / "comparison-1.schema.json"),
                        compared.stdout))


def main(program, schema_folder, machine_folder):
    validators = {
        "probe": read_validator(pathlib.Path(schema_folder, "machine-1.schema.json")),
        "doctor": read_validator(pathlib.Path(schema_folder, "diagnosis-1.schema.json")),
    }
    with tempfile.TemporaryDirectory() as folder:
        failures = validation_failures(program, schema_folder, folder)
        made, empty = pathlib.Path(folder, "made"), pathlib.Path(folder, "empty")
        pathlib.Path(empty, "proc").mkdir(parents=True)
        made_machine(made)
        trees = sorted(pathlib.Path(machine_folder).glob("*/tree"))
        for root in ["/", str(made), str(empty), *map(str, trees)]:
            for command, validator in validators.items():
                for error in validator.iter_errors(document_of(program, command, root)):
                    failures.append(f"{command} of {root}: {error.json_path}: {error.message}")
        machine = document_of(program, "probe", str(made))
        for key in ("pci_devices", "kfd_nodes", "nvidia_gpus", "drm_nodes", "device_nodes",
                    "cdi_specifications", "libraries", "libtorch"):
            if not machine[key]["value"]:
                failures.append(f"the made machine has no {key}: the test sees too little")
    print("\n".join(failures) or "every value is as the schemas say")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
