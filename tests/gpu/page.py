#!/usr/bin/env python3
# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0

"""Makes a page of what tests/gpu/run has left in a folder, and keeps the JSON beside it.

usage: tests/gpu/page.py WORK_FOLDER RESULTS_FOLDER
"""

import json
import pathlib
import re
import shutil
import sys


def read(work, name):
    file = work / name
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def table(head, rows):
    lines = ["| " + " | ".join(map(str, row)) + " |" for row in rows]
    return "\n".join(["| " + " | ".join(head) + " |", "|" + " --- |" * len(head), *lines, ""])


def about(subject):
    libraries = subject["libraries"]
    gpu = libraries.get("gpu", {})
    rows = [("device", subject["name"]), ("backend", subject["backend"]),
            ("LibTorch", libraries["libtorch"])]
    rows += [(f"GPU's {key}", value) for key, value in gpu.items()]
    return table(("what", "which"), rows)


def kernels(work):
    found = read(work, "kernels.json")
    if found is None:
        return ""
    skipped = sum(test["result"] == "SKIPPED" for suite in found["testsuites"]
                  for test in suite["testsuite"])
    return (f"## Kernels\n\n`tests/gpu/run kernels`: {found['tests'] - skipped} tests against the "
            f"references, {found['failures']} failed, {skipped} skipped.\n\n")


def validation(work, level):
    found = read(work, f"level-{level}.json")
    if found is None:
        return ""
    rows = [(result["check"], result["verdict"], f"{result['seconds']:.1f} s",
             result.get("message", "")) for result in found["results"]]
    text = (f"## Validation, level {level}\n\n`trilby validate --level {level} --seed {found['seed']}`"
            f": {found['conclusion']}, {found['seconds']:.0f} s.\n\n")
    text += table(("check", "verdict", "time", "message"), rows)
    figures = [(result["check"], measured["name"], f"{measured['value']:.4g} {measured['unit']}",
                "" if measured.get("least") is None else f"{measured['least']:.4g}",
                measured.get("basis", ""))
               for result in found["results"]
               for measured in [*result["measurements"], *result["telemetry"]]]
    return text + "\n" + table(("check", "measured", "value", "at least", "basis"), figures) + "\n"


def self_test(work):
    found = read(work, "self-test.json")
    if found is None:
        return ""
    faults = {}
    for cell in found["cells"]:
        injected, detected = faults.get(cell["fault"], (0, 0))
        faults[cell["fault"]] = injected + cell["injected"], detected + cell["detected"]
    rate = found["detection_rate"]
    others = sum(len(cell["other_ends"]) for cell in found["cells"])
    return ("## Injected faults\n\n`trilby validate --self-test --level 2`: "
            f"{100 * rate['value']:.1f} % noticed ({100 * rate['low']:.1f} to "
            f"{100 * rate['high']:.1f} % at 95 % confidence), {found['false_alarms']} false alarms "
            f"in {found['clean_runs']} runs without a fault, {others} trials that ended for "
            "another reason than the fault.\n\n"
            + table(("fault", "injected", "noticed"),
                    [(fault, *counts) for fault, counts in faults.items()]) + "\n")


def trainings(work):
    rows = []
    for file in sorted(work.glob("train-*.json")):
        found = read(work, file.name)
        if found is not None:
            rows.append((file.stem.removeprefix("train-"), f"{100 * found['test']['accuracy']:.2f} %",
                         f"{found['seconds']:.1f} s", found["steps"]))
    return "" if not rows else ("## Training\n\n`trilby train RECIPE`:\n\n" +
                                table(("recipe", "test accuracy", "time", "steps"), rows) + "\n")


def benches(work):
    text = ""
    for file in sorted(work.glob("bench-*.txt")):
        text += f"    {file.read_text(encoding='utf-8').strip()}\n".replace("\n", "\n    ").rstrip()
        text += "\n\n"
    return text and "## Beside others\n\n" + text


def main(work_folder, results_folder):
    work = pathlib.Path(work_folder)
    subject = next((found["subject"] for level in (3, 2, 1)
                    if (found := read(work, f"level-{level}.json"))), None)
    if subject is None:
        sys.exit(f"{work} has no validation: run 'tests/gpu/run validate' before")
    folder = (pathlib.Path(results_folder) /
              re.sub(r"[^a-z0-9]+", "-", subject["name"].lower()).strip("-"))
    folder.mkdir(parents=True, exist_ok=True)
    page = ("<!-- Copyright The Trilby Authors -->\n<!-- SPDX-License-Identifier: Apache-2.0 -->\n\n"
            f"# {subject['name']}\n\nMade by `tests/gpu/run`; the JSON documents lie beside this page.\n\n"
            + about(subject) + "\n" + kernels(work)
            + "".join(validation(work, level) for level in (1, 2, 3))
            + self_test(work) + trainings(work) + benches(work))
    (folder / "README.md").write_text(page.rstrip() + "\n", encoding="utf-8")
    for file in work.glob("*.json"):
        shutil.copy(file, folder)
    print(folder / "README.md")


main(*sys.argv[1:])
