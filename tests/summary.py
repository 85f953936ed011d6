#!/usr/bin/env python3
# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
"""Adds up JUnit files of ctest: lists what was skipped and why, and closes with one line of counts.

Beside ci.xml, the folder ci has a file for each suite of GoogleTest, whose tests are counted one by one.
Fails if a test failed or if there was none: an empty run is no success.
"""

import pathlib
import sys
import xml.etree.ElementTree as ElementTree


def skip_reason(case):
    """The last line that a skipped test printed, which says why."""
    output = (case.findtext("system-out") or "").strip().splitlines()
    reasons = [line.strip() for line in output if line.strip() and not line.startswith("[")]
    return reasons[-1] if reasons else "no reason given"


def outcome_of(case):
    """Of a test of ctest: what became of it, its name and why."""
    outcomes = {"run": "passed", "notrun": "skipped", "disabled": "skipped"}
    return outcomes.get(case.get("status"), "failed"), case.get("name"), skip_reason(case)


def outcomes_in_suite(path):
    """Of the tests of a suite; none if its program did not write the file."""
    if not path.exists():
        return
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        name = f"{path.stem}.{case.get('name')}"
        skipped = case.find("skipped")
        if case.find("failure") is not None:
            yield "failed", name, ""
        elif skipped is not None:
            yield "skipped", name, skipped.get("message", "").strip().splitlines()[-1]
        elif case.get("status") == "run":
            yield "passed", name, ""


def outcomes(path):
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        whole = outcome_of(case)
        parts = list(outcomes_in_suite(path.with_suffix("") / f"{whole[1].replace('/', '_')}.xml"))
        yield from parts
        # A program may also fail outside its tests.
        if not parts or whole[0] == "failed" and all(part[0] != "failed" for part in parts):
            yield whole


def main(paths):
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for path in map(pathlib.Path, paths):
        for outcome, name, reason in outcomes(path):
            counts[outcome] += 1
            if outcome != "passed":
                print(f"{outcome}: {name}" + (f": {reason}" if outcome == "skipped" else ""))
    print(", ".join(f"{count} {outcome}" for outcome, count in counts.items()))
    return 1 if counts["failed"] or not counts["passed"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
