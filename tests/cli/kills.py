#!/usr/bin/python3
# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
"""Kills and stops training runs at random moments, and verifies that nothing is lost or left behind.

A run is disturbed, and then repeated with --resume, which may be disturbed as well, until it ends. Then
its checkpoint must have the bytes of an undisturbed run, its metrics each epoch once, and its folder no
other files. No process, temporary file or shared memory may be left at any time.

usage: kills.py TRILBY [--kind images|table|text|series] [--processes 1] [--kills 200] [--seed 1]
"""

import argparse
import collections
import fnmatch
import gzip
import json
import math
import os
import pathlib
import random
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time

EPOCHS = 5
RECIPE = f"""
name = "killed"
[data]
dataset = "fashion-mnist"
validation_examples = 500
training_examples = 1000
test_examples = 500
shift_pixels = 1
[training]
epochs = {EPOCHS}
batch_size = 50
average = 0.9
[optimizer]
name = "adamw"
clip_norm = 1.0
learning_rate = 0.001
[schedule]
name = "cosine"
[network]
layers = [
    {{ layer = "flatten" }},
    {{ layer = "linear", features = 512 }},
    {{ layer = "relu" }},
    {{ layer = "dropout", probability = 0.2 }},
    {{ layer = "linear", features = 10 }},
]
"""
# What is trained, by the kind of the data of made_data.py; images have a recipe.
WORDS = {
    "images": ["recipe.toml", "--data", "data"],
    "table": ["data", "--task", "table", "--target", "price", "--epochs", str(EPOCHS)],
    "text": ["data", "--task", "text", "--epochs", str(EPOCHS), "--set", "training.steps_per_epoch=10"],
    "series": ["data", "--task", "series", "--epochs", str(EPOCHS), "--set", "training.steps_per_epoch=20"],
}
FILES = [".trilby-lock", "checkpoint-1.safetensors", "checkpoint.safetensors", "metrics.jsonl", "recipe.toml", "result.json"]
TIMES = ["seconds", "units_per_second"]  # the metrics that differ from run to run
# Marks the processes of a run, which inherit it.
MARK = f"TRILBY_KILLS_TEST={os.getpid()}"
LIMIT_S = 60

# A disturbance: what is hit, by which signals, and a pause before the last one.
Disturbance = collections.namedtuple("Disturbance", "targets signals pause_s", defaults=[0])
ENDING = [[name] for name in ("INT", "TERM", "HUP", "QUIT", "KILL")]
DISTURBANCES = [
    *(Disturbance(targets, signals)
      for targets in (["trilby"], ["worker"], ["trilby", "worker"]) for signals in ENDING),
    *(Disturbance(targets, ["STOP", "KILL"], 0.3)
      for targets in (["trilby"], ["worker"], ["worker", "trilby"])),
    Disturbance(["trilby"], ["INT", "INT"], 0.3),
]
# The files whose appearance is a moment for a disturbance, as often as a random moment.
EVENTS = ["recipe.toml*", "metrics.jsonl.*-tmp", "checkpoint.safetensors.*-tmp", "result.json*"]


def write_idx(path, shape, content):
    header = struct.pack(f">BBBB{len(shape)}I", 0, 0, 8, len(shape), *shape)
    path.write_bytes(gzip.compress(header + content, 1))


def write_data(folder):
    """Data in the shape of Fashion-MNIST. Images that nothing uses are black, to compress well."""
    folder.mkdir()
    numbers = random.Random(1)
    for name, count in (("train", 60_000), ("t10k", 10_000)):
        used = numbers.randbytes(1000 * 784)
        images = used + bytes((count - 2000) * 784) + used
        write_idx(folder / f"{name}-images-idx3-ubyte.gz", [count, 28, 28], images)
        write_idx(folder / f"{name}-labels-idx1-ubyte.gz", [count],
                  bytes(i % 10 for i in range(count)))


def make_data(kind, work):
    if kind == "images":
        (work / "recipe.toml").write_text(RECIPE)
        write_data(work / "data")
    else:
        script = pathlib.Path(__file__).with_name("made_data.py")
        subprocess.run([sys.executable, script, kind, work / "data"], check=True)


def names_in(folder):
    try:
        return os.listdir(folder)
    except FileNotFoundError:
        return []


def marked_processes():
    marked = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if MARK.encode() in pathlib.Path("/proc", pid, "environ").read_bytes().split(b"\0"):
                marked.append(int(pid))
        except OSError:
            pass  # it has ended, or is not ours
    return marked


