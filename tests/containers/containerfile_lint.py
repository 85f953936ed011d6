#!/usr/bin/env python3
# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
"""Checks Containerfiles: images must be small, reproducible and fit for Toolbx.

usage: containerfile_lint.py FOLDER_OF_IMAGES
"""

import pathlib
import re
import sys

LABELS = ("com.github.containers.toolbox", "io.github.trilby.image", "name", "version", "summary",
          "usage", "org.opencontainers.image.title", "org.opencontainers.image.version",
          "org.opencontainers.image.licenses")
# A registry and a fixed release or digest.
PINNED = re.compile(r"[a-z0-9.-]+\.[a-z]+/[a-z0-9/_-]+(:(?!latest\b)[A-Za-z0-9._-]+|@sha256:[0-9a-f]{64})")


def instructions(text):
    """Yields pairs of instruction and arguments, with continued lines joined."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    for line in filter(None, map(str.strip, joined.splitlines())):
        instruction, _, words = line.partition(" ")
        yield instruction, words.strip()


def problems_of_base(steps):
    bases = [words[len("BASE="):] for name, words in steps if name == "ARG" and words.startswith("BASE=")]
    if len(bases) != 1 or not PINNED.fullmatch(bases[0]):
        yield f"expected one ARG BASE with a registry and a release, found {bases}"
    for name, words in steps:
        if name == "FROM" and words.split()[0] not in ("${BASE}", "scratch"):
            yield f"builds on {words.split()[0]} instead of ${{BASE}} or scratch"


def problems_of_run(words):
    if re.search(r"\bdnf (?!-y|clean)", words):
        yield f"RUN {words[:40]}...: dnf without -y would prompt"
    if re.search(r"\bdnf -y|install-dependencies", words) and "dnf clean all" not in words:
        yield f"RUN {words[:40]}...: expected dnf clean all in the same layer"
    for forbidden in ("sudo ", "dnf upgrade", "dnf update", "curl ", "cd "):
        if forbidden in words:
            yield f"RUN {words[:40]}...: '{forbidden.strip()}' is not allowed here"
    if "pip install" in words and "--no-cache-dir" not in words:
        yield f"RUN {words[:40]}...: pip without --no-cache-dir leaves a cache"


def problems_of_last_stage(steps):
    start = max(index for index, step in enumerate(steps) if step[0] == "FROM")
    last = steps[start:]
    labels = " ".join(words for name, words in last if name == "LABEL")
    for label in LABELS:
        if f'{label}="' not in labels:
            yield f"lacks the label {label}"
    if 'com.github.containers.toolbox="true"' not in labels:
        yield 'the label com.github.containers.toolbox is not "true"'
    if ("ENTRYPOINT", "[]") not in last:
        yield "lacks ENTRYPOINT []"
    installs_trilby = any("trilby" in words for name, words in last if name == "RUN")
    if installs_trilby and not any(name == "HEALTHCHECK" and '"doctor"' in words for name, words in last):
        yield "lacks a HEALTHCHECK that runs the doctor"


def problems(text):
    steps = list(instructions(text))
    yield from problems_of_base(steps)
    for name, words in steps:
        if name in ("ADD", "USER", "VOLUME", "EXPOSE", "MAINTAINER", "SHELL", "ONBUILD"):
            yield f"{name} is not allowed in an image for Toolbx"
        if name == "RUN":
            yield from problems_of_run(words)
    yield from problems_of_last_stage(steps)


def self_test():
    bad = ("ARG BASE=fedora:latest\nFROM ubuntu\nADD x /\nRUN dnf install y && \\\n    cd /\nRUN dnf -y install y\n"
           "RUN pip install z\n")
    found = " ".join(problems(bad))
    for part in ("ARG BASE", "builds on ubuntu", "ADD", "without -y", "'cd'", "cache", "usage",
                 "clean all", "ENTRYPOINT"):
        assert part in found, part


def main(folder):
    self_test()
    files = sorted(folder.glob("*/Containerfile"))
    found = [f"{file.relative_to(folder)}: {problem}"
             for file in files for problem in problems(file.read_text(encoding="utf-8"))]
    print("\n".join(found) or f"{len(files)} Containerfiles are correct")
    return 1 if found or not files else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(pathlib.Path(sys.argv[1])))
