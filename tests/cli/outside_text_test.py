#!/usr/bin/python3
# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
"""Runs each command with text from outside that would control a terminal, forge a line or mislead a reader,
in each place from which text comes, and reads what it prints and writes.

usage: outside_text_test.py TRILBY MODULE MACHINES [KIND...]

KIND is a kind of text, by default every one. Only with every one does each command print all that it can.
"""

import json
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile
import unicodedata
import xml.etree.ElementTree as ElementTree

# Characters that parsers let pass: direction, separators, invisible ones, C1, noncharacters, private use.
HIDDEN = ("\u009b\u0085\u202e\u2066\u2069\u200e\u200f\u061c\u2028\u2029\u200b\u200d\u2060\ufeff\u00ad\ue000\ufffe\uffff"
          "\ufdd0\U000e0041\U0010ffff")
FORGED = "\nFORGED\r\nFORGED\rFORGED"
TEXTS = {
    "hidden": f"a{HIDDEN}b".encode(),
    "controls": f"a\x1b[31m\x1b]0;title\x07\x08\x7f\x01{HIDDEN}{FORGED}b".encode(),
    # C1 as a byte, a surrogate, an overlong slash and a character that is cut off.
    "bytes": b"a\x9b31m\x85\xed\xa0\x80\xc0\xaf\xff\xe2\x82\nFORGED\x1b[31mb",
}
# The tool's own tab and line feed.
ALLOWED = "\n\t"


def faults(output):
    """What is wrong with text that people read."""
    try:
        text = output.decode()
    except UnicodeDecodeError as error:
        return [f"not UTF-8: {error.object[error.start - 9:error.end + 9]}"]
    hidden = {char for char in text if char not in ALLOWED and
              (unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
               or ord(char) & 0xfffe == 0xfffe or 0xfdd0 <= ord(char) <= 0xfdef)}
    found = [f"has U+{ord(char):04X}" for char in sorted(hidden)]
    return found + ["has a forged line"] * any(line.startswith("FORGED") for line in text.split("\n"))


def misread(done):
    """What programs cannot read of JSON documents and JUnit reports."""
    try:
        if "--json" in done.args and done.stdout:
            json.loads(done.stdout)
        if done.args[0] == "junit.xml":
            ElementTree.fromstring(done.stdout)
    except (ValueError, ElementTree.ParseError) as error:
        return [f"cannot be parsed: {error}"]
    return []


def json_string(text):
    return json.dumps(text.decode(errors="replace"))


class Place:
    """A folder in which one command runs with one text."""

    def __init__(self, folder, program, text):
        self.folder, self.program, self.text = folder, program, text
        self.environment = dict(os.environ, XDG_CONFIG_HOME=f"{folder}/config", XDG_DATA_HOME=f"{folder}/data")
        for name in "TRILBY_BACKEND", "TRILBY_BACKEND_DIR", "OMP_NUM_THREADS":
            self.environment.pop(name, None)

    def file(self, name, content=b""):
        path = os.path.join(os.fsencode(self.folder), os.fsencode(name))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content)
        return path

    def set(self, **variables):
        self.environment.update({name: os.fsdecode(value) for name, value in variables.items()})

    def run(self, *words):
        return subprocess.run([self.program, *map(os.fsdecode, words)], cwd=self.folder, env=self.environment,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=100, check=False)


def name(text):
    """The text as the name of a file."""
    return text.replace(b"/", b"")


# Command lines ----------------------------------------------------------------------------------------------

def arguments(place):
    text = name(place.text)
    for words in ([text], ["probe", text], ["probe", b"--" + text], ["probe", "--root", text],
                  ["backends", "--root", text],
                  ["backends", "--backend", text], ["doctor", "--root", text], ["doctor", "--explain", text],
                  ["doctor", "--only", text], ["train", text], ["train", "--show", text], ["train", "--resume", text],
                  ["train", "fashion-mnist", "--data", text], ["train", "x", "--epochs", text], ["tune", text],
                  ["tune", "--resume", text], ["tune", "fashion-mnist", "--vary", text],
                  ["tune", "fashion-mnist", "--vary", b"network.x=" + text], ["data", "path", text],
                  ["data", "fetch", text], ["data", "fetch", "fashion-mnist", "--url-base", text],
                  ["data", "fetch", "fashion-mnist", "--data", b"/proc/" + text, "--url-base", "https://localhost:1"],
                  ["model", "fetch", text], ["model", "fetch", "resnet18", "--from-file", text],
                  ["model", "fetch", "resnet18", "--output", b"/proc/" + text],
                  ["validate", "--check", text], ["validate", "--compare", text, "--with", text],
                  ["validate", "--junit", text + b"/" + text], ["validate", "--expect", text],
                  ["validate", "--write-expect", text + b"/" + text], ["backend", "build", "--torch", text],
                  ["backend", "remove", text], ["toolbox", "create", text], ["toolbox", "create", "--image", text],
                  ["help", text]):
        yield place.run(*words)
        yield place.run(*words, "--json")
    yield place.run("probe", "--root", "machine", "--capture", text)