def children_of(pid):
    children = []
    for thread in names_in(f"/proc/{pid}/task"):
        try:
            children += pathlib.Path(f"/proc/{pid}/task/{thread}/children").read_text().split()
        except OSError:
            pass  # it has ended
    return [int(child) for child in children]


def shared_memory():
    """The files in shared memory that Trilby or LibTorch may have made."""
    return {name for name in names_in("/dev/shm") if "trilby" in name or "torch" in name}


class Run:
    """A training run in a folder of its own, which may take several commands."""

    has_killed = False  # whether `trilby` of any run was killed

    def __init__(self, trilby, kind, processes, work):
        self.trilby = trilby
        self.processes = processes
        self.kind = kind
        self.work = work
        self.folder = work / "run"
        self.temporary = work / "tmp"
        self.temporary.mkdir(exist_ok=True)
        self.shared_memory = shared_memory()
        self.is_resumed = False

    def start(self):
        self.is_resumed = (self.folder / "recipe.toml").exists()
        how = ["--resume", "run"] if self.is_resumed else [*WORDS[self.kind], "--output", "run"]
        if self.is_resumed and self.kind == "images":
            how += ["--data", "data"]
        name, value = MARK.split("=")
        self.process = subprocess.Popen(
            [self.trilby, "train", *how, "--threads", "1", "--backend", "cpu", "--save-every", "0.05s",
             "--processes", str(self.processes)],
            cwd=self.work, env={**os.environ, name: value, "TMPDIR": str(self.temporary)},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            process_group=0)

    def finish(self):
        """The exit code and the output, once all processes have ended."""
        output, _ = self.process.communicate(timeout=LIMIT_S)
        deadline = time.monotonic() + LIMIT_S
        while marked_processes():
            assert time.monotonic() < deadline, f"processes {marked_processes()} live on"
            time.sleep(0.005)
        # The processes of a group meet in a folder. If it is left, the next group removes it.
        Run.has_killed |= self.process.returncode == -signal.SIGKILL
        left = [name for name in names_in(self.temporary)
                if not (Run.has_killed and name.startswith("trilby-group-"))]
        assert not left, f"left in TMPDIR: {left}"
        left = shared_memory() - self.shared_memory
        assert not left, f"left in /dev/shm: {left}"
        return self.process.returncode, output

    def epochs(self):
        try:
            lines = (self.folder / "metrics.jsonl").read_text().splitlines()
        except FileNotFoundError:
            return []
        return [json.loads(line) for line in lines]

    def phase(self):
        """The phase of the run now."""
        names = names_in(self.folder)
        if fnmatch.filter(names, "checkpoint.safetensors.*"):
            phase = "save"
        elif fnmatch.filter(names, "result.json*") or len(self.epochs()) == EPOCHS:
            phase = "end"
        else:
            phase = "epoch" if self.epochs() else "start"
        return f"resumed, {phase}" if self.is_resumed else phase

    def target(self, name):
        """The process with this role; None if there is none now."""
        if self.process.poll() is not None:
            return None
        if name == "trilby":
            return self.process.pid
        workers = children_of(self.process.pid)
        return random.choice(workers) if workers else None

    def wait_until(self, is_reached):
        """False if the command ends first."""
        while not is_reached():
            if self.process.poll() is not None:
                return False
            time.sleep(0.0005)
        return True

    def disturb(self, disturbance):
        """The phase that was disturbed; None if the targets had ended."""
        pids = []
        for name in disturbance.targets:
            if not self.wait_until(lambda name=name: self.target(name)):
                return None
            pids += filter(None, [self.target(name)])
        phase = self.phase()
        for number, name in enumerate(disturbance.signals):
            time.sleep(disturbance.pause_s if number > 0 else 0)
            for pid in filter(None, pids):
                try:
                    os.kill(pid, signal.Signals[f"SIG{name}"])
                except ProcessLookupError:
                    pass  # the other one ended it
        return phase


def random_moment(dice, run, usual_s):
    """A predicate that becomes true at some moment in the life of a command."""
    start = time.monotonic()
    if dice.random() < 0.5:
        delay_s = dice.uniform(0, usual_s)
        return lambda: time.monotonic() - start >= delay_s
    pattern = dice.choice(EVENTS)
    old = set(names_in(run.folder))
    seen = set()
    wanted = dice.randint(1, EPOCHS) if "*-tmp" in pattern else 1

    def has_appeared():
        seen.update(fnmatch.filter(set(names_in(run.folder)) - old, pattern))
        return len(seen) >= wanted

    return has_appeared


