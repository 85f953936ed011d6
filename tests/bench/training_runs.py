# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
"""Runs of 'trilby train', for the benchmarks that compare what is learned."""

import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time


def train(program, what, seed, options=()):
    """Returns the content of result.json, and the wall-clock seconds of the complete command."""
    with tempfile.TemporaryDirectory() as folder:
        run = pathlib.Path(folder) / "run"
        command = [program, "train", what, "--set", f"training.seed={seed}", "--output", str(run),
                   *options]
        start = time.perf_counter()
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        seconds = time.perf_counter() - start
        if done.returncode != 0:
            sys.exit(f"{' '.join(command)} failed:\n{done.stderr}")
        return json.loads((run / "result.json").read_text(encoding="utf-8")), seconds


def deviation(values):
    """Returns that of a sample (n - 1); 0 for a single value."""
    return statistics.stdev(values) if len(values) > 1 else 0.0


def has_torch(python):
    return subprocess.run([python, "-c", "import torch"], check=False,
                          stderr=subprocess.DEVNULL).returncode == 0