def recorded_folder(place):
    machine = place.folder / "machine"
    folder = os.path.join(os.fsencode(place.folder), name(place.text))
    shutil.copytree(os.fsencode(machine), folder, symlinks=True)
    for words in (["probe"], ["probe", "--verbose"], ["doctor"], ["backends"]):
        yield place.run(*words, "--root", folder)
    yield place.run("probe", "--root", folder, "--capture", folder + b"-copy")
    yield place.run("doctor", "--root", folder, "--report", folder + b".txt")


def environment(place):
    text = place.text
    for variable in ("TRILBY_BACKEND", "TRILBY_BACKEND_DIR", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "HOME", "TERM", "PATH",
                     "OMP_NUM_THREADS"):
        one = Place(place.folder, place.program, text)
        one.set(**{variable: text})
        for words in (["backends"], ["backends", "--explain"], ["backend", "list"], ["data", "list"], ["model", "list"],
                      ["data", "path", "fashion-mnist"], ["doctor", "--quiet"], ["toolbox", "list"],
                      ["toolbox", "create"]):
            yield one.run(*words)
        if variable.startswith("TRILBY"):  # the others do not keep it from computing, which takes long
            yield one.run("validate", "--check", "matmul")


# Files ------------------------------------------------------------------------------------------------------

RECIPE = b"""name = %s
summary = %s
[data]
dataset = "fashion-mnist"
validation_examples = 200
[training]
epochs = 1
batch_size = 64
[optimizer]
name = "sgd"
learning_rate = 0.1
[schedule]
name = "constant"
[network]
layers = [{ layer = "flatten" }, { layer = "linear", features = 10 }]
"""


TABLE = b"""name = "x"
task = "table"
[data]
path = %s
target = %s
columns = { %s = "number" }
[training]
epochs = 1
batch_size = 64
[optimizer]
name = "sgd"
learning_rate = 0.1
[schedule]
name = "constant"
[network]
"""


def toml_string(text):
    return json_string(text).replace("\\ud", "\\\\ud").encode()


def recipes(place):
    quoted = toml_string(place.text)
    plain = RECIPE % (b'"x"', b'"x"')
    for content in (RECIPE % (quoted, b'"x"'), RECIPE % (b'"x"', quoted), plain + b"# " + place.text,
                    plain + b"[" + quoted + b"]\n", plain.replace(b'"sgd"', quoted), place.text):
        path = place.file("recipe.toml", content)
        yield place.run("train", "--show", path)
        yield place.run("train", path, "--data", "nowhere")
    path = place.file(name(place.text) + b".toml", RECIPE % (b'"x"', b'"y"'))
    yield place.run("train", path, "--data", name(place.text))
    for content in b"backend = " + quoted, quoted + b" = 1", place.text:
        place.file("config/trilby/config.toml", content)
        yield place.run("backends")
        yield place.run("doctor")


def machine(place):
    root = place.folder / "machine"
    text = place.text
    one_line = text.replace(b"\n", b" ")
    shutil.rmtree(root / "proc", ignore_errors=True)
    (root / "trilby-recording.json").unlink()
    place.file("machine/proc/cpuinfo",
               b"processor : 0\nvendor_id : %s\nmodel name : %s\nflags : fpu %s\n" % ((one_line,) * 3))
    place.file("machine/proc/cmdline", b"quiet nouveau.modeset=%s %s" % (text, text))
    place.file("machine/proc/sys/kernel/osrelease", text)
    place.file("machine/etc/os-release", b'ID=fedora\nPRETTY_NAME="%s"\n' % one_line)
    place.file("machine/run/.containerenv", b'engine="podman"\nimage="%s"\n' % one_line)
    place.file("machine/etc/modprobe.d/" .encode() + name(one_line) + b".conf", b"options amdgpu x=%s\n" % one_line)
    for device in (root / "sys/bus/pci/devices").iterdir():
        if device.is_dir():
            shutil.copytree(os.fsencode(device), os.fsencode(device) + name(text), symlinks=True)
            break
    for ids in root.glob("usr/share/*/pci.ids"):
        content = ids.read_bytes().split(b"\n")
        ids.write_bytes(b"\n".join(line + one_line if b"  " in line else line for line in content))
    for words in (["probe"], ["probe", "--verbose"], ["probe", "--json"], ["doctor"], ["doctor", "--quiet"],
                  ["doctor", "--json"], ["backends", "--explain"], ["backends", "--json"],
                  ["probe", "--capture", "copy"]):
        yield place.run(*words, "--root", root)
    yield place.run("doctor", "--root", root, "--report", "report.txt")
    place.file("machine/trilby-recording.json", b'{"recording": %s}' % json_string(text).encode())
    yield place.run("probe", "--root", root)


