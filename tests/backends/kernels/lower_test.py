#!/usr/bin/python3
# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
"""Lowers small modules: what is known becomes code for the host, and all else is refused."""

import sys

import lower

MODULE = '''\
target datalayout = "e-p:64:64-A5-G1-ni:7"
target triple = "amdgcn-amd-amdhsa"
@words = internal unnamed_addr addrspace(3) global [4 x i64] undef, align 16
define protected amdgpu_kernel void @k(i64 noundef %0, ptr addrspace(4) byref(%"struct.a::(b)") align 8 %1) #0 comdat {
  LINE
  ret void
}
attributes #0 = { nounwind "target-cpu"="gfx90a" }
'''

# What stands instead of LINE, and what becomes of it.
LOWERED = {
    "%3 = tail call i32 @llvm.amdgcn.workitem.id.x()": "%3 = tail call i32 @trilby_work_item()",
    "tail call void @llvm.amdgcn.s.barrier()": "tail call void @trilby_barrier()",
    'fence syncscope("workgroup") release': "fence release",
    "%3 = alloca [8 x double], align 16, addrspace(5)": "%3 = alloca [8 x double], align 16",
    "store i64 1, ptr addrspace(3) @words, align 8": "store i64 1, ptr @words, align 8",
    "%3 = addrspacecast ptr addrspace(3) @words to ptr": "%3 = bitcast ptr @words to ptr",
    "call void @llvm.memcpy.p0.p5.i64(ptr %0, ptr addrspace(5) %1, i64 8, i1 false)":
        "call void @llvm.memcpy.p0.p0.i64(ptr %0, ptr %1, i64 8, i1 false)",
    "%3 = call double @llvm.fma.f64(double %0, double %0, double %0)":
        "%3 = call double @llvm.fma.f64(double %0, double %0, double %0)",
}
REFUSED = {
    "%3 = call i32 @llvm.amdgcn.workitem.id.y()": "an unknown function of the GPU: llvm.amdgcn.workitem.id.y",
    "%3 = call i32 @llvm.amdgcn.readfirstlane(i32 1)": "an unknown function of the GPU",
    '%3 = call i32 asm "v_mov_b32 $0, 1", "=v"()': "inline assembly",
    "%3 = load i32, ptr addrspace(7) %1": "an unknown address space",
    "%3 = load i32, ptr addrspace(13) %1": "an unknown address space",
    "%3 = ptrtoint ptr addrspace(3) @words to i32": "a use of the bits of a short pointer",
    "store ptr addrspace(5) %1, ptr %0": "a use of the bits of a short pointer",
    "%3 = load volatile ptr addrspace(3), ptr %0": "a use of the bits of a short pointer",
    "%3 = inttoptr i32 4 to ptr addrspace(3)": "a use of the bits of a short pointer",
    "call amdgpu_gfx void @f()": "an unknown calling convention",
}
# Replacements of a part of the module.
REFUSED_MODULES = {
    ("amdgcn-amd-amdhsa", "nvptx64-nvidia-cuda"): "a target other than amdgcn-amd-amdhsa",
    ("amdgpu_kernel ", ""): "a module without kernels",
    ("i64 noundef %0", "[2 x i64] %0"): "an unknown type of argument: [2",
    ("internal unnamed_addr addrspace(3)", "external addrspace(3)"): "an unknown kind of shared memory",
    ("[4 x i64] undef", "[4 x i64] zeroinitializer"): "an unknown kind of shared memory",
    ("attributes #0", "declare void @__assert_fail()\nattributes #0"): "a function that is not in the module",
}


def refusal(text):
    """Why a module was refused; empty if it was not."""
    try:
        lower.lowered(text)
    except lower.Refused as reason:
        return str(reason)
    return ""


def problems():
    for line, expected in LOWERED.items():
        if expected not in (text := lower.lowered(MODULE.replace("LINE", line))):
            yield f"expected {expected} in\n{text}"
        if "addrspace" in text or "amdgcn" in text or "gfx90a" in text:
            yield f"code for the GPU is left in\n{text}"
    refused = {MODULE.replace("LINE", line): why for line, why in REFUSED.items()}
    refused |= {MODULE.replace("LINE", "").replace(*change): why for change, why in REFUSED_MODULES.items()}
    for text, expected in refused.items():
        if not (found := refusal(text)).startswith(expected):
            yield f"refused with '{found}', expected '{expected}':\n{text}"


def main():
    found = list(problems())
    print("\n".join(found) or f"{len(LOWERED)} lowered, {len(REFUSED) + len(REFUSED_MODULES)} refused")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
