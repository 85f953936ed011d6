#!/usr/bin/python3
# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
"""Compiles the kernels for an AMD GPU, and proves the code for it without one.

usage: device_code_test.py CLAIM GPU SOURCES PROGRAM LINKER HIPCC FLAG...

  agrees      lowered to the host (lower.py), all kernels agree with their references
  faults      that comparison fails for each of the FAULTS below
  registers   no kernel needs memory for its variables

GPU is a target of hipcc, SOURCES the folder src/, and PROGRAM the tests of the kernels with HIP's runtime on the host
(hip_runtime.cpp). LINKER is a C++ compiler. The FLAGs are those that the build compiles the kernels with.
"""

import dataclasses
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile

import lower

KERNELS = "backends/kernels"
# Seconds for a compilation or a run of the tests, either of which takes one or two.
LIMIT_S = 60
SKIPPED = 125


@dataclasses.dataclass(frozen=True)
class Fault:
    """A change of the sources that one of the tests must find."""
    what: str
    file: str
    old: str
    new: str
    test: str


FAULTS = [
    Fault("a barrier is missing", "gpu_runtime.hpp",
          "__syncthreads();", "",
          "SharedMemoryHoldsTheWordsOfOtherThreads"),
    Fault("one thread skips the barriers", "gpu_runtime.hpp",
          "__syncthreads();", "if (threadIdx.x != 100) { __syncthreads(); }",
          "SharedMemoryHoldsTheWordsOfOtherThreads"),
    Fault("a thread takes one index too many", "gpu_runtime.hpp",
          "threadIdx.x; i < count;", "threadIdx.x; i <= count;",
          "FillDoesNotWriteBeyondItsEnd"),
    Fault("threads take the same index", "gpu_runtime.hpp",
          "std::uint64_t{gridDim.x} * blockDim.x;", "std::uint64_t{gridDim.x} * blockDim.x / 2;",
          "CheckCountsAllWrongWordsAndKeepsSome"),
    Fault("the last thread takes a value too many", "arithmetic.cu",
          "if (first + lane < count) {\n                values", "if (first + lane <= count) {\n                values",
          "IntegersWrapAround"),
    Fault("a fused operation is rounded twice", "arithmetic.cu",
          "using std::fma;\n        return fma(x, x, c);",
          "#pragma clang fp contract(off)\n        return x * x + c;",
          "FusedMultiplyAddIsRoundedOnceInDoublePrecision"),
]


class Failed(Exception):
    """What the test found."""


def output_of(*command, **environment):
    """What a command printed on its standard output. Fails if the command does."""
    done = run(*command, **environment)
    if done.returncode != 0:
        raise Failed(f"{' '.join(map(str, command))}: {ending(done)}\n{done.stdout}{done.stderr}")
    return done.stdout


def run(*command, **environment):
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_S, check=False,
                              env=os.environ | environment)
    except subprocess.TimeoutExpired:
        raise Failed(f"{' '.join(map(str, command))}: not finished after {LIMIT_S} s") from None


def ending(done):
    return f"exit code {done.returncode}" if done.returncode >= 0 else signal.Signals(-done.returncode).name


@dataclasses.dataclass(frozen=True)
class Compiler:
    """hipcc for one GPU."""
    hipcc: str
    flags: list
    gpu: str
    linker: str

    def device_code(self, sources, folder, *form):
        """The text of all kernels for the GPU, compiled as one source."""
        unit, output = folder / "kernels.cu", folder / "kernels.txt"
        names = sorted(path.name for path in (sources / KERNELS).glob("*.cu"))
        unit.write_text("".join(f'#include "{KERNELS}/{name}"\n' for name in names), encoding="utf-8")
        output_of(self.hipcc, *self.flags, f"--offload-arch={self.gpu}", "--cuda-device-only", "-S", *form,
                  f"-I{sources}", unit, "-o", output)
        return output.read_text(encoding="utf-8")

    def lowered_library(self, sources, folder):
        """A shared object for the host with what the GPU would run."""
        text, objects, library = folder / "kernels.ll", folder / "kernels.o", folder / "kernels.so"
        text.write_text(lower.lowered(self.device_code(sources, folder, "-emit-llvm")), encoding="utf-8")
        output_of(self.hipcc, f"--offload-arch={self.gpu}", "-x", "ir", "-O2", "-fPIC", "-c", text, "-o", objects)
        output_of(self.linker, "-shared", objects, "-lm", "-o", library)
        return library


