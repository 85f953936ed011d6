#!/usr/bin/env python3
# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
"""Adds up JUnit files of ctest: lists what was skipped and why, and closes with one line of counts.

Fails if a test failed or if there was none: an empty run is no success.
"""

import sys
import xml.etree.ElementTree as ElementTree


def skip_reason(case):
    """The last line that a skipped test printed, which says why."""
    output = (case.findtext("system-out") or "").strip().splitlines()
    reasons = [line.strip() for line in output if line.strip() and not line.startswith("[")]
    return reasons[-1] if reasons else "no reason given"


def main(paths):
    passed = failed = skipped = 0
    for path in paths:
        for case in ElementTree.parse(path).getroot().iter("testcase"):
            status = case.get("status")
            if status == "run":
                passed += 1
            elif status in ("notrun", "disabled"):
                skipped += 1
                print(f"skipped: {case.get('name')}: {skip_reason(case)}")
            else:
                failed += 1
                print(f"failed: {case.get('name')}")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
