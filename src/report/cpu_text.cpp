// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "report/cpu_text.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>
#include <optional>
#include <vector>

#include "base/units.hpp"
#include "machine/cpu_features.hpp"
#include "report/fact_text.hpp"

namespace trilby::report {
namespace {

std::string cpu_count(const Cpu& cpu) {
    if (!cpu.usable_cpus) {
        return "an unknown number of CPUs";
    }
    const bool is_limited = cpu.logical_cpus_online && *cpu.usable_cpus < *cpu.logical_cpus_online;
    return is_limited
               ? fmt::format("{} of {} CPUs usable", *cpu.usable_cpus, *cpu.logical_cpus_online)
               : fmt::format("{} CPU{}", *cpu.usable_cpus, *cpu.usable_cpus == 1 ? "" : "s");
}

/// The model of the first CPU, or every kind if the kinds are models, as on Arm.
std::string model_text(const Cpu& cpu) {
    std::vector<std::string> names;
    for (const CoreKind& kind : cpu.core_kinds.value_or({})) {
        names.push_back(one_line(kind.name));
    }
    if (!cpu.model) {
        return text_of(cpu.vendor, "unknown model");
    }
    const std::string model = one_line(*cpu.model);
    const bool are_models = std::ranges::find(names, model) != names.end();
    return are_models ? fmt::format("{}", fmt::join(names, " and ")) : model;
}

std::string cpu_line(const Cpu& cpu) {
    const Observed<std::string>& kind = cpu.isa_level ? cpu.isa_level : cpu.architecture;
    return fmt::format("{}, {}, {}", model_text(cpu), cpu_count(cpu),
                       text_of(kind, "unknown architecture"));
}

/// "16 P-core CPUs and 8 E-core CPUs"; empty if there is only one kind.
std::string core_kinds_text(const Cpu& cpu) {
    std::vector<std::string> parts;
    for (const CoreKind& kind : cpu.core_kinds.value_or({})) {
        parts.push_back(fmt::format("{} {} CPU{}", kind.logical_cpus, one_line(kind.name),
                                    kind.logical_cpus == 1 ? "" : "s"));
    }
    return parts.size() < 2 ? std::string() : fmt::format("{}", fmt::join(parts, " and "));
}

/// How many instances there are of each size.
using Sizes = std::map<std::uint64_t, std::size_t>;

/// Nothing if a size is unknown.
std::optional<Sizes> sizes_at_level(const std::vector<Cache>& caches, std::uint32_t level) {
    Sizes sizes;
    for (const Cache& cache : caches) {
        if (cache.level.value_or(0) == level) {
            if (!cache.size_bytes) {
                return std::nullopt;
            }
            ++sizes[*cache.size_bytes];
        }
    }
    return sizes;
}

/// "8 MiB", "8 MiB and 16 MiB", "2 x 8 MiB and 16 MiB".
std::string instance_sizes(const Sizes& sizes) {
    std::vector<std::string> parts;
    for (const auto& [bytes, count] : sizes) {
        parts.push_back(count == 1 || sizes.size() == 1
                            ? format_bytes(bytes)
                            : fmt::format("{} x {}", count, format_bytes(bytes)));
    }
    return fmt::format("{}", fmt::join(parts, " and "));
}

std::string sum_text(const Sizes& sizes, std::uint32_t level) {
    std::uint64_t bytes = 0;
    std::size_t instances = 0;
    for (const auto& [size, count] : sizes) {
        bytes += size * count;
        instances += count;
    }
    const std::string sum = fmt::format("{} of L{} cache", format_bytes(bytes), level);
    return instances == 1
               ? sum
               : fmt::format("{} in {} instances of {}", sum, instances, instance_sizes(sizes));
}

/// "128 MiB of L3 cache in 16 instances of 8 MiB". If only the first CPU is known, its own cache.
std::string cache_text(const Cpu& cpu) {
    const auto& known = cpu.last_level_caches ? cpu.last_level_caches : cpu.caches;
    const std::vector<Cache> caches = known.value_or({});
    std::uint32_t level = 0;
    for (const Cache& cache : caches) {
        level = std::max(level, cache.level.value_or(0));
    }
    const auto sizes = sizes_at_level(caches, level);
    if (level == 0 || !sizes) {
        return {};
    }
    return sum_text(*sizes, level) + (cpu.last_level_caches ? "" : " for the first CPU");
}

/// "1 package, 16 cores, 32 MiB of L3 cache"; unknown parts are left out.
std::string topology_line(const Cpu& cpu) {
    std::vector<std::string> parts;
    const auto add_count = [&](const Observed<std::uint32_t>& count, const char* what) {
        if (count) {
            parts.push_back(fmt::format("{} {}{}", *count, what, *count == 1 ? "" : "s"));
        }
    };
    add_count(cpu.packages, "package");
    add_count(cpu.cores, "core");
    parts.push_back(core_kinds_text(cpu));
    parts.push_back(cache_text(cpu));
    std::erase(parts, "");
    return fmt::format("{}", fmt::join(parts, ", "));
}

std::string feature_line(const Cpu& cpu) {
    constexpr const auto& x86 = cpu_features::x86;
    constexpr const auto& arm = cpu_features::arm;
    constexpr std::array telling{x86.avx2,
                                 x86.fma,
                                 x86.avx512f,
                                 x86.avx512_vnni,
                                 x86.avx512_bf16,
                                 x86.avx512_fp16,
                                 x86.amx_bf16,
                                 arm.asimddp,
                                 arm.sve,
                                 arm.i8mm,
                                 arm.bf16,
                                 cpu_features::s390.vx,
                                 cpu_features::s390.nnpa,
                                 cpu_features::power.altivec};
    if (!cpu.features) {
        return "unknown";
    }
    std::vector<std::string_view> shown;
    for (const std::string_view name : telling) {
        if (std::ranges::find(*cpu.features, name) != cpu.features->end()) {
            shown.push_back(name);
        }
    }
    return shown.empty() ? "none that speeds up tensors" : fmt::format("{}", fmt::join(shown, " "));
}

}  // namespace

SafeText cpu_rows(const Cpu& cpu, const Style& style) {
    const std::string topology = topology_line(cpu);
    return row("CPU", cpu_line(cpu), style) + (topology.empty() ? "" : row("", topology, style)) +
           row("", feature_line(cpu), style);
}

}  // namespace trilby::report
