// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <cpuid.h>
#include <cstdint>

#include "machine/cpu_features.hpp"
#include "probe/hardware/instruction_sets.hpp"

namespace trilby::sources {
namespace {

using cpu_features::x86;

enum Register : std::uint8_t { eax, ebx, ecx, edx };

// Bits of XCR0: the registers that the kernel saves when it switches threads.
constexpr std::uint64_t no_state = 0;
constexpr std::uint64_t avx_state = 0x6;
constexpr std::uint64_t avx512_state = 0xe6;
constexpr std::uint64_t amx_state = 0x60000;

struct Bit {
    std::string_view name;
    std::uint32_t leaf;
    std::uint32_t subleaf;
    Register in;
    int number;
    std::uint64_t needs_state;
};

// In the order of feature_table(), so that both sources give the same list.
constexpr std::array bits{
    Bit{x86.lm, 0x80000001, 0, edx, 29, no_state},
    Bit{x86.pni, 1, 0, ecx, 0, no_state},
    Bit{x86.ssse3, 1, 0, ecx, 9, no_state},
    Bit{x86.cx16, 1, 0, ecx, 13, no_state},
    Bit{x86.lahf_lm, 0x80000001, 0, ecx, 0, no_state},
    Bit{x86.popcnt, 1, 0, ecx, 23, no_state},
    Bit{x86.sse4_1, 1, 0, ecx, 19, no_state},
    Bit{x86.sse4_2, 1, 0, ecx, 20, no_state},
    Bit{x86.avx, 1, 0, ecx, 28, avx_state},
    Bit{x86.avx2, 7, 0, ebx, 5, avx_state},
    Bit{x86.bmi1, 7, 0, ebx, 3, no_state},
    Bit{x86.bmi2, 7, 0, ebx, 8, no_state},
    Bit{x86.f16c, 1, 0, ecx, 29, avx_state},
    Bit{x86.fma, 1, 0, ecx, 12, avx_state},
    Bit{x86.abm, 0x80000001, 0, ecx, 5, no_state},
    Bit{x86.movbe, 1, 0, ecx, 22, no_state},
    Bit{x86.avx512f, 7, 0, ebx, 16, avx512_state},
    Bit{x86.avx512bw, 7, 0, ebx, 30, avx512_state},
    Bit{x86.avx512cd, 7, 0, ebx, 28, avx512_state},
    Bit{x86.avx512dq, 7, 0, ebx, 17, avx512_state},
    Bit{x86.avx512vl, 7, 0, ebx, 31, avx512_state},
    Bit{x86.avx512ifma, 7, 0, ebx, 21, avx512_state},
    Bit{x86.avx512vbmi, 7, 0, ecx, 1, avx512_state},
    Bit{x86.avx512_vbmi2, 7, 0, ecx, 6, avx512_state},
    Bit{x86.avx512_vnni, 7, 0, ecx, 11, avx512_state},
    Bit{x86.avx512_bf16, 7, 1, eax, 5, avx512_state},
    Bit{x86.avx512_fp16, 7, 0, edx, 23, avx512_state},
    Bit{x86.avx512_bitalg, 7, 0, ecx, 12, avx512_state},
    Bit{x86.avx_vnni, 7, 1, eax, 4, avx_state},
    Bit{x86.avx_ne_convert, 7, 1, edx, 5, avx_state},
    Bit{x86.gfni, 7, 0, ecx, 8, no_state},
    Bit{x86.vaes, 7, 0, ecx, 9, avx_state},
    Bit{x86.vpclmulqdq, 7, 0, ecx, 10, avx_state},
    Bit{x86.avx512_vpopcntdq, 7, 0, ecx, 14, avx512_state},
    Bit{x86.amx_tile, 7, 0, edx, 24, amx_state},
    Bit{x86.amx_int8, 7, 0, edx, 25, amx_state},
    Bit{x86.amx_bf16, 7, 0, edx, 22, amx_state},
};

std::array<std::uint32_t, 4> cpuid(std::uint32_t leaf, std::uint32_t subleaf) {
    std::array<std::uint32_t, 4> registers{};
    __get_cpuid_count(leaf, subleaf, &registers[eax], &registers[ebx], &registers[ecx],
                      &registers[edx]);
    return registers;
}

/// XCR0, or 0 if the kernel does not use XSAVE. In assembly because the compiler offers its
/// intrinsic only to code that already requires XSAVE.
std::uint64_t enabled_states() {
    constexpr std::uint32_t osxsave = 1U << 27;
    if ((cpuid(1, 0)[ecx] & osxsave) == 0) {
        return 0;
    }
    std::uint32_t low = 0;
    std::uint32_t high = 0;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return std::uint64_t{high} << 32 | low;
}

}  // namespace

std::optional<std::vector<std::string>> features_by_instruction() {
    const std::uint64_t states = enabled_states();
    // In a virtual machine each CPUID traps for microseconds, so each leaf is read once.
    const std::array<std::array<std::uint32_t, 4>, 4> leaves{cpuid(1, 0), cpuid(7, 0), cpuid(7, 1),
                                                             cpuid(0x80000001, 0)};
    const auto registers_of = [&](const Bit& bit) -> const auto& {
        const std::size_t index = bit.leaf == 1 ? 0 : bit.leaf == 7 ? 1 + bit.subleaf : 3;
        return leaves[index];
    };
    std::vector<std::string> features;
    for (const Bit& bit : bits) {
        const bool in_cpu = (registers_of(bit)[bit.in] >> bit.number & 1) != 0;
        if (in_cpu && (states & bit.needs_state) == bit.needs_state) {
            features.emplace_back(bit.name);
        }
    }
    return features;
}

}  // namespace trilby::sources
