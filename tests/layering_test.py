#!/usr/bin/env python3
# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
"""Compares the #include lines and link lines below src/ with the table of docs/architecture.md, and looks
for output that does not go through src/base/print.hpp.

usage: layering_test.py SOURCE_FOLDER
"""

import dataclasses
import pathlib
import re
import sys

TABLE = "docs/architecture.md"
SOURCE = re.compile(r".+\.(c|h|cpp|hpp|hpp\.in|cu)")
# Libraries that belong in few folders, by their headers.
LIBRARIES = {
    "CLI11": re.compile(r"CLI/"),
    "CUDA": re.compile(r"cuda"),
    "Gloo": re.compile(r"gloo/"),
    "HIP": re.compile(r"hip/"),
    "LibTorch": re.compile(r"(torch|ATen|c10|caffe2)/"),
    "MPI": re.compile(r"mpi\.h"),
    "OpenSSL": re.compile(r"openssl/"),
    "Zstandard": re.compile(r"zstd"),
    "libcurl": re.compile(r"curl/"),
    "libpng": re.compile(r"png\.h"),
    "TurboJPEG": re.compile(r"turbojpeg\.h"),
    "liblzma": re.compile(r"lzma\.h"),
    "libzip": re.compile(r"^zip\.h"),
    "toml++": re.compile(r"toml\+\+/"),
    "zlib": re.compile(r"zlib\.h"),
}
# Unlike the others, these are for programs that use LibTorch too.
TORCH_HEADERS = ("layers.hpp", "train.hpp")
STANDARD_HEADER = re.compile(r"[a-z0-9_]+(\.h)?")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^">]+)[">]')
# Everything else that reaches standard output or standard error.
PRINTING = re.compile(r"fmt::v?print|std::(print|cout|cerr|clog|wcout|wcerr|puts|putchar)\b"
                      r"|\b(fwrite|fputs|fputc|perror|psignal)\("
                      r"|(?<![a-z_])[dfv]*printf\(|\bwrite\(\s*(1|2|STD\w+)\b|(->|\.)exit\("
                      r"|<(iostream|fmt/(os|ostream|color)\.h|print)>")
PRINTER = "base/print.cpp"
COMMAND = re.compile(r"^\s*(trilby_\w+|add_\w+|target_link_libraries)\s*\(([^()]*)\)", re.MULTILINE)


@dataclasses.dataclass
class Folder:
    """One row of the table."""
    name: str  # below src/
    line: int
    may_include: set
    may_link: set

    def place(self):
        return f"{TABLE}:{self.line}"


def read_table(text):
    """The rows by folder: | `src/NAME/` | what it holds | may include | links besides |"""
    table = {}
    for number, line in enumerate(text.splitlines(), 1):
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if match := re.fullmatch(r"`src/([\w/]+)/`", cells[0]):
            lists = [set(filter(None, re.split(r",\s*", cell))) for cell in cells[2:4]]
            table[match[1]] = Folder(match[1], number, *lists)
    return table


def folder_of(path, table):
    """The row of a path below src/, or None."""
    parts = path.split("/")
    names = ("/".join(parts[:count]) for count in range(len(parts), 0, -1))
    return next((table[name] for name in names if name in table), None)


def included(text):
    for number, line in enumerate(text.splitlines(), 1):
        if match := INCLUDE.match(line):
            yield number, match[1], match[2]


def needed_for(bracket, header, own, table):
    """What the table must allow for this line: the name of a folder or a library, or None."""
    if bracket == "<":
        return next((name for name, headers in LIBRARIES.items() if headers.match(header)), None)
    target = folder_of(header, table) if "/" in header else own
    return None if target in (None, own) else target.name


def check_includes(files, table):
    """Complaints about `files`, as pairs of a path below src/ and a text, and about unused rights."""
    unused = {name: set(folder.may_include) for name, folder in table.items()}
    for path, text in files:
        own = folder_of(path, table)
        if own is None:
            yield f"src/{path}: its folder is not in the table of {TABLE}; add a row"
            continue
        for number, bracket, header in included(text):
            need = needed_for(bracket, header, own, table)
            unused[own.name].discard(need)
            if need and need not in own.may_include:
                yield (f"src/{path}:{number}: includes {header} of {need}, but src/{own.name}/ may include only: "
                       f"{', '.join(sorted(own.may_include)) or 'nothing'} ({own.place()})")
    for name, needs in unused.items():
        for need in sorted(needs):
            yield f"{table[name].place()}: src/{name}/ may include {need}, but does not: remove it from the row"


def targets_of(cmake_files):
    """(target, path below src/ of its first source or of its list, its words, place) of each target."""
    for path, text in cmake_files:
        base = path.rpartition("/")[0]
        for match in COMMAND.finditer(text):
            words = re.sub(r"#.*|\$<TARGET_OBJECTS:|[>\"]", " ", match[2]).split()
            if match[1] in ("add_custom_target", "add_custom_command") or not words or "$" in words[0]:
                continue
            source = next((word for word in words[1:] if re.fullmatch(r"\w[\w/]*\.(c|cpp|cu)", word)), "")
            name = f"trilby_{words[0]}" if match[1] == "trilby_layer" else words[0]
            number = text.count("\n", 0, match.start(1)) + 1
            yield name, f"{base}/{source}", words[1:], f"src/{path}:{number}"


