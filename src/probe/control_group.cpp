// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "probe/control_group.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.hpp"

namespace trilby::sources {
namespace {

using platform::FileTree;

constexpr const char* memberships_path = "/proc/self/cgroup";

/// A line of /proc/self/cgroup: "hierarchy:controllers:path".
struct Membership {
    std::string controllers;  ///< empty for version 2
    std::string path;
};

std::vector<Membership> read_memberships(const FileTree& tree) {
    std::vector<Membership> memberships;
    const std::string text = tree.read(memberships_path).value_or("");
    for (const std::string_view line : split_lines(text)) {
        const std::size_t first = line.find(':');
        const std::size_t second = line.find(':', first + 1);
        if (first == std::string_view::npos || second == std::string_view::npos) {
            continue;
        }
        Membership found{std::string(line.substr(first + 1, second - first - 1)),
                         std::string(line.substr(second + 1))};
        // Seen from inside a namespace, a group outside it is "/..": only the root is known then.
        if (found.path.find("..") != std::string::npos) {
            found.path = "/";
        }
        memberships.push_back(std::move(found));
    }
    return memberships;
}

bool has_controller(const Membership& membership, std::string_view wanted) {
    std::string_view rest = membership.controllers;
    while (!rest.empty()) {
        const std::size_t comma = std::min(rest.find(','), rest.size());
        if (rest.substr(0, comma) == wanted) {
            return true;
        }
        rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
    return false;
}

/// The group's folder and those above it, below one mount of the hierarchy.
std::vector<std::string> folders_upwards(const std::string& mount, std::string path) {
    constexpr std::size_t depth_limit = 64;
    std::vector<std::string> folders;
    while (path.size() > 1 && folders.size() < depth_limit) {
        folders.push_back(mount + path);
        const std::size_t slash = path.rfind('/');
        path.resize(slash == std::string::npos ? 0 : slash);
    }
    folders.push_back(mount);
    return folders;
}

/// Where the hierarchy of a controller may be mounted; version 2 has one for all of them.
std::vector<std::string> folders_of(const Membership& membership, const std::string& controller) {
    const std::vector<std::string> mounts =
        membership.controllers.empty()
            ? std::vector<std::string>{"/sys/fs/cgroup"}
            : std::vector<std::string>{"/sys/fs/cgroup/" + controller,
                                       "/sys/fs/cgroup/" + membership.controllers};
    std::vector<std::string> folders;
    for (const std::string& mount : mounts) {
        std::ranges::move(folders_upwards(mount, membership.path), std::back_inserter(folders));
    }
    return folders;
}

/// "QUOTA PERIOD"; no value for "max PERIOD", which means no limit.
std::optional<double> cpus_from(std::string_view quota_and_period) {
    const auto words = split_words(quota_and_period);
    if (words.size() != 2) {
        return std::nullopt;
    }
    const auto quota = parse_number<std::int64_t>(words[0]);
    const auto period = parse_number<std::int64_t>(words[1]);
    if (!quota || !period || *quota <= 0 || *period <= 0) {
        return std::nullopt;
    }
    return static_cast<double>(*quota) / static_cast<double>(*period);
}

template <class T>
void keep_tightest(Observed<T>& limit, std::optional<T> found, const std::string& source) {
    if (found && (!limit || *found < *limit)) {
        limit = Observed<T>::present(*found, source);
    }
}

/// Calls `read_limit(folder, is_version_2)` for every folder that may limit `controller`.
template <class F>
void for_each_folder(const FileTree& tree, const std::string& controller, F&& read_limit) {
    for (const Membership& membership : read_memberships(tree)) {
        const bool is_version_2 = membership.controllers.empty();
        if (is_version_2 || has_controller(membership, controller)) {
            for (const std::string& folder : folders_of(membership, controller)) {
                read_limit(folder, is_version_2);
            }
        }
    }
}

}  // namespace

Observed<double> read_cpu_quota(const FileTree& tree) {
    auto limit = Observed<double>::missing(Presence::absent, memberships_path);
    for_each_folder(tree, "cpu", [&](const std::string& folder, bool is_version_2) {
        if (is_version_2) {
            const Observed<std::string> max = tree.read_trimmed(folder + "/cpu.max");
            keep_tightest(limit, cpus_from(max.value_or("")), max.source());
        } else if (const auto quota = tree.read_trimmed(folder + "/cpu.cfs_quota_us")) {
            const auto period = tree.read_trimmed(folder + "/cpu.cfs_period_us");
            keep_tightest(limit, cpus_from(*quota + " " + period.value_or("")), quota.source());
        }
    });
    return limit;
}

Observed<std::uint64_t> read_memory_limit_bytes(const FileTree& tree) {
    // Version 1 spells "no limit" as the largest multiple of the page size.
    constexpr std::uint64_t no_limit_bytes = std::uint64_t{1} << 60;
    auto limit = Observed<std::uint64_t>::missing(Presence::absent, memberships_path);
    for_each_folder(tree, "memory", [&](const std::string& folder, bool is_version_2) {
        const Observed<std::string> text =
            tree.read_trimmed(folder + (is_version_2 ? "/memory.max" : "/memory.limit_in_bytes"));
        const auto bytes = parse_number<std::uint64_t>(text.value_or(""));
        if (bytes < no_limit_bytes) {
            keep_tightest(limit, bytes, text.source());
        }
    });
    return limit;
}

}  // namespace trilby::sources
