// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "probe/hardware/instruction_sets.hpp"

#include <algorithm>
#include <array>

namespace trilby::sources {
namespace {

constexpr std::array<std::string_view, 36> x86_features{"lm",
                                                        "pni",
                                                        "ssse3",
                                                        "cx16",
                                                        "lahf_lm",
                                                        "popcnt",
                                                        "sse4_1",
                                                        "sse4_2",
                                                        "avx",
                                                        "avx2",
                                                        "bmi1",
                                                        "bmi2",
                                                        "f16c",
                                                        "fma",
                                                        "abm",
                                                        "movbe",
                                                        "avx512f",
                                                        "avx512bw",
                                                        "avx512cd",
                                                        "avx512dq",
                                                        "avx512vl",
                                                        "avx512ifma",
                                                        "avx512vbmi",
                                                        "avx512_vbmi2",
                                                        "avx512_vnni",
                                                        "avx512_bf16",
                                                        "avx512_fp16",
                                                        "avx512_bitalg",
                                                        "avx_vnni",
                                                        "gfni",
                                                        "vaes",
                                                        "vpclmulqdq",
                                                        "avx512_vpopcntdq",
                                                        "amx_tile",
                                                        "amx_int8",
                                                        "amx_bf16"};

constexpr std::array<std::string_view, 12> arm_features{"asimd",    "fphp",    "asimdhp", "asimddp",
                                                        "asimdfhm", "bf16",    "i8mm",    "sve",
                                                        "sve2",     "svebf16", "svei8mm", "sme"};

constexpr std::array<std::string_view, 1> level_1{"lm"};
constexpr std::array<std::string_view, 7> level_2{"cx16",  "lahf_lm", "popcnt", "pni",
                                                  "ssse3", "sse4_1",  "sse4_2"};
constexpr std::array<std::string_view, 8> level_3{"avx",  "avx2", "bmi1", "bmi2",
                                                  "f16c", "fma",  "abm",  "movbe"};
constexpr std::array<std::string_view, 5> level_4{"avx512f", "avx512bw", "avx512cd", "avx512dq",
                                                  "avx512vl"};

struct Level {
    std::string_view name;
    std::span<const std::string_view> adds;
};
constexpr std::array levels{Level{"x86-64-v1", level_1}, Level{"x86-64-v2", level_2},
                            Level{"x86-64-v3", level_3}, Level{"x86-64-v4", level_4}};

}  // namespace

std::span<const std::string_view> relevant_features(std::string_view architecture) {
    if (architecture == "x86_64") {
        return x86_features;
    }
    if (architecture == "aarch64") {
        return arm_features;
    }
    return {};
}

std::optional<std::string> isa_level(std::span<const std::string> features) {
    const auto has = [&](std::string_view name) {
        return std::ranges::find(features, name) != features.end();
    };
    std::optional<std::string> reached;
    for (const Level& level : levels) {
        if (!std::ranges::all_of(level.adds, has)) {
            break;
        }
        reached = level.name;
    }
    return reached;
}

}  // namespace trilby::sources
