# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
"""Runs programs that train, and measures their start and their memory."""

import dataclasses
import os
import pathlib
import pty
import re
import select
import sys
import time

# The environment that Trilby gives its worker.
WORKER_ENVIRONMENT = {"OMP_WAIT_POLICY": "passive", "OPENBLAS_THREAD_TIMEOUT": "4"}
THREAD_VARIABLES = ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"]
FIRST_STEP = re.compile(rb"first step|\x1b\[Kepoch 1/")


def proportional_kib(pid):
    """The memory of a process and its descendants; those that end meanwhile count as nothing."""
    try:
        process = pathlib.Path(f"/proc/{pid}")
        own = re.search(r"^Pss: +(\d+)", (process / "smaps_rollup").read_text(), re.MULTILINE)
        children = [child for thread in (process / "task").iterdir()
                    for child in (thread / "children").read_text().split()]
    except OSError:
        return 0
    return int(own[1]) + sum(map(proportional_kib, children))


@dataclasses.dataclass
class Run:
    """A program on a terminal, from its start to its end."""
    output: str = ""
    first_step: float = None  # seconds, as the next
    seconds: float = 0.0
    peak_kib: int = 0


def run(arguments, environment=None, cwd=None, sampling_interval=None):
    """Samples the memory if an interval in seconds is given, which makes the program slower."""
    start, output, result = time.perf_counter(), b"", Run()
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(cwd or ".")
        os.execve(arguments[0], arguments, {**os.environ, **(environment or {})})
    while True:
        if sampling_interval is not None:
            result.peak_kib = max(result.peak_kib, proportional_kib(pid))
        if not select.select([terminal], [], [], sampling_interval)[0]:
            continue
        try:
            output += os.read(terminal, 65536)
        except OSError:  # the program has closed the terminal
            break
        if result.first_step is None and FIRST_STEP.search(output):
            result.first_step = time.perf_counter() - start
    os.close(terminal)
    result.seconds = time.perf_counter() - start
    result.output = output.decode(errors="replace")
    if os.waitpid(pid, 0)[1] != 0 or result.first_step is None:
        sys.exit(f"{' '.join(arguments)} failed:\n{result.output}")
    return result
