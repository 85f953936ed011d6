// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "probe/hardware/instruction_sets.hpp"

#include <algorithm>
#include <array>
#include <boost/pfr.hpp>
#include <utility>

#include "machine/cpu_features.hpp"

namespace trilby::sources {
namespace {

using cpu_features::x86;

template <class Names>
constexpr auto members_of(const Names& names) {
    return [&]<std::size_t... index>(std::index_sequence<index...>) {
        return std::array{boost::pfr::get<index>(names)...};
    }
    (std::make_index_sequence<boost::pfr::tuple_size_v<Names>>());
}

constexpr auto x86_names = members_of(cpu_features::x86);
constexpr auto arm_names = members_of(cpu_features::arm);
constexpr auto s390_names = members_of(cpu_features::s390);
constexpr auto power_names = members_of(cpu_features::power);

struct Architecture {
    std::string_view name;
    FeatureTable table;
};
constexpr std::array architectures{Architecture{"x86_64", {"flags", x86_names}},
                                   Architecture{"i686", {"flags", x86_names}},
                                   Architecture{"i586", {"flags", x86_names}},
                                   Architecture{"i386", {"flags", x86_names}},
                                   Architecture{"aarch64", {"Features", arm_names}},
                                   Architecture{"s390x", {"features", s390_names}},
                                   Architecture{"ppc64le", {"cpu", power_names}},
                                   Architecture{"ppc64", {"cpu", power_names}}};

constexpr std::array level_1{x86.lm};
constexpr std::array level_2{x86.cx16,  x86.lahf_lm, x86.popcnt, x86.pni,
                             x86.ssse3, x86.sse4_1,  x86.sse4_2};
constexpr std::array level_3{x86.avx,  x86.avx2, x86.bmi1, x86.bmi2,
                             x86.f16c, x86.fma,  x86.abm,  x86.movbe};
constexpr std::array level_4{x86.avx512f, x86.avx512bw, x86.avx512cd, x86.avx512dq, x86.avx512vl};

struct Level {
    std::string_view name;
    std::span<const std::string_view> adds;
};
constexpr std::array levels{Level{"x86-64-v1", level_1}, Level{"x86-64-v2", level_2},
                            Level{"x86-64-v3", level_3}, Level{"x86-64-v4", level_4}};

}  // namespace

std::optional<FeatureTable> feature_table(std::string_view architecture) {
    const auto* known = std::ranges::find(architectures, architecture, &Architecture::name);
    return known == architectures.end() ? std::nullopt : std::optional(known->table);
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
