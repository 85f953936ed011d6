#!/usr/bin/python3
# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
"""Damages the checkpoints of a training run, and verifies that none of them is loaded as good.

Each time, one bit of the newest checkpoint is flipped, or its end is cut off. Then `trilby evaluate` must refuse
it. Some of them are resumed as well: where the checkpoint before is whole, the run must say that it takes that
one, and end with the bytes of an undisturbed run; where it is damaged as well, the run must be refused. No file
may change that was not asked for.

usage: damage.py TRILBY [--flips 1000] [--truncations 100] [--resumed 20] [--seed 1]
"""

import argparse
import collections
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

NEWEST, BEFORE = "checkpoint.safetensors", "checkpoint-1.safetensors"
LIMIT_S = 60


class Damage:
    """One bit to flip, or the size to cut a file to."""

    def __init__(self, dice, size, is_flip):
        self.is_flip = is_flip
        self.at = dice.randrange(size)
        self.bit = dice.randrange(8)

    def __str__(self):
        return f"bit {self.bit} of byte {self.at} flipped" if self.is_flip else f"cut to {self.at} bytes"

    def do_to(self, path):
        content = bytearray(path.read_bytes())
        if self.is_flip:
            content[self.at] ^= 1 << self.bit
        else:
            del content[self.at:]
        path.write_bytes(content)


def run(trilby, words, folder):
    """The exit code and the output of a command, which must not be ended by a signal."""
    done = subprocess.run([trilby, *words], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=LIMIT_S, check=False)
    assert done.returncode >= 0, f"{words} was ended by signal {-done.returncode}\n{done.stdout}"
    return done.returncode, done.stdout


def contents_of(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != ".trilby-lock"}


def require_refusal(trilby, work, words):
    """The command fails, says why, and leaves the run as it is."""
    before = contents_of(work / "run")
    code, output = run(trilby, words, work)
    assert code not in (0, 130), f"{words} took it as good\n{output}"
    assert "error:" in output and NEWEST in output, f"{words} does not say what is wrong\n{output}"
    assert contents_of(work / "run") == before, f"{words} changed the run"


def make_run(trilby, work):
    """A run that looks as if it had been killed before it could say that it has ended."""
    script = pathlib.Path(__file__).with_name("made_data.py")
    subprocess.run([sys.executable, script, "table", work / "data"], check=True)
    words = ["train", "data", "--task", "table", "--target", "price", "--threads", "1", "--backend", "cpu",
             "--epochs", "3", "--set", "network.width=16", "--set", "network.members=2"]
    code, output = run(trilby, [*words, "--output", "whole"], work)
    assert code == 0, output
    (work / "whole" / "result.json").unlink()


def copy_run(work):
    shutil.rmtree(work / "run", ignore_errors=True)
    shutil.copytree(work / "whole", work / "run")


def resume(trilby, work, damage, damage_before):
    """Resumes a run with one damaged checkpoint, or with two."""
    copy_run(work)
    damage.do_to(work / "run" / NEWEST)
    words = ["train", "--resume", "run"]
    if damage_before:
        damage_before.do_to(work / "run" / BEFORE)
        require_refusal(trilby, work, words)
        return
    code, output = run(trilby, words, work)
    assert code == 0 and "is damaged" in output, f"did not go on from the checkpoint before\n{output}"
    same = (work / "run" / NEWEST).read_bytes() == (work / "whole" / NEWEST).read_bytes()
    assert same, "the resumed run ends with other bits"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("trilby", type=os.path.abspath)
    parser.add_argument("--flips", type=int, default=1000)
    parser.add_argument("--truncations", type=int, default=100)
    parser.add_argument("--resumed", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    dice = random.Random(options.seed)
    with tempfile.TemporaryDirectory(prefix="damage-") as name:
        work = pathlib.Path(name)
        make_run(options.trilby, work)
        size = (work / "whole" / NEWEST).stat().st_size
        damages = [Damage(dice, size, number < options.flips)
                   for number in range(options.flips + options.truncations)]
        refused = collections.Counter()
        for damage in damages:
            copy_run(work)
            damage.do_to(work / "run" / NEWEST)
            try:
                require_refusal(options.trilby, work, ["evaluate", "run"])
            except AssertionError as wrong:
                raise AssertionError(f"{damage}: {wrong}") from wrong
            refused["flips" if damage.is_flip else "truncations"] += 1
        for number, damage in enumerate(dice.sample(damages, min(options.resumed, len(damages)))):
            damage_before = Damage(dice, size // 2, True) if number % 2 else None
            resume(options.trilby, work, damage, damage_before)
    print(f"a checkpoint of {size:,} bytes: {refused['flips']} flipped bits and {refused['truncations']} "
          f"truncations refused, {options.resumed} runs resumed or refused")


if __name__ == "__main__":
    sys.exit(main())
