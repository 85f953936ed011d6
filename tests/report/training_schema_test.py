#!/usr/bin/python3
# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
"""Compares what the commands for training and models print as JSON, and the files of runs, with the schemas.

usage: training_schema_test.py TRILBY SCHEMA_FOLDER MADE_DATA

MADE_DATA is tests/cli/made_data.py. Data of every kind are shown, learned, evaluated and predicted.
"""

import os
import pathlib
import struct
import subprocess
import sys
import tempfile

from schema_test import failures_of, read_validator

NO_BACKEND = 69
SKIPPED = 125
# The data's file by its kind, and options for a short training.
KINDS = {
    "images": ("stripes", []),
    "table": ("rows.csv", ["--target", "kind"]),
    "text": ("words.txt", ["--set", "training.steps_per_epoch=2"]),
    "series": ("load.csv", ["--set", "training.steps_per_epoch=2"]),
}
MODEL_HEADER = (b'{"__metadata__":{"license":"mit"},'
                b'"a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}')
MODEL = struct.pack("<Q", len(MODEL_HEADER)) + MODEL_HEADER + bytes(8)


class Checker:
    """Runs Trilby in a folder, and collects how its output differs from the schemas."""

    def __init__(self, program, schema_folder, folder):
        self.program = program
        self.schema_folder = pathlib.Path(schema_folder)
        self.folder = folder
        self.failures = []

    def compare(self, what, schema, text):
        validator = read_validator(self.schema_folder / f"{schema}-1.schema.json")
        self.failures += failures_of(what, validator, text)

    def run(self, schema, *words):
        """Whether there is a backend for the command."""
        done = subprocess.run([self.program, *words, "--json"], check=False, capture_output=True,
                              cwd=self.folder)
        if done.returncode == 0:
            self.compare(" ".join(words), schema, done.stdout)
        elif done.returncode != NO_BACKEND:
            self.failures.append(f"{' '.join(words)}: {done.stderr.decode()}")
        return done.returncode != NO_BACKEND

    def run_files(self, run):
        for line in (self.folder / run / "metrics.jsonl").read_text().splitlines():
            self.compare("metrics.jsonl", "metrics", line)
        self.compare("result.json", "result", (self.folder / run / "result.json").read_text())


def learn(checker, kind):
    """Whether there is a backend."""
    data, options = KINDS[kind]
    run = f"run-{kind}"
    if not checker.run("training", "train", data, "--epochs", "1", "--output", run, *options):
        return False
    if not checker.failures:
        checker.run_files(run)
        # By default, a text has no test part.
        checker.run("evaluation", "evaluate", run, *([data] if kind == "text" else []))
        checker.run("model", "inspect", run)
        checker.run("predictions", "predict", run,
                    f"{data}/across/00.png" if kind == "images" else data)
    return True


def main(program, schema_folder, made_data):
    with tempfile.TemporaryDirectory() as name:
        checker = Checker(program, schema_folder, pathlib.Path(name))
        for kind, (data, _) in KINDS.items():
            subprocess.run([sys.executable, made_data, kind, data], check=True, cwd=name)
            checker.run("data", "data", "show", data)
        (checker.folder / "model.safetensors").write_bytes(MODEL)
        checker.run("model", "inspect", "model.safetensors")
        has_backend = all(learn(checker, kind) for kind in KINDS)
        if has_backend and not checker.failures:
            checker.run("training", "train", "--resume", "run-table")
            checker.run("examination", "train", "rows.csv", "--target", "price", "--dry-run")
            checker.run("learning-rate", "train", "rows.csv", "--target", "price", "--find-learning-rate")
            checker.run("tuning", "tune", "rows.csv", "--target", "price", "--epochs", "1", "--seeds", "1", "--vary",
                        "optimizer.learning_rate=0.001,0.01", "--output", "search")
            checker.compare("search.json", "search", (checker.folder / "search/search.json").read_text())
            checker.run("runs", "runs", ".")
            checker.run("run-comparison", "runs", "compare", "run-table", "run-series")
            checker.run("generation", "generate", "run-text", "--prompt", "the ", "--tokens", "4")
    print("\n".join(checker.failures) or "every value is as the schemas say")
    if checker.failures:
        return 1
    if not has_backend:
        print("skipped: training needs a backend")
    return 0 if has_backend else SKIPPED


if __name__ == "__main__":
    sys.exit(main(*map(os.path.abspath, sys.argv[1:4])))
