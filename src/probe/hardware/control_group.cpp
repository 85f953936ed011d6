// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "probe/hardware/control_group.hpp"

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

std::optional<std::vector<Membership>> parse_memberships(const std::string& text) {
    std::vector<Membership> memberships;
    for (const std::string_view line : split_lines(text)) {
        const std::size_t first = line.find(':');
        const std::size_t second = line.find(':', first + 1);
        if (first == std::string_view::npos || second == std::string_view::npos) {
            return std::nullopt;
        }
        Membership found{std::string(line.substr(first + 1, second - first - 1)),
                         std::string(line.substr(second + 1))};
        // In a namespace, a group outside it is shown as "/..": only the root is known then.
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

/// The folders of the group and its ancestors, below one mount of the hierarchy.
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

/// The possible mount points of a controller's hierarchy; version 2 has one for all controllers.
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

/// Values from here up mean that there is no limit.
constexpr double no_cpu_limit = 1e9;
constexpr std::uint64_t no_memory_limit_bytes = std::uint64_t{1} << 60;

/// Parses "QUOTA PERIOD" of version 2, where QUOTA may be "max", or the same text joined from the
/// two files of version 1, where it may be negative.
std::optional<double> cpus_from(std::string_view quota_and_period) {
    const auto words = split_words(quota_and_period);
    if (words.size() != 2) {
        return std::nullopt;
    }
    const auto quota =
        words[0] == "max" ? std::optional<std::int64_t>(-1) : parse_number<std::int64_t>(words[0]);
    const auto period = parse_number<std::int64_t>(words[1]);
    if (!quota || !period || *quota == 0 || *period <= 0) {
        return std::nullopt;
    }
    return *quota < 0 ? no_cpu_limit : static_cast<double>(*quota) / static_cast<double>(*period);
}

std::optional<std::uint64_t> bytes_from(const std::string& text) {
    return text == "max" ? std::optional(no_memory_limit_bytes) : parse_number<std::uint64_t>(text);
}

/// An unreadable limit takes precedence: it may be the tightest.
template <class T>
void keep_tightest(Observed<T>& limit, const Observed<T>& found) {
    const bool is_tighter = found && (!limit || *found < *limit);
    if (!limit.is_unreadable() && (found.is_unreadable() || is_tighter)) {
        limit = found;
    }
}

/// The tightest `read_limit(folder, is_version_2)` of all folders that may limit `controller`;
/// absent if it is at least `no_limit`.
template <class T, class F>
Observed<T> tightest_limit(const FileTree& tree, const std::string& controller, T no_limit,
                           F read_limit) {
    const auto memberships = tree.read(memberships_path).parse(parse_memberships);
    auto limit = Observed<T>::missing(memberships ? Presence::absent : memberships.presence(),
                                      memberships_path);
    for (const Membership& membership : memberships.value_or({})) {
        const bool is_version_2 = membership.controllers.empty();
        if (is_version_2 || has_controller(membership, controller)) {
            for (const std::string& folder : folders_of(membership, controller)) {
                keep_tightest(limit, read_limit(folder, is_version_2));
            }
        }
    }
    return limit && *limit >= no_limit ? Observed<T>::missing(Presence::absent, memberships_path)
                                       : limit;
}

}  // namespace

Observed<double> read_cpu_quota(const FileTree& tree) {
    return tightest_limit(
        tree, "cpu", no_cpu_limit, [&](const std::string& folder, bool is_version_2) {
            if (is_version_2) {
                return tree.read_trimmed(folder + "/cpu.max").parse(cpus_from);
            }
            const auto period = tree.read_trimmed(folder + "/cpu.cfs_period_us").value_or("");
            return tree.read_trimmed(folder + "/cpu.cfs_quota_us")
                .parse([&](const std::string& quota) { return cpus_from(quota + " " + period); });
        });
}

Observed<std::uint64_t> read_memory_limit_bytes(const FileTree& tree) {
    return tightest_limit(
        tree, "memory", no_memory_limit_bytes, [&](const std::string& folder, bool is_version_2) {
            const char* file = is_version_2 ? "/memory.max" : "/memory.limit_in_bytes";
            return tree.read_trimmed(folder + file).parse(bytes_from);
        });
}

}  // namespace trilby::sources
