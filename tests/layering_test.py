#!/usr/bin/env python3
# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
"""Compares the #include lines below src/ with the table of who may include whom.

usage: layering_test.py SOURCE_FOLDER
"""

import pathlib
import re
import sys

# Folder: the folders whose headers it may include, besides its own and include/trilby.
MAY_INCLUDE = {
    "base": set(),
    "platform": {"base"},
    "machine": {"base"},
    "binary": {"base", "platform", "machine"},
    "probe": {"base", "platform", "machine", "binary", "worker"},
    "recording": {"base", "platform", "probe"},
    "doctor": {"base", "platform", "machine", "binary", "probe"},
    "selection": {"base", "platform", "machine"},
    "worker": {"base", "platform"},
    "train": {"base", "platform", "worker"},
    "validate": {"base", "platform", "worker"},
    "report": {"base", "validate"},
    "fetch": {"base", "platform", "train", "report"},
    "builder": {"base", "platform", "worker"},
    "toolbox": {"base", "platform"},
    "cli": {"base", "builder", "platform", "probe", "recording", "doctor", "selection", "toolbox", "worker", "train",
            "validate", "report"},
    "manual": {"base", "platform", "selection", "train", "validate", "report", "cli"},
    "backends": {"base", "platform", "train", "validate"},
}
# Folders of backends that know nothing of LibTorch.
FREE_OF_LIBTORCH = ("backends/common/", "backends/kernels/", "backends/runtimes/")
LIBTORCH_HEADER = re.compile(r"(torch|ATen|c10|caffe2)(/|\.h)|backends/torch/")
VENDOR_HEADER = re.compile(r"(torch|ATen|c10|cuda|hip|caffe2)(/|_|\.h)")
STANDARD_HEADER = re.compile(r"[a-z0-9_]+(\.h)?")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^">]+)[">]')


def includes(path):
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if match := INCLUDE.match(line):
            yield number, match[1], match[2]


def complaint(file, bracket, header):
    """Why `file`, as a path below src/, may not include `header`, or None."""
    folder = file.split("/")[0]
    if file.startswith(FREE_OF_LIBTORCH) and LIBTORCH_HEADER.match(header):
        return "LibTorch belongs in the other folders of src/backends"
    if VENDOR_HEADER.match(header):
        return None if folder == "backends" else "LibTorch, CUDA and HIP belong in src/backends"
    if bracket == "<":
        return None
    target = header.split("/")[0] if "/" in header else folder
    if target == folder or target in MAY_INCLUDE[folder]:
        return None
    return f"{folder} may include only {sorted(MAY_INCLUDE[folder]) or 'itself'}"


def public_complaint(header):
    """Why an installed header may not include `header`, or None."""
    if header.startswith("trilby/") or STANDARD_HEADER.fullmatch(header):
        return None
    return "installed headers may include only each other and the standard library"


def self_test():
    assert complaint("base/text.cpp", '"', "platform/file_tree.hpp")
    assert complaint("binary/elf.cpp", "<", "torch/torch.h")
    assert complaint("selection/rocm.cpp", '"', "probe/sources.hpp")
    assert complaint("backends/kernels/chase.cu", "<", "torch/torch.h")
    assert complaint("backends/kernels/chase.cu", '"', "backends/torch/device.hpp")
    assert not complaint("binary/elf.cpp", '"', "platform/file_tree.hpp")
    assert not complaint("backends/torch/jobs.cpp", "<", "ATen/ATen.h")
    assert not complaint("backends/kernels/runtime_cuda.hpp", "<", "cuda_runtime.h")
    assert public_complaint("boost/json.hpp")
    assert public_complaint("base/json.hpp")
    assert not public_complaint("trilby/result.hpp")
    assert not public_complaint("stdint.h")


def main(source_folder):
    self_test()
    failures = []
    files = [p for p in sorted(source_folder.glob("src/*/**/*")) if p.suffix in
             {".c", ".h", ".cpp", ".hpp", ".cu", ".in"}]
    for path in files:
        name = path.relative_to(source_folder)
        folder = name.parts[1]
        if folder not in MAY_INCLUDE:
            failures.append(f"{name}: src/{folder} is not in the table of this test")
            continue
        for number, bracket, header in includes(path):
            if why := complaint("/".join(name.parts[1:]), bracket, header):
                failures.append(f"{name}:{number}: includes {header}, but {why}")
    public = sorted(source_folder.glob("include/trilby/*"))
    for path in public:
        for number, _, header in includes(path):
            if why := public_complaint(header):
                failures.append(f"{path.relative_to(source_folder)}:{number}: includes {header}, but {why}")
    files += public
    print("\n".join(failures) or f"{len(files)} files follow the table")
    return 1 if failures or not files else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
