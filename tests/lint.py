#!/usr/bin/env python3
# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
"""Checks the sources themselves: format, shell scripts, likely bugs, and the subjects of new commits.

usage: lint.py [--base COMMIT] [--junit FILE] [CHECK...]     checks: format shell tidy commits

New commits are those since COMMIT, by default those that are not yet on the main line. A check whose
tool is missing is skipped with the reason.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree

ROOT = pathlib.Path(__file__).resolve().parents[1]
# Versions format differently; this is the one in Debian 12.
CLANG_FORMAT = "clang-format-14"
ASAN_TREE = ROOT / "build/asan"
SUBJECT = re.compile(r"[a-z0-9][a-z0-9, ./-]*: \S.*")
LONGEST_SUBJECT = 72


class Skipped(Exception):
    """Why a check could not run."""


def output_of(*command):
    """What a command prints, or None if it fails."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else None


def complaints(*command):
    """What a tool prints if it fails, or an empty text."""
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, check=False)
    return "" if done.returncode == 0 else done.stdout or f"{command[0]} failed without a word"


def needed(tool, reason):
    if not shutil.which(tool):
        raise Skipped(f"needs {tool}: {reason}")
    return tool


def sources():
    """The files that git tracks."""
    listed = output_of("git", "ls-files", "-z")
    if listed is None:
        raise Skipped("needs a git checkout")
    return [name for name in listed.split("\0") if (ROOT / name).is_file()]


def check_format():
    tool = needed(CLANG_FORMAT, "other versions format differently")
    suffixes = (".c", ".cpp", ".cu", ".h", ".hpp")
    return complaints(tool, "--dry-run", "--Werror", *filter(lambda name: name.endswith(suffixes), sources()))


def is_shell_script(name):
    with open(ROOT / name, "rb") as file:
        return re.match(rb"#!.*\b(ba)?sh\b", file.readline(80)) is not None


def check_shell():
    tool = needed("shellcheck", "packaging/install-dependencies --tests installs it")
    return complaints(tool, "--external-sources", "--severity=warning", *filter(is_shell_script, sources()))


def compiled_sources():
    """Our sources, and the entries of compile_commands.json for the precompiled headers that they use."""
    database = ASAN_TREE / "compile_commands.json"
    if not database.is_file():
        raise Skipped("needs the build tree of the preset asan: cmake --preset asan")
    entries = json.loads(database.read_text())
    headers = [entry for entry in entries if "cmake_pch" in entry["file"]]
    # Sources that are compiled together are included by one file of the build tree.
    ours = sorted({entry["file"] for entry in entries
                   if entry["file"].startswith((f"{ROOT}/src/", f"{ASAN_TREE}/src/")) and entry not in headers})
    return ours, headers


def object_of(entry):
    """What a command of compile_commands.json makes, as ninja names it."""
    return re.search(r" -o (\S+)", entry["command"])[1]


def tidy_for(command):
    """The clang-tidy of the Clang that precompiled the headers: no other version reads them."""
    compiler = command.split()[0]
    version = re.search(r"version (\d+)", output_of(compiler, "--version") or "")[1]
    for tool in f"clang-tidy-{version}", "clang-tidy":
        if f"version {version}." in (output_of(tool, "--version") or "" if shutil.which(tool) else ""):
            return tool
    raise Skipped(f"needs clang-tidy {version}, as {compiler} precompiled the headers")


def check_tidy():
    files, headers = compiled_sources()
    tool = tidy_for(headers[0]["command"])
    if failed := complaints("ninja", "-C", str(ASAN_TREE), *map(object_of, headers)):
        return failed
    jobs = str(os.cpu_count() or 1)
    done = subprocess.run(["xargs", "-0", "-n", "4", "-P", jobs, tool, "-p", ASAN_TREE, "--quiet"],
                          input="\0".join(files), cwd=ROOT, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout or f"{tool} failed without a word"


def main_line():
    """The branch that new commits are compared with."""
    for name in "origin/HEAD", "origin/main", "main":
        if output_of("git", "rev-parse", "--verify", "--quiet", name):
            return name
    raise Skipped("needs a main line in the git history to compare with, or --base")


def check_commits(base):
    if output_of("git", "rev-parse", "--git-dir") is None:
        raise Skipped("needs the git history")
    subjects = output_of("git", "log", "--no-merges", "--format=%h %s", f"{base or main_line()}..HEAD")
    if subjects is None:
        return f"there is no commit {base}"
    wrong = []
    for line in subjects.splitlines():
        subject = line.partition(" ")[2]
        if len(subject) > LONGEST_SUBJECT:
            wrong.append(f"{line}: {len(subject)} characters, expected at most {LONGEST_SUBJECT}")
        if not SUBJECT.fullmatch(subject):
            wrong.append(f"{line}: expected 'area: imperative'")
    return "\n".join(wrong)


def add_result(suite, name, check):
    """Runs a check, prints what it says, adds it to the JUnit document and returns whether it failed."""
    start = time.monotonic()
    try:
        found, skipped = check(), ""
    except Skipped as reason:
        found, skipped = "", str(reason)
    seconds = time.monotonic() - start
    status = "fail" if found else "notrun" if skipped else "run"
    print(f"lint.{name}: {'FAILED' if found else 'skipped: ' + skipped if skipped else 'passed'} ({seconds:.0f} s)")
    if found:
        print(found)
    case = ElementTree.SubElement(suite, "testcase", name=f"lint.{name}", status=status, time=f"{seconds:.1f}")
    ElementTree.SubElement(case, "system-out").text = found or skipped
    return bool(found)


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("usage: ")[1].split("\n")[0])
    parser.add_argument("--base")
    parser.add_argument("--junit", type=pathlib.Path)
    parser.add_argument("check", nargs="*")
    options = parser.parse_args()
    checks = {"format": check_format, "shell": check_shell, "tidy": check_tidy,
              "commits": lambda: check_commits(options.base)}
    if unknown := set(options.check) - set(checks):
        parser.error(f"unknown check {', '.join(sorted(unknown))}; there are {', '.join(checks)}")
    suite = ElementTree.Element("testsuite", name="lint")
    results = [add_result(suite, name, checks[name]) for name in options.check or checks]
    if options.junit:
        ElementTree.ElementTree(suite).write(options.junit)
    return 1 if any(results) else 0


if __name__ == "__main__":
    sys.exit(main())