def check_agreement(compiler, sources, program, folder):
    report = folder / "report.json"
    output_of(program, f"--gtest_output=json:{report}",
              TRILBY_LOWERED_KERNELS=str(compiler.lowered_library(sources, folder)))
    tests = [test for suite in json.loads(report.read_text(encoding="utf-8"))["testsuites"]
             for test in suite["testsuite"]]
    if not_run := [test["name"] for test in tests if test["result"] != "COMPLETED"]:
        raise Failed(f"not run: {', '.join(not_run)}")
    print(f"{compiler.gpu}: {len(tests)} tests passed")


def faulty_sources(fault, sources, folder):
    """A copy of the kernels with the fault."""
    shutil.copytree(sources / KERNELS, folder / KERNELS)
    file = folder / KERNELS / fault.file
    text = file.read_text(encoding="utf-8")
    if text.count(fault.old) != 1:
        raise Failed(f"{file.name} has {text.count(fault.old)} times, expected once: {fault.old}")
    file.write_text(text.replace(fault.old, fault.new), encoding="utf-8")
    return folder


def check_fault(fault, compiler, sources, program, folder):
    library = compiler.lowered_library(faulty_sources(fault, sources, folder), folder)
    done = run(program, f"--gtest_filter=Kernels.{fault.test}", TRILBY_LOWERED_KERNELS=str(library))
    # 1 is a failed test, and the signal an access beyond the end of memory.
    if done.returncode not in (1, -signal.SIGSEGV):
        raise Failed(f"{fault.what}: not found by {fault.test}: {ending(done)}\n{done.stdout}{done.stderr}")
    print(f"{compiler.gpu}: {fault.what}: found by {fault.test} ({ending(done)})")


def check_faults(compiler, sources, program, folder):
    for number, fault in enumerate(FAULTS):
        check_fault(fault, compiler, sources, program, folder / str(number))


def resources(assembly):
    """What each kernel uses, by its name: the plain values of AMD's metadata."""
    metadata = re.search(r"^amdhsa.kernels:\n(.*?)^(?:amdhsa\.|\.\.\.)", assembly, re.MULTILINE | re.DOTALL)[1]
    kernels = [dict(re.findall(r"^    \.(\w+): +(\S+)$", kernel, re.MULTILINE))
               for kernel in re.split(r"^  - ", metadata, flags=re.MULTILINE)[1:]]
    return {kernel["name"]: kernel for kernel in kernels}


def check_registers(compiler, sources, _program, folder):
    kernels = resources(compiler.device_code(sources, folder))
    for name, kernel in kernels.items():
        wasted = ["private_segment_fixed_size", "sgpr_spill_count", "vgpr_spill_count"]
        # The compiler moves variables to shared memory, too.
        if "run_block" not in name:
            wasted.append("group_segment_fixed_size")
        if used := [f"{what} {kernel[what]}" for what in wasted if kernel[what] != "0"]:
            raise Failed(f"{name} has {', '.join(used)}, expected 0: give loops over arrays a fixed length")
    if not kernels:
        raise Failed("the compiler's output has no kernels")
    print(f"{compiler.gpu}: {len(kernels)} kernels have their variables in registers")


def main(claim, gpu, sources, program, linker, hipcc, *flags):
    if missing := [tool for tool in (hipcc, linker) if not shutil.which(tool)]:
        print(f"skipped: needs {' and '.join(missing)}")
        return SKIPPED
    check = {"agrees": check_agreement, "faults": check_faults, "registers": check_registers}[claim]
    with tempfile.TemporaryDirectory() as folder:
        try:
            check(Compiler(hipcc, flags, gpu, linker), pathlib.Path(sources), program, pathlib.Path(folder))
        except (Failed, lower.Refused) as error:
            print(f"{gpu}: {error}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
