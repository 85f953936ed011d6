# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
"""Turns LLVM's code for an AMD GPU into code for the host.

The input is the optimized intermediate representation as text. Its instructions stay as they are. What makes it code
for a GPU is replaced: the target, address spaces, how kernels are called, and the functions of the target, which are
in work_items.cpp. Whatever is not known to mean the same on the host is refused.
"""

import re

# Kernels use one dimension, so the functions for the others are missing.
HOST_FUNCTIONS = {
    "llvm.amdgcn.workitem.id.x": "trilby_work_item",
    "llvm.amdgcn.workgroup.id.x": "trilby_group",
    "llvm.amdgcn.dispatch.ptr": "trilby_dispatch_packet",
    "llvm.amdgcn.implicitarg.ptr": "trilby_implicit_arguments",
    "llvm.amdgcn.s.barrier": "trilby_barrier",
}

IDENTIFIER = r'(?:"[^"]*"|[-\w.$]+)'
# Innermost parentheses. A name in quotes may contain others.
GROUP = r'\((?:"[^"]*"|[^"()])*\)'
# Which functions the linker may merge: means nothing in a single module.
COMDAT = rf",? comdat(?:{GROUP})?"

KERNEL = re.compile(rf"define (?:\w+ )*amdgpu_kernel void @({IDENTIFIER})\((.*)\)[^()]*{{")
SHARED_ARRAY = re.compile(
    rf"@({IDENTIFIER}) = internal (?:unnamed_addr )?addrspace\(3\) global (\[.+\]) (?:undef|poison), align (\d+)$")
ATTRIBUTES = re.compile(r"attributes (#\d+) = ")
# The target, comdats, comments and empty lines.
DROPPED = re.compile(r"target |\$|;|$")
ARGUMENT_TYPES = {"i8", "i16", "i32", "i64", "float", "double", "ptr"}

REFUSED = {
    "inline assembly": re.compile(r"\basm\b"),
    # Known are generic, global, shared, constant and private memory.
    "an unknown address space": re.compile(r"addrspace\((?![01345]\))"),
    # Pointers to shared and private memory have 32 bits on the GPU.
    "a use of the bits of a short pointer": re.compile(
        r"(?:(?:load|store)(?: volatile| atomic)*|ptrtoint|icmp \w+) ptr addrspace\([35]\)"
        r"|to ptr addrspace\([35]\)| = type .*addrspace\([35]\)"),
    "an unknown calling convention": re.compile(r"\bamdgpu_(?!kernel )"),
    "a function that is not in the module": re.compile(r"^declare .*@(?!llvm\.)"),
    "an unknown kind of shared memory": re.compile(r"^@.* = .*addrspace\(3\)"),
}


class Refused(Exception):
    """Code that is not known to mean the same on the host."""


def check(line):
    for what, pattern in REFUSED.items():
        if pattern.search(line):
            raise Refused(f"{what}: {line}")


def host_function(match):
    """What is called instead of a function of LLVM."""
    name = match[1]
    if not name.startswith("llvm.amdgcn."):
        # Names contain the address spaces of arguments.
        return "@" + re.sub(r"\.p[1345]\b", ".p0", name)
    if name not in HOST_FUNCTIONS:
        raise Refused(f"an unknown function of the GPU: {name}; add it to HOST_FUNCTIONS and to work_items.cpp")
    return "@" + HOST_FUNCTIONS[name]


def host_line(line):
    """The line without what only code for GPUs has."""
    line = re.sub(r"@(llvm\.[\w.]+)", host_function, line)
    line = line.replace("addrspacecast", "bitcast")
    line = re.sub(r",? addrspace\(\d\)", "", line)
    return re.sub(r' syncscope\("[^"]*"\)', "", line)


def host_kernel(line):
    """The first line of a kernel, as that of an ordinary function, which only its launcher calls."""
    return re.sub(r"^define .*amdgpu_kernel ", "define internal ", host_line(re.sub(rf"byref{GROUP} ", "", line)))


def host_shared_array(match):
    # Not internal: the compiler must expect that other work items write to it during a barrier.
    return f"@{match[1]} = global {match[2]} zeroinitializer, align {match[3]}"


def words_of_parameters(text):
    """The words of each parameter, without those in parentheses."""
    while (shorter := re.sub(GROUP, "", text)) != text:
        text = shorter
    return [parameter.split() for parameter in text.split(", ") if parameter]


def launcher(name, parameters):
    """A function that calls a kernel with the arguments of a launch, which are an array of pointers."""
    lines, arguments = [], []
    for index, words in enumerate(words_of_parameters(parameters)):
        if words[0] not in ARGUMENT_TYPES:
            raise Refused(f"an unknown type of argument: {words[0]} of {name}")
        lines += [f"%place{index} = getelementptr ptr, ptr %arguments, i64 {index}",
                  f"%pointer{index} = load ptr, ptr %place{index}"]
        if "byref" in words:
            arguments.append(f"ptr %pointer{index}")
        else:
            lines.append(f"%value{index} = load {words[0]}, ptr %pointer{index}")
            arguments.append(f"{words[0]} %value{index}")
    lines += [f"call void @{name}({', '.join(arguments)})", "ret void"]
    symbol = f'"launch.{name.strip(chr(34))}"'
    return "\n".join([f"define void @{symbol}(ptr %arguments) {{", *(f"  {line}" for line in lines), "}"])


def table_of_shared_arrays(arrays):
    """The address and the size in bytes of all shared memory, up to an entry of zeros."""
    entry = "{ ptr, i64 }"
    entries = [f"{entry} {{ ptr @{match[1]}, i64 ptrtoint (ptr getelementptr ({match[2]}, ptr null, i32 1) to i64) }}"
               for match in arrays] + [f"{entry} zeroinitializer"]
    return f"@trilby_shared_arrays = constant [{len(entries)} x {entry}] [{', '.join(entries)}]"


def lowered(text):
    """The module for the host that computes what `text` does on a GPU."""
    if not re.search(r'^target triple = "amdgcn-amd-amdhsa"$', text, re.MULTILINE):
        raise Refused("a target other than amdgcn-amd-amdhsa")
    lines, kernels, shared_arrays = [], [], []
    for line in text.splitlines():
        line = re.sub(COMDAT, "", line)
        if DROPPED.match(line):
            continue
        if line.startswith("!"):
            lines.append(line)
        elif match := ATTRIBUTES.match(line):
            lines.append(f"attributes {match[1]} = {{ nounwind }}")
        elif match := SHARED_ARRAY.match(line):
            shared_arrays.append(match)
            lines.append(host_shared_array(match))
        else:
            check(line)
            if match := KERNEL.match(line):
                kernels.append(match)
                line = host_kernel(line)
            lines.append(host_line(line))
    if not kernels:
        raise Refused("a module without kernels")
    lines += [launcher(match[1], match[2]) for match in kernels]
    return "\n".join([*lines, table_of_shared_arrays(shared_arrays), ""])
