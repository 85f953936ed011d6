// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The instruction sets that the probe looks for, as /proc/cpuinfo spells them: those that matter
/// to tensor libraries. The probe iterates over the members, so each name is written only here.

#pragma once

#include <string_view>

namespace trilby::cpu_features {

using Name = std::string_view;

struct X86 {
    Name lm = "lm";
    Name pni = "pni";
    Name ssse3 = "ssse3";
    Name cx16 = "cx16";
    Name lahf_lm = "lahf_lm";
    Name popcnt = "popcnt";
    Name sse4_1 = "sse4_1";
    Name sse4_2 = "sse4_2";
    Name avx = "avx";
    Name avx2 = "avx2";
    Name bmi1 = "bmi1";
    Name bmi2 = "bmi2";
    Name f16c = "f16c";
    Name fma = "fma";
    Name abm = "abm";
    Name movbe = "movbe";
    Name avx512f = "avx512f";
    Name avx512bw = "avx512bw";
    Name avx512cd = "avx512cd";
    Name avx512dq = "avx512dq";
    Name avx512vl = "avx512vl";
    Name avx512ifma = "avx512ifma";
    Name avx512vbmi = "avx512vbmi";
    Name avx512_vbmi2 = "avx512_vbmi2";
    Name avx512_vnni = "avx512_vnni";
    Name avx512_bf16 = "avx512_bf16";
    Name avx512_fp16 = "avx512_fp16";
    Name avx512_bitalg = "avx512_bitalg";
    Name avx_vnni = "avx_vnni";
    Name avx_ne_convert = "avx_ne_convert";  ///< only by CPUID: the kernel does not list it
    Name gfni = "gfni";
    Name vaes = "vaes";
    Name vpclmulqdq = "vpclmulqdq";
    Name avx512_vpopcntdq = "avx512_vpopcntdq";
    Name amx_tile = "amx_tile";
    Name amx_int8 = "amx_int8";
    Name amx_bf16 = "amx_bf16";
};
inline constexpr X86 x86;

struct Arm {
    Name asimd = "asimd";
    Name fphp = "fphp";
    Name asimdhp = "asimdhp";
    Name asimddp = "asimddp";
    Name asimdfhm = "asimdfhm";
    Name bf16 = "bf16";
    Name i8mm = "i8mm";
    Name sve = "sve";
    Name sve2 = "sve2";
    Name svebf16 = "svebf16";
    Name svei8mm = "svei8mm";
    Name sme = "sme";
};
inline constexpr Arm arm;

struct S390 {
    Name vx = "vx";
    Name vxe = "vxe";
    Name vxe2 = "vxe2";
    Name nnpa = "nnpa";
};
inline constexpr S390 s390;

struct Power {
    Name altivec = "altivec";
};
inline constexpr Power power;

}  // namespace trilby::cpu_features