def allowed_codes(disturbance):
    """The run may have ended, been interrupted or failed; a signal may come before it is handled."""
    codes = {0, 130, *(-signal.Signals[f"SIG{name}"] for name in disturbance.signals)}
    return codes | {1} if "worker" in disturbance.targets else codes


def outcome_of(code):
    return {0: "done", 1: "failed", 130: "interrupted"}.get(code, "killed")


def is_close(a, b):
    """Older versions of Boost lose the last digit of some numbers that they read."""
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(is_close(a[key], b[key]) for key in a)
    return math.isclose(a, b, rel_tol=1e-14)


def require_same(run, expected):
    """The run is as if nothing had happened to it."""
    assert sorted(names_in(run.folder)) == FILES, f"the folder has {sorted(names_in(run.folder))}"
    assert [line["epoch"] for line in run.epochs()] == list(range(1, EPOCHS + 1)), run.epochs()
    for line, other in zip(run.epochs(), expected.epochs()):
        different = {key for key in other
                     if key not in TIMES and not is_close(line[key], other[key])}
        assert not different, f"{different} of {line} and {other}"
    same = (run.folder / "checkpoint.safetensors").read_bytes() == (
        expected.folder / "checkpoint.safetensors").read_bytes()
    assert same, "the checkpoint has other bits"
    metrics = [json.loads((each.folder / "result.json").read_text())["test"]
               for each in (run, expected)]
    assert metrics[0] == metrics[1], f"other metrics: {metrics}"


def disturb_until_ended(dice, run, usual_s, kills):
    """Disturbs the run at most `kills` times. Yields what was done: disturbance, phase, outcome."""
    while True:
        disturbance = dice.choice(DISTURBANCES) if kills > 0 else None
        phase = None
        run.start()
        if disturbance and run.wait_until(random_moment(dice, run, usual_s)):
            phase = run.disturb(disturbance)
        code, output = run.finish()
        allowed = allowed_codes(disturbance) if phase else {0}
        assert code in allowed, f"exit code {code} of {disturbance} in {phase}\n{output}"
        if phase:
            kills -= 1
            yield disturbance, phase, outcome_of(code)
        if code == 0:
            return


def print_table(done):
    phases = sorted({phase for _, phase, _ in done})
    outcomes = collections.Counter(
        (" and ".join(d.targets) + " " + "+".join(d.signals), phase, outcome)
        for d, phase, outcome in done)
    print(f"{'':28}" + "".join(f"{phase:>22}" for phase in phases))
    for what in sorted({what for what, _, _ in outcomes}):
        cells = [" ".join(f"{count} {outcome}" for (w, p, outcome), count in sorted(outcomes.items())
                          if (w, p) == (what, phase)) for phase in phases]
        print(f"{what:28}" + "".join(f"{cell:>22}" for cell in cells))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("trilby", type=os.path.abspath)
    parser.add_argument("--kind", choices=WORDS, default="images")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    for ignored_by_a_background_shell in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
        signal.signal(ignored_by_a_background_shell, signal.SIG_DFL)
    dice = random.Random(options.seed)
    done = []
    with tempfile.TemporaryDirectory(prefix="kills-") as name:
        work = pathlib.Path(name)
        make_data(options.kind, work)
        expected = Run(options.trilby, options.kind, options.processes, work)
        expected.folder = work / "expected"
        start = time.monotonic()
        expected.start()
        code, output = expected.finish()
        usual_s = time.monotonic() - start
        assert code == 0, output
        (work / "run").rename(expected.folder)
        while len(done) < options.kills:
            run = Run(options.trilby, options.kind, options.processes, work)
            for disturbed in disturb_until_ended(dice, run, usual_s,
                                                 min(dice.randint(1, 3), options.kills - len(done))):
                done.append(disturbed)
            require_same(run, expected)
            shutil.rmtree(run.folder)
        last = Run(options.trilby, options.kind, options.processes, work)
        last.start()
        code, output = last.finish()
        assert code == 0, output
        assert not names_in(last.temporary), f"left in TMPDIR: {names_in(last.temporary)}"
    print_table(done)
    print(f"{len(done)} disturbances, undisturbed run {usual_s:.1f} s")


if __name__ == "__main__":
    sys.exit(main())
