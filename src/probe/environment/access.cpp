// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>

#include "base/text.hpp"
#include "platform/environment.hpp"
#include "platform/live_system.hpp"
#include "probe/environment/environment.hpp"
#include "probe/sources.hpp"

namespace trilby::sources {
namespace {

/// The device nodes that compute programs open.
std::vector<std::string> compute_nodes(const FileTree& tree) {
    std::vector<std::string> paths;
    for (const DeviceNode& node : read_device_nodes(tree).value_or({})) {
        paths.push_back(node.path);
    }
    for (const std::string& name : tree.list("/dev/dri").value_or({})) {
        if (name.starts_with("renderD")) {
            paths.push_back("/dev/dri/" + name);
        }
    }
    return paths;
}

}  // namespace

/// Only reads folders with known names: others may reveal the names of volumes.
std::vector<DeviceFolder> read_closed_device_folders(const FileTree& tree) {
    constexpr std::array known{"/dev/vboxusb"};
    constexpr std::uint32_t permission_bits = 07777;
    constexpr std::uint32_t open_to_everybody = 05;
    std::vector<DeviceFolder> folders;
    for (const char* path : known) {
        const auto status = tree.status(path);
        if (status && S_ISDIR(status->mode) &&
            (status->mode & open_to_everybody) != open_to_everybody) {
            folders.push_back({path, status->mode & permission_bits, status->group});
        }
    }
    return folders;
}

Observed<std::vector<std::string>> read_group_nodes(const FileTree& tree) {
    const auto ask = [&] {
        auto paths = compute_nodes(tree);
        std::erase_if(
            paths, [](const std::string& path) { return !platform::is_open_by_group_alone(path); });
        return std::optional(fmt::format("{}", fmt::join(paths, " ")));
    };
    return tree.answer("nodes that a group opens", ask).parse([](const std::string& text) {
        const auto words = split_words(text);
        return std::optional(std::vector<std::string>(words.begin(), words.end()));
    });
}

Observed<std::vector<std::uint32_t>> read_groups(const FileTree& tree) {
    using Groups = std::vector<std::uint32_t>;
    return tree
        .answer("getgroups",
                [] { return std::optional(fmt::format("{}", fmt::join(platform::groups(), " "))); })
        .parse([](const std::string& text) -> std::optional<Groups> {
            Groups groups;
            for (const std::string_view word : split_words(text)) {
                const auto group = parse_number<std::uint32_t>(word);
                if (!group) {
                    return std::nullopt;
                }
                groups.push_back(*group);
            }
            return groups;
        });
}

}  // namespace trilby::sources