def manifests(place):
    quoted = json_string(place.text).encode()
    place.set(TRILBY_BACKEND_DIR=os.path.join(os.fsencode(place.folder), name(place.text)))
    folder = name(place.text)
    place.file(folder + b"/trilby-backend-cpu.so")
    valid = {"manifest": "1", "name": '"cpu"', "module": '"trilby-backend-cpu.so"', "abi": "1", "version": '"0.1.0"',
             "libtorch": '"2.8.0"', "gpu_targets": "[]"}
    contents = [json.dumps(valid).encode().replace(b'\\"', b"").replace(b'"1"', b"1"), place.text]
    for key in valid:
        members = dict(valid, **{key: f"[{quoted.decode()}]" if key == "gpu_targets" else quoted.decode()})
        contents.append(("{" + ",".join(f'"{key}":{value}' for key, value in members.items()) + "}").encode())
    for content in contents:
        place.file(folder + b"/trilby-backend-cpu.json", content)
        for words in (["backends"], ["backends", "--explain"], ["backends", "--json"], ["backend", "list"],
                      ["backend", "list", "--json"]):
            yield place.run(*words)


def comparison(place):
    quoted = place.text.decode(errors="replace")
    result = {"check": quoted, "verdict": "pass", "measurements": [
        {"name": quoted, "unit": f"{quoted}/s", "value": 1, "basis": quoted}]}
    past = {"schema": 1, "trilby": quoted, "started": quoted, "level": 1, "results": [result],
            "subject": {"name": quoted, "device_name": quoted}, "device": {"name": quoted}}
    place.file("a.json", json.dumps(past).encode())
    place.file("b.json", json.dumps(dict(past, results=[dict(result, check="other")])).encode())
    place.file("c.json", json.dumps(dict(past, results=[dict(result, verdict=quoted)])).encode())
    for after in "a.json", "b.json", "c.json":
        yield place.run("validate", "--compare", "a.json", "--with", after)
        yield place.run("validate", "--compare", "a.json", "--with", after, "--json")


def use_module(place):
    """A backend whose device has the text as its name."""
    place.set(TRILBY_BACKEND_DIR=place.folder / "backends", TRILBY_TEST_TEXT=place.text,
              TRILBY_TEST_JSON=json_string(place.text))
    shutil.copy(place.folder / "module.so", place.folder / "backends/trilby-backend-cpu.so")


def expectations(place):
    use_module(place)
    quoted = toml_string(place.text)
    for content in (place.text, quoted + b" = 1", b"[host]\nkernel = " + quoted, b"[drivers]\n" + quoted + b' = "1"',
                    b"[[card]]\naddress = " + quoted, b"[[card]]\nmodel = " + quoted, b"[limits]\nbackend = " + quoted,
                    b'[limits]\nbackend = "cpu"'):
        path = place.file(name(place.text) + b".toml", b"version = 1\n" + content)
        yield place.run("validate", "--level", "0", "--backend", "cpu", "--expect", path)
        yield place.run("validate", "--level", "0", "--backend", "cpu", "--expect", path, "--json")


