// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "probe/hardware/cpu_topology.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <optional>
#include <set>

namespace trilby::sources {
namespace {

using platform::FileTree;
using Count = Observed<std::uint32_t>;
using Numbers = Observed<CpuNumbers>;

bool is_offline(const FileTree& tree, std::uint16_t cpu) {
    return tree.read_trimmed(fmt::format("{}/cpu{}/online", cpus_path, cpu)).value_or("") == "0";
}

/// A file with the group of a CPU, as a list or as a mask.
struct GroupFile {
    const char* name;
    std::optional<CpuNumbers> (*parse)(const std::string&);
};
/// The names since Linux 5.3 come second. A recording of an old machine may have only masks.
using GroupFiles = std::array<GroupFile, 4>;
constexpr GroupFiles core_files{GroupFile{"thread_siblings_list", parse_cpu_list},
                                {"core_cpus_list", parse_cpu_list},
                                {"thread_siblings", parse_cpu_mask},
                                {"core_cpus", parse_cpu_mask}};
constexpr GroupFiles package_files{GroupFile{"core_siblings_list", parse_cpu_list},
                                   {"package_cpus_list", parse_cpu_list},
                                   {"core_siblings", parse_cpu_mask},
                                   {"package_cpus", parse_cpu_mask}};

Numbers read_group(const FileTree& tree, std::uint16_t cpu, const GroupFile& file) {
    return tree.read_trimmed(fmt::format("{}/cpu{}/topology/{}", cpus_path, cpu, file.name))
        .parse(file.parse);
}

/// The first file that a CPU has.
const GroupFile& file_of(const FileTree& tree, std::uint16_t cpu, const GroupFiles& files) {
    const auto* found = std::ranges::find_if(files, [&](const GroupFile& file) {
        return read_group(tree, cpu, file).presence() != Presence::absent;
    });
    return found == files.end() ? files.front() : *found;
}

/// The number of groups of online CPUs. Reads one file for each group and skips its other members.
Count count_groups(const FileTree& tree, const Numbers& online, const GroupFiles& files) {
    if (!online) {
        return Count::missing(online.presence(), online.source());
    }
    const GroupFile& file = file_of(tree, online->front(), files);
    std::set<std::uint16_t> left(online->begin(), online->end());
    std::uint32_t groups = 0;
    while (!left.empty()) {
        const std::uint16_t cpu = *left.begin();
        const Numbers group = read_group(tree, cpu, file);
        if (!group) {
            return Count::missing(group.presence(), group.source());
        }
        left.erase(cpu);  // in case the file does not list it
        for (const std::uint16_t member : *group) {
            left.erase(member);
        }
        ++groups;
    }
    return Count::present(groups, fmt::format("{}/cpu*/topology/{}", cpus_path, file.name));
}

}  // namespace

Numbers read_online_cpus(const FileTree& tree) {
    Numbers listed = tree.read_trimmed(fmt::format("{}/online", cpus_path)).parse(parse_cpu_list);
    if (listed || listed.presence() == Presence::malformed) {
        return listed;
    }
    const Numbers folders = numbered_folders(tree, cpus_path, "cpu");
    if (!folders) {
        return listed;
    }
    CpuNumbers online = *folders;
    std::erase_if(online, [&](std::uint16_t cpu) { return is_offline(tree, cpu); });
    return online.empty() ? listed : Numbers::present(std::move(online), folders.source());
}

Count read_core_count(const FileTree& tree, const Numbers& online) {
    return count_groups(tree, online, core_files);
}

Count read_package_count(const FileTree& tree, const Numbers& online) {
    return count_groups(tree, online, package_files);
}

}  // namespace trilby::sources