def check_links(cmake_files, table):
    targets = list(targets_of(cmake_files))
    owner = {}
    for name, source, _, _ in targets:
        owner.setdefault(name, folder_of(source, table))
    unused = {name: set(folder.may_link) for name, folder in table.items()}
    for name, _, words, place in targets:
        own = owner[name]
        for need in sorted({owner[word].name for word in words if owner.get(word)} if own else ()):
            unused[own.name].discard(need)
            if need not in own.may_include | own.may_link | {own.name}:
                yield (f"{place}: {name} links {need}, but src/{own.name}/ may link only: "
                       f"{', '.join(sorted(own.may_include | own.may_link)) or 'nothing'} ({own.place()})")
    for name, needs in unused.items():
        for need in sorted(needs):
            yield f"{table[name].place()}: src/{name}/ may link {need}, but does not: remove it from the row"


def check_printing(files):
    """Raw text could reach a terminal by any other way than PRINTER."""
    for path, text in files:
        for number, line in enumerate(text.splitlines(), 1):
            if path != PRINTER and PRINTING.search(line.partition("//")[0]):
                yield f"src/{path}:{number}: prints past src/base/print.hpp: {line.strip()}"


def check_rows(folders, table):
    """Each folder has a row or rows below it, each row is a folder, each name in it a row or a library."""
    for folder in sorted(folders):
        if folder_of(folder, table) is None and not any(name.startswith(folder + "/") for name in table):
            yield f"src/{folder}/ is not in the table of {TABLE}; add a row"
    for name, folder in table.items():
        if name not in folders:
            yield f"{folder.place()}: there is no folder src/{name}/"
        for unknown in sorted((folder.may_include | folder.may_link) - set(table) - set(LIBRARIES)):
            yield f"{folder.place()}: '{unknown}' is neither a row of the table nor a library that this test knows"


def check_public_headers(headers):
    """Installed headers may include only each other and the standard library."""
    for name, text in headers:
        for number, _, header in included(text):
            if name in TORCH_HEADERS and header == "torch/torch.h":
                continue
            if not header.startswith("trilby/") and not STANDARD_HEADER.fullmatch(header):
                yield (f"include/trilby/{name}:{number}: includes {header}, but installed headers may include only "
                       "each other and the standard library")


def self_test():
    table = read_table("| `src/base/` | | | |\n| `src/elf/` | | base, zlib | |\n| `src/gpu/run/` | | | elf |\n")
    assert table["gpu/run"] == Folder("gpu/run", 3, set(), {"elf"})

    def lines(path, text):
        return [line for line in check_includes([(path, text)], table) if line.startswith("src/")]

    assert not lines("elf/a.cpp", '#include "base/a.hpp"\n#include <zlib.h>\n#include <vector>\n#include "b.hpp"\n')
    assert lines("base/a.cpp", '\n#include "elf/a.hpp"\n')[0].startswith("src/base/a.cpp:2: includes elf/a.hpp of elf")
    assert "zlib" in lines("gpu/run/a.cpp", "#include <zlib.h>\n")[0]
    assert "add a row" in lines("gpu/a.cpp", "")[0]
    assert len(list(check_includes([], table))) == 2  # base and zlib are not used

    def links(text):
        return list(check_links([("elf/CMakeLists.txt", "trilby_layer(elf SOURCES e.cpp)"),
                                 ("gpu/CMakeLists.txt", text)], table))

    assert not links("trilby_layer(run SOURCES run/a.cpp DEPENDS trilby_elf)")
    assert "remove it" in links("trilby_layer(run SOURCES run/a.cpp)")[0]
    for line in ('fmt::print("{}", x);', "std::cout << x;", "::write(2, x, n);", "parser.exit(e);",
                 "#include <iostream>"):
        assert len(list(check_printing([("cli/a.cpp", line)]))) == 1, line
    assert not list(check_printing([("cli/a.cpp", "print(x);\n// fmt::print()\nstd::snprintf(b, 1, f);")]))
    assert "there is no folder" in next(check_rows({"base", "elf"}, table))
    assert "add a row" in next(check_rows({"base", "elf", "gpu", "gpu/run", "new"}, table))
    assert len(list(check_public_headers([("a.hpp", "#include <boost/json.hpp>\n#include \"base/json.hpp\"\n")]))) == 2
    assert not list(check_public_headers([("train.hpp", "#include <torch/torch.h>\n")]))
    assert not list(check_public_headers([("a.hpp", "#include <trilby/result.hpp>\n#include <stdint.h>\n")]))


def main(source_folder):
    self_test()
    root = source_folder / "src"

    def texts(paths):
        return [(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")) for path in sorted(paths)]

    table = read_table((source_folder / TABLE).read_text(encoding="utf-8"))
    files = texts(path for path in root.glob("*/**/*") if SOURCE.fullmatch(path.name))
    folders = {path.relative_to(root).as_posix() for path in root.glob("**/") if path != root}
    headers = [(path.name, path.read_text(encoding="utf-8")) for path in sorted(source_folder.glob("include/trilby/*"))]
    failures = [*check_rows(folders, table), *check_includes(files, table), *check_public_headers(headers),
                *check_printing(files),
                *check_links(texts(root.glob("*/**/CMakeLists.txt")), table)]
    print("\n".join(failures) or f"{len(files) + len(headers)} files follow the table of {TABLE}")
    return 1 if failures or not files else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
