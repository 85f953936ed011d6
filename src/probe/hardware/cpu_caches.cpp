// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "probe/hardware/cpu_caches.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>

#include "base/text.hpp"
#include "probe/hardware/cpu_topology.hpp"

namespace trilby::sources {
namespace {

using platform::FileTree;
using Caches = Observed<std::vector<Cache>>;

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

std::string folder_of(std::uint16_t cpu) {
    return fmt::format("{}/cpu{}/cache", cpus_path, cpu);
}

bool is_index(const std::string& name) {
    return name.starts_with("index");
}

/// Whether data go through the cache in a folder.
Observed<bool> holds_data(const FileTree& tree, const std::string& path) {
    return tree.read_trimmed(path + "/type").parse([](const std::string& type) {
        return std::optional(type == "Data" || type == "Unified");
    });
}

Observed<std::uint32_t> read_level(const FileTree& tree, const std::string& path) {
    return tree.read_trimmed(path + "/level").parse([](const std::string& text) {
        return parse_number<std::uint32_t>(text);
    });
}

struct Instance {
    Cache cache;
    Observed<CpuNumbers> cpus;
};

Observed<CpuNumbers> read_sharing_cpus(const FileTree& tree, const std::string& path) {
    auto listed = tree.read_trimmed(path + "/shared_cpu_list").parse(parse_cpu_list);
    return listed.presence() == Presence::absent
               ? tree.read_trimmed(path + "/shared_cpu_map").parse(parse_cpu_mask)
               : listed;
}

Instance read_instance(const FileTree& tree, const std::string& path) {
    const auto cpus = read_sharing_cpus(tree, path);
    return {{.level = read_level(tree, path),
             .size_bytes = tree.read_trimmed(path + "/size").parse(cache_size),
             .shared_by_cpus = cpus.parse([](const CpuNumbers& numbers) {
                 return std::optional(static_cast<std::uint32_t>(numbers.size()));
             })},
            cpus};
}

/// The name of the folder of the last-level cache of a CPU; malformed if one of its caches is.
Observed<std::string> last_level_name(const FileTree& tree, std::uint16_t cpu) {
    const std::string folder = folder_of(cpu);
    return tree.list(folder).parse(
        [&](const std::vector<std::string>& names) -> std::optional<std::string> {
            std::optional<std::string> last;
            std::uint32_t last_level = 0;
            for (const std::string& name : names) {
                const std::string path = folder + "/" + name;
                const auto level = read_level(tree, path);
                const auto is_data = holds_data(tree, path);
                if (is_index(name) && (!level || !is_data)) {
                    return std::nullopt;
                }
                if (is_index(name) && *is_data && *level > last_level) {
                    last = name;
                    last_level = *level;
                }
            }
            return last;
        });
}

/// `name` is the folder that the CPU before had; most CPUs have the same. Small cores may lack it.
Instance read_last_level(const FileTree& tree, std::uint16_t cpu, std::string& name) {
    if (!name.empty()) {
        Instance instance = read_instance(tree, folder_of(cpu) + "/" + name);
        if (instance.cache.level.presence() != Presence::absent) {
            return instance;
        }
    }
    const auto found = last_level_name(tree, cpu);
    if (!found) {
        return {.cache = {},
                .cpus = Observed<CpuNumbers>::missing(found.presence(), found.source())};
    }
    name = *found;
    return read_instance(tree, folder_of(cpu) + "/" + name);
}

}  // namespace

Caches read_caches(const FileTree& tree) {
    const std::string folder = folder_of(0);
    return tree.list(folder).parse([&](const std::vector<std::string>& names) {
        std::vector<Cache> caches;
        for (const std::string& name : names) {
            const std::string path = folder + "/" + name;
            if (is_index(name) && holds_data(tree, path).value_or(false)) {
                caches.push_back(read_instance(tree, path).cache);
            }
        }
        return std::optional(std::move(caches));
    });
}

Caches read_last_level_caches(const FileTree& tree, const Observed<CpuNumbers>& online) {
    if (!online) {
        return Caches::missing(online.presence(), online.source());
    }
    std::set<std::uint16_t> left(online->begin(), online->end());
    std::vector<Cache> caches;
    std::string name;
    while (!left.empty()) {
        const std::uint16_t cpu = *left.begin();
        const Instance instance = read_last_level(tree, cpu, name);
        const Observed<std::uint32_t>& level = instance.cache.level;
        if (!instance.cpus || !level) {
            return instance.cpus
                       ? Caches::missing(level.presence(), level.source())
                       : Caches::missing(instance.cpus.presence(), instance.cpus.source());
        }
        left.erase(cpu);  // in case the file does not list it
        for (const std::uint16_t member : *instance.cpus) {
            left.erase(member);
        }
        caches.push_back(instance.cache);
    }
    return Caches::present(std::move(caches), fmt::format("{}/cpu*/cache", cpus_path));
}

}  // namespace trilby::sources