def runs(place):
    text = place.text.decode(errors="replace")
    epoch = {"epoch": 1, "step": 1, "training_loss": 1, "validation": {"accuracy": 0.5, text: 1}, "learning_rate": 1,
             "units_per_second": 1, "seconds": 1}
    result = {"epochs": 1, "steps": 1, "seconds": 1, "metric": "accuracy", "validation": epoch["validation"],
              "test": {"accuracy": 0.5, text: 1}, "test_examples": 1, "checkpoint": text, "graph": text,
              "baselines": [{"name": text, "metrics": {"accuracy": 0.5}}],
              "machine": {"trilby": text, "backend": text, "device": text, "libtorch": text, "threads": 1, "system": text,
                          "kernel": text}}
    folders = [b"runs/" + name(place.text), b"runs/2-" + name(place.text)]
    for folder, summary in zip(folders, (b'"x"', toml_string(place.text))):
        place.file(folder + b"/recipe.toml", RECIPE % (toml_string(place.text), summary))
        place.file(folder + b"/.trilby-lock")
        place.file(folder + b"/metrics.jsonl", json.dumps(epoch).encode() + b"\n" + place.text)
        place.file(folder + b"/recipe.toml." + name(place.text) + b".trilby-tmp")
        place.file(folder + b"/" + name(place.text) + b"-other")
    for words in (["runs"], ["runs", "--json"], ["runs", "compare", *folders], ["runs", "compare", *folders, "--json"],
                  ["runs", "tail", folders[0]], ["runs", "tail", folders[0], "--follow"], ["runs", place.text],
                  ["runs", "tail", name(place.text)], ["runs", "tensorboard", name(place.text), *folders],
                  ["runs", "remove", name(place.text)]):
        yield place.run(*words)
    place.file(folders[0] + b"/result.json", json.dumps(result).encode())
    place.file(folders[1] + b"/result.json", place.text)
    for words in (["runs"], ["runs", "--json"], ["runs", "compare", *folders], ["runs", "compare", *folders, "--json"],
                  ["runs", "tensorboard", *folders],
                  ["runs", "remove", "--dry-run", *folders], ["runs", "remove", *folders]):
        yield place.run(*words)


def safetensors_file(header, data=b""):
    return struct.pack("<Q", len(header)) + header + data


def models(place):
    text = place.text
    quoted = json_string(text).encode()
    entry = b'%s:{"dtype":%s,"shape":[1],"data_offsets":[0,1]}'
    metadata = b'"__metadata__":{%s:%s,"license":%s},' % ((quoted,) * 3)
    tensor = entry % (quoted, b'"U8"')
    for header in (metadata + tensor, entry % (b'"t"', quoted), entry % (quoted, b'"F64"'), tensor + b"," + tensor,
                   b'"t":{%s:1}' % quoted, b'"__metadata__":{%s:1}' % quoted, text):
        path = place.file(name(text) + b".safetensors", safetensors_file(b"{" + header + b"}", b"x"))
        for words in ([path], [path, "--all"], [path, "--json"], [place.folder], [place.folder, "--json"]):
            yield place.run("inspect", *words)
    place.file(b"model/" + name(text), safetensors_file(b"{" + tensor + b"}", b"x"))
    for file in quoted, json_string(name(text)).encode(), b'"../%s"' % quoted[1:-1]:
        index = place.file("model/model.safetensors.index.json",
                           b'{"metadata":{%s:%s},"weight_map":{%s:%s}}' % (quoted, quoted, quoted, file))
        yield place.run("inspect", index)
        yield place.run("inspect", "model", "--json")
    yield place.run("inspect", name(text))


def projects(place):
    yield place.run("new", name(place.text))
    yield place.run("new", "program", "--template", place.text)
    yield place.run("new", name(place.text) + b"/program")
    yield place.run("new", name(place.text) + b"/program")
    run = b"runs/" + name(place.text)
    place.file(run + b"/recipe.toml", TABLE % (toml_string(place.text), toml_string(place.text), toml_string(place.text)))
    place.file(run + b"/.trilby-lock")
    yield place.run("eject", run)
    yield place.run("eject", run, "ejected")
    for written in (place.folder / "ejected").glob("*"):
        yield subprocess.CompletedProcess([written.name], 0, written.read_bytes(), b"")
    yield place.run("eject", run, "ejected")
    place.file(run + b"/recipe.toml", b'name = "x"\n[network]\nmodule = ' + toml_string(place.text))
    yield place.run("eject", run, "other")
    place.file(run + b"/recipe.toml", place.text)
    yield place.run("eject", run, "other")
    yield place.run("eject", name(place.text))


