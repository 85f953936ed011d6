// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/text.hpp"
#include <trilby/gpu_target.hpp>

namespace trilby {
namespace {

struct NvidiaTarget {
    bool is_ptx = false;
    std::uint32_t capability = 0;  ///< 86 for 8.6
    char suffix = ' ';             ///< 'a': this GPU only; 'f': its family

    [[nodiscard]] std::uint32_t major() const { return capability / 10; }
};

std::optional<NvidiaTarget> parse_nvidia(std::string_view word) {
    constexpr std::string_view machine_code = "sm_";
    constexpr std::string_view ptx = "compute_";
    NvidiaTarget target{.is_ptx = word.starts_with(ptx)};
    if (!target.is_ptx && !word.starts_with(machine_code)) {
        return std::nullopt;
    }
    word.remove_prefix(target.is_ptx ? ptx.size() : machine_code.size());
    if (word.ends_with('a') || word.ends_with('f')) {
        target.suffix = word.back();
        word.remove_suffix(1);
    }
    const auto capability = parse_number<std::uint32_t>(word);
    target.capability = capability.value_or(0);
    return capability ? std::optional(target) : std::nullopt;
}

bool runs_on_nvidia(const NvidiaTarget& target, const NvidiaTarget& gpu) {
    if (target.suffix == 'a') {
        return target.capability == gpu.capability;
    }
    const bool is_for_any_later = target.is_ptx && target.suffix != 'f';
    return target.capability <= gpu.capability &&
           (is_for_any_later || target.major() == gpu.major());
}

/// LLVM's generic processors, and the processors that run their code.
struct GenericTarget {
    std::string_view name;
    std::string_view members;
};
constexpr std::array generic_targets{
    GenericTarget{"gfx9-generic", "gfx900 gfx902 gfx904 gfx906 gfx909 gfx90c"},
    GenericTarget{"gfx9-4-generic", "gfx940 gfx941 gfx942 gfx950"},
    GenericTarget{"gfx10-1-generic", "gfx1010 gfx1011 gfx1012 gfx1013"},
    GenericTarget{"gfx10-3-generic", "gfx1030 gfx1031 gfx1032 gfx1033 gfx1034 gfx1035 gfx1036"},
    GenericTarget{"gfx11-generic",
                  "gfx1100 gfx1101 gfx1102 gfx1103 gfx1150 gfx1151 gfx1152 gfx1153"},
    GenericTarget{"gfx12-generic", "gfx1200 gfx1201"}};

/// The parts of "gfx90a:sramecc+:xnack-", the processor first.
std::vector<std::string_view> parts_of(std::string_view target) {
    std::vector<std::string_view> parts;
    for (;;) {
        const std::size_t end = target.find(':');
        parts.push_back(target.substr(0, end));
        if (end == std::string_view::npos) {
            return parts;
        }
        target.remove_prefix(end + 1);
    }
}

bool is_same_processor(std::string_view target, std::string_view gpu) {
    const auto* generic = std::ranges::find(generic_targets, target, &GenericTarget::name);
    if (generic == generic_targets.end()) {
        return target == gpu;
    }
    const auto members = split_words(generic->members);
    return std::ranges::find(members, gpu) != members.end();
}

/// Whether one feature is, for example, "xnack+" and the other "xnack-".
bool is_opposite(std::string_view feature, std::string_view other) {
    return !feature.empty() && feature.size() == other.size() && feature.back() != other.back() &&
           feature.substr(0, feature.size() - 1) == other.substr(0, other.size() - 1);
}

bool runs_on_amd(std::string_view target, std::string_view gpu) {
    const auto wanted = parts_of(target);
    const auto given = parts_of(gpu);
    return gpu.starts_with("gfx") && is_same_processor(wanted.front(), given.front()) &&
           std::ranges::none_of(wanted, [&](std::string_view feature) {
               return std::ranges::any_of(
                   given, [&](std::string_view other) { return is_opposite(feature, other); });
           });
}

}  // namespace

bool target_runs_on(std::string_view target, std::string_view gpu) {
    const auto nvidia_target = parse_nvidia(target);
    const auto nvidia_gpu = parse_nvidia(gpu);
    if (nvidia_target && nvidia_gpu) {
        return !nvidia_gpu->is_ptx && runs_on_nvidia(*nvidia_target, *nvidia_gpu);
    }
    return runs_on_amd(target, gpu);
}

}  // namespace trilby
