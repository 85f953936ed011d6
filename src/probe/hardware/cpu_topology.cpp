// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "probe/hardware/cpu_topology.hpp"

#include <array>
#include <fmt/format.h>
#include <set>

namespace trilby::sources {
namespace {

using platform::FileTree;
using Count = Observed<std::uint32_t>;
using Numbers = Observed<CpuNumbers>;

bool is_offline(const FileTree& tree, std::uint16_t cpu) {
    return tree.read_trimmed(fmt::format("{}/cpu{}/online", cpus_path, cpu)).value_or("") == "0";
}

/// The file that lists the group of a CPU has an old name, and a newer one since Linux 5.3.
struct GroupFile {
    const char* name;
    const char* newer_name;
};

Numbers read_group(const FileTree& tree, std::uint16_t cpu, const char* file) {
    return tree.read_trimmed(fmt::format("{}/cpu{}/topology/{}", cpus_path, cpu, file))
        .parse(parse_cpu_list);
}

/// The number of groups of online CPUs. Reads one file for each group and skips its other members.
Count count_groups(const FileTree& tree, const Numbers& online, const GroupFile& file) {
    if (!online) {
        return Count::missing(online.presence(), online.source());
    }
    const bool has_old_name =
        read_group(tree, online->front(), file.name).presence() != Presence::absent;
    const char* name = has_old_name ? file.name : file.newer_name;
    std::set<std::uint16_t> left(online->begin(), online->end());
    std::uint32_t groups = 0;
    while (!left.empty()) {
        const std::uint16_t cpu = *left.begin();
        const Numbers group = read_group(tree, cpu, name);
        if (!group) {
            return Count::missing(group.presence(), group.source());
        }
        left.erase(cpu);  // in case the file does not list it
        for (const std::uint16_t member : *group) {
            left.erase(member);
        }
        ++groups;
    }
    return Count::present(groups, fmt::format("{}/cpu*/topology/{}", cpus_path, name));
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
    return count_groups(tree, online, {"thread_siblings_list", "core_cpus_list"});
}

Count read_package_count(const FileTree& tree, const Numbers& online) {
    return count_groups(tree, online, {"core_siblings_list", "package_cpus_list"});
}

}  // namespace trilby::sources