def searches(place):
    text = place.text.decode(errors="replace")
    place.set(TRILBY_BACKEND_DIR=place.folder / "backends")
    shutil.copy(place.folder / "module.so", place.folder / "backends/trilby-backend-cpu.so")
    folder = name(place.text) + b"-search"
    trial = {"run": "trial-1", "stage": "search", "candidate": 0, "changes": [text], "seed": 1, "epochs": 1,
             "epochs_done": 1, "state": "done", "reason": text, "score": 0.5, "seconds": 1}
    record = {"schema": 1, "recipe": text, "metric": "accuracy", "varied": ["optimizer.learning_rate=0.1,0.2"],
              "candidates": 2, "seed": 1, "seeds": 1, "rungs": [1], "steps_per_epoch": 0, "time_s": 1, "spent_s": 1,
              "start_s": 1, "epoch_s": 1, "trials": [trial]}
    place.file(folder + b"/default.toml", RECIPE % (b'"x"', b'"x"'))
    for changed in {}, {"varied": [text]}, {"metric": text}, {"trials": [dict(trial, run=text)]}:
        place.file(folder + b"/search.json", json.dumps(dict(record, **changed)).encode())
        yield place.run("tune", "--resume", folder)
        yield place.run("tune", "--resume", folder, "--json")
    place.file(folder + b"/search.json", place.text)
    yield place.run("tune", "--resume", folder)
    place.file(folder + b"/default.toml", RECIPE % (toml_string(place.text), b'"x"'))
    yield place.run("tune", "--resume", folder)


# Other programs ---------------------------------------------------------------------------------------------

def module(place):
    use_module(place)
    for seed in "1", "2", "3", "4":
        words = ["validate", "--check", "matmul", "--seed", seed, "--threads", "1"]
        yield place.run(*words, "--junit", "junit.xml", "--html", "page.html", "--summary", "page.txt")
        for report in "junit.xml", "page.html", "page.txt":
            yield subprocess.CompletedProcess([report], 0, (place.folder / report).read_bytes(), b"")
        yield place.run(*words, "--json")
    recipe = place.file("recipe.toml", RECIPE % (b'"x"', b'"x"'))
    yield place.run("train", recipe, "--tensorboard", "--output", name(place.text))
    yield place.run("train", recipe, "--json", "--output", name(place.text) + b"2")


def containers(place):
    said = place.text.decode(errors="replace")
    listing = [{"Names": [said], "Image": f"localhost/trilby-toolbox-{said}", "State": said}]
    place.file("listing", json.dumps(listing).encode())
    place.file("said", place.text)
    path = place.file("bin/podman", b"#!/bin/sh\n/bin/cat listing\n/bin/cat said >&2\nexit $CODE\n")
    os.chmod(path, 0o755)
    for code in "0", "1":
        place.set(PATH=f"{place.folder}/bin", CODE=code)
        for words in (["list"], ["list", "--json"], ["create"]):
            yield place.run("toolbox", *words)
    yield place.run("toolbox", "enter")  # after a failure; else Podman itself would take over and print


def completion(place):
    for words in ([place.text], ["train", place.text], ["probe", "--root", place.text],
                  ["validate", b"--check=" + place.text]):
        yield place.run("__complete", *words)


PLACES = [arguments, recorded_folder, environment, recipes, machine, manifests, comparison, expectations, runs, models,
          searches, projects, module, containers, completion]


def shown_word(word, text):
    return ascii(os.fsencode(word).replace(text, b"TEXT").decode(errors="replace")).strip("'")


def main(program, module_file, machines, *kinds):
    failed, runs = set(), 0
    unreached = {use.__name__ for use in PLACES}
    for use in PLACES:
        for kind in kinds or TEXTS:
            text = TEXTS[kind]
            with tempfile.TemporaryDirectory() as folder:
                folder = pathlib.Path(folder)
                shutil.copytree(pathlib.Path(machines) / "made-amd-rx7900xtx/tree", folder / "machine", symlinks=True)
                shutil.copy(module_file, folder / "module.so")
                (folder / "backends").mkdir()
                (folder / "backends/trilby-backend-cpu.json").write_text(
                    '{"manifest":1,"name":"cpu","module":"trilby-backend-cpu.so","abi":1,"version":"0.1.0",'
                    '"libtorch":"none"}')
                for done in use(Place(folder, program, text)):
                    runs += 1
                    found = faults(done.stdout) + faults(done.stderr) + misread(done)
                    if done.returncode == 0 and done.args[0] == program:
                        unreached.discard(use.__name__)
                    found += [f"ended by signal {-done.returncode}"] * (done.returncode < 0)
                    shown = " ".join(shown_word(word, name(text)) for word in done.args[1:] or done.args)
                    failed |= {f"{use.__name__}, {kind}: {shown}: {fault}" for fault in found}
    if not kinds:
        failed |= {f"{place}: no run succeeds, so not everything is printed" for place in unreached}
    print("\n".join(sorted(failed)) or f"{runs} runs print only what people can see")
    return 1 if failed or not runs else 0


if __name__ == "__main__":
    sys.exit(main(os.path.abspath(sys.argv[1]), *sys.argv[2:]))
