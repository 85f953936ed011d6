// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "probe/hardware/cpu_topology.hpp"

#include <fmt/format.h>
#include <set>

#include "base/text.hpp"
#include "probe/hardware/cpu_list.hpp"

namespace trilby::sources {
namespace {

using platform::FileTree;
using Count = Observed<std::uint32_t>;

constexpr const char* cpus_path = "/sys/devices/system/cpu";

/// The number of groups of online CPUs, where `file` lists the group of a CPU. Reads one file for
/// each group and skips its other members.
Count count_groups(const FileTree& tree, const char* file) {
    const auto online =
        tree.read_trimmed(fmt::format("{}/online", cpus_path)).parse(parse_cpu_list);
    if (!online) {
        return Count::missing(online.presence(), online.source());
    }
    std::set<std::uint16_t> left(online->begin(), online->end());
    std::uint32_t groups = 0;
    while (!left.empty()) {
        const std::uint16_t cpu = *left.begin();
        const auto group =
            tree.read_trimmed(fmt::format("{}/cpu{}/topology/{}", cpus_path, cpu, file))
                .parse(parse_cpu_list);
        if (!group) {
            return Count::missing(group.presence(), group.source());
        }
        left.erase(cpu);  // in case the file does not list it
        for (const std::uint16_t member : *group) {
            left.erase(member);
        }
        ++groups;
    }
    return Count::present(groups, fmt::format("{}/cpu*/topology/{}", cpus_path, file));
}

/// "512K", "32M"; always a whole number of KiB in today's kernels.
std::optional<std::uint64_t> cache_size(const std::string& text) {
    if (text.empty()) {
        return std::nullopt;
    }
    const unsigned shift = text.back() == 'K' ? 10 : text.back() == 'M' ? 20 : 0;
    const auto number =
        parse_number<std::uint64_t>(std::string_view(text).substr(0, text.size() - (shift > 0)));
    constexpr std::uint64_t largest = std::uint64_t{1} << 40;
    return number && *number <= largest ? std::optional(*number << shift) : std::nullopt;
}

}  // namespace

Count read_core_count(const FileTree& tree) {
    return count_groups(tree, "thread_siblings_list");
}

Count read_package_count(const FileTree& tree) {
    return count_groups(tree, "core_siblings_list");
}

Observed<std::vector<Cache>> read_caches(const FileTree& tree) {
    using Caches = Observed<std::vector<Cache>>;
    const std::string folder = fmt::format("{}/cpu0/cache", cpus_path);
    const auto names = tree.list(folder);
    if (!names) {
        return Caches::missing(names.presence(), names.source());
    }
    std::vector<Cache> caches;
    for (const std::string& name : *names) {
        const std::string path = folder + "/" + name;
        const auto type = tree.read_trimmed(path + "/type");
        const bool holds_data = type.value_or("") == "Data" || type.value_or("") == "Unified";
        if (!name.starts_with("index") || !holds_data) {
            continue;
        }
        caches.push_back(
            {.level = tree.read_trimmed(path + "/level").parse([](const std::string& text) {
                 return parse_number<std::uint32_t>(text);
             }),
             .size_bytes = tree.read_trimmed(path + "/size").parse(cache_size),
             .shared_by_cpus = tree.read_trimmed(path + "/shared_cpu_list").parse(count_of_list)});
    }
    return Caches::present(std::move(caches), folder);
}

}  // namespace trilby::sources
