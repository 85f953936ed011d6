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
    """Of a test of ctest: what became of it, and why. A program that is missing did not run either."""
    status, skipped = case.get("status"), case.find("skipped")
    message = skipped.get("message", "") if skipped is not None else ""
    if status == "run":
        return "passed", ""
    if status == "disabled" or status == "notrun" and message.startswith("SKIP_"):
        return "skipped", skip_reason(case)
    return "failed", message


def outcomes_in_suite(path):
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        name = f"{path.stem}.{case.get('name')}"
        skipped = case.find("skipped")
        if case.find("failure") is not None or case.find("error") is not None:
            yield "failed", name, ""
        elif skipped is not None:
            lines = skipped.get("message", "").strip().splitlines()
            yield "skipped", name, lines[-1] if lines else "no reason given"
        elif case.get("status") == "run":
            yield "passed", name, ""


def read_suite(path):
    """The outcomes of its tests, and what is wrong with the file."""
    try:
        outcomes = list(outcomes_in_suite(path))
        return outcomes, "" if outcomes else "no test ran"
    except (OSError, ElementTree.ParseError) as error:
        return [], f"no results: {error}"


def is_suite(case, path):
    """Whether GoogleTest has run, be it only for a while."""
    return path.exists() or "[==========] Running" in (case.findtext("system-out") or "")


def outcomes(path):
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        name = case.get("name")
        outcome, why = outcome_of(case)
        of_suite = path.with_suffix("") / f"{name.replace('/', '_')}.xml"
        if not is_suite(case, of_suite):
            yield outcome, name, why
            continue
        parts, problem = read_suite(of_suite)
        yield from parts
        # A program may fail outside its tests, or end before the last of them.
        if problem or outcome == "failed" and all(part[0] != "failed" for part in parts):
            yield "failed", name, problem or why


def main(paths):
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for path in map(pathlib.Path, paths):
        for outcome, name, reason in outcomes(path):
            counts[outcome] += 1
            if outcome != "passed":
                print(f"{outcome}: {name}" + (f": {reason}" if reason else ""))
    print(", ".join(f"{count} {outcome}" for outcome, count in counts.items()))
    return 1 if counts["failed"] or not counts["passed"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
