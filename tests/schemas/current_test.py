#!/usr/bin/python3
# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
"""Compares docs/schemas with the schemas that follow from the records.

usage: current_test.py TRILBY_SCHEMAS NOTES SCHEMA_FOLDER
"""

import pathlib
import subprocess
import sys
import tempfile

REMEDY = "run 'cmake --build --preset dev --target update-schemas' and commit docs/schemas"


def texts_of(folder):
    return {path.name: path.read_text(encoding="utf-8")
            for path in sorted(pathlib.Path(folder).iterdir())}


def main(program, notes, schema_folder):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([program, notes, folder], check=True)
        made = texts_of(folder)
    found = texts_of(schema_folder)
    stale = [name for name in sorted(made.keys() | found.keys())
             if made.get(name) != found.get(name)]
    for name in stale:
        print(f"docs/schemas/{name} is not what the records say: {REMEDY}")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
