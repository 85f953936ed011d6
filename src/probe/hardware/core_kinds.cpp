// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "base/text.hpp"
#include "probe/hardware/arm_parts.hpp"
#include "probe/hardware/cpu_model.hpp"
#include "probe/hardware/cpu_topology.hpp"

namespace trilby::sources {
namespace {

using platform::FileTree;
using Kinds = Observed<std::vector<CoreKind>>;

struct IntelKind {
    std::string_view name;
    std::string_view folder;  ///< of the kernel's performance counters
};
constexpr std::array intel_kinds{IntelKind{"P-core", "/sys/devices/cpu_core"},
                                 IntelKind{"E-core", "/sys/devices/cpu_atom"},
                                 IntelKind{"LP E-core", "/sys/devices/cpu_lowpower"}};

/// Absent if the first kind is: a CPU whose cores are alike has none of these folders.
Kinds read_intel_kinds(const FileTree& tree) {
    std::vector<CoreKind> kinds;
    std::string first_source;
    for (const auto& [name, folder] : intel_kinds) {
        const auto count = tree.read_trimmed(fmt::format("{}/cpus", folder)).parse(count_of_list);
        if (count.is_unreadable() || (kinds.empty() && !count)) {
            return Kinds::missing(count.presence(), count.source());
        }
        if (count) {
            first_source = first_source.empty() ? count.source() : first_source;
            kinds.push_back({std::string(name), *count});
        }
    }
    return Kinds::present(std::move(kinds), first_source);
}

void count(std::vector<CoreKind>& kinds, const std::string& name) {
    const auto known = std::ranges::find(kinds, name, &CoreKind::name);
    if (known == kinds.end()) {
        kinds.push_back({name, 1});
    } else {
        ++known->logical_cpus;
    }
}

/// From the main ID register of each CPU.
Kinds read_kinds_by_register(const FileTree& tree, const CpuNumbers& cpus) {
    std::vector<CoreKind> kinds;
    for (const std::uint16_t cpu : cpus) {
        const auto id =
            tree.read_trimmed(fmt::format("{}/cpu{}/regs/identification/midr_el1", cpus_path, cpu))
                .parse([](const std::string& text) { return parse_hex<std::uint64_t>(text); });
        if (!id) {
            return Kinds::missing(id.presence(), id.source());
        }
        count(kinds, arm_part_name({.implementer = static_cast<std::uint32_t>(*id >> 24 & 0xff),
                                    .number = static_cast<std::uint32_t>(*id >> 4 & 0xfff)}));
    }
    return Kinds::present(std::move(kinds),
                          fmt::format("{}/cpu*/regs/identification/midr_el1", cpus_path));
}

/// The number of a line "key : 0xd85"; nothing on another line.
std::optional<std::uint32_t> number_on(std::string_view line, std::string_view key) {
    const std::size_t colon = line.find(':');
    return colon != std::string_view::npos && trim(line.substr(0, colon)) == key
               ? parse_hex<std::uint32_t>(trim(line.substr(colon + 1)))
               : std::nullopt;
}

std::optional<std::vector<CoreKind>> kinds_in(const std::string& cpuinfo) {
    std::vector<CoreKind> kinds;
    std::uint32_t implementer = 0;
    for (const std::string_view line : split_lines(cpuinfo)) {
        implementer = number_on(line, "CPU implementer").value_or(implementer);
        if (const auto part = number_on(line, "CPU part")) {
            count(kinds, arm_part_name({implementer, *part}));
        }
    }
    return kinds;
}

/// /proc/cpuinfo costs one read, but a recording or an old kernel may describe only one CPU there.
Kinds read_arm_kinds(const FileTree& tree, const CpuNumbers& online) {
    constexpr std::size_t limit_bytes = 4U << 20;
    Kinds kinds = tree.read("/proc/cpuinfo", limit_bytes).parse(kinds_in);
    std::uint32_t described = 0;
    for (const CoreKind& kind : kinds.value_or({})) {
        described += kind.logical_cpus;
    }
    return described == online.size() ? kinds : read_kinds_by_register(tree, online);
}

}  // namespace

Kinds read_core_kinds(const FileTree& tree, const Observed<CpuNumbers>& online,
                      const Observed<std::string>& cpuinfo) {
    const auto implementer = arm_number(cpuinfo, "CPU implementer");
    if (implementer && online) {
        return read_arm_kinds(tree, *online);
    }
    return read_intel_kinds(tree);
}

}  // namespace trilby::sources
