// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <sys/stat.h>

#include "base/text.hpp"
#include "platform/live_system.hpp"
#include "probe/sources.hpp"

namespace trilby::sources {
namespace {

constexpr std::array<std::string_view, 4> known_names{"dxg", "kfd", "nvidia-uvm", "nvidiactl"};
constexpr std::array<std::string_view, 2> known_folders{"accel", "nvidia-caps"};

/// /dev/nvidia0 and so on; a container may have any subset of them.
bool is_nvidia_device(std::string_view name) {
    constexpr std::string_view prefix = "nvidia";
    return name.starts_with(prefix) && parse_number<unsigned>(name.substr(prefix.size()));
}

/// The permissions of a recorded node do not apply to this process, so the answer is recorded too.
Observed<bool> read_may_open(const FileTree& tree, const std::string& path) {
    const auto answer = tree.answer("access to " + path, [&] {
        return std::optional<std::string>(platform::may_read_and_write(path) ? "yes" : "no");
    });
    return answer ? Observed<bool>::present(*answer == "yes", path)
                  : Observed<bool>::missing(Presence::absent, path);
}

}  // namespace

Observed<DeviceNode> read_device_node(const FileTree& tree, std::string_view path) {
    const Observed<platform::FileStatus> status = tree.status(path);
    if (!status) {
        return Observed<DeviceNode>::missing(status.presence(), status.source());
    }
    if (tree.is_live() && !S_ISCHR(status->mode)) {
        return Observed<DeviceNode>::missing(Presence::malformed, status.source());
    }
    const auto observed = [&](std::uint32_t value) {
        return Observed<std::uint32_t>::present(value, status.source());
    };
    constexpr std::uint32_t permission_bits = 07777;
    DeviceNode node;
    node.path = status.source();
    node.mode = observed(status->mode & permission_bits);
    node.owner_id = observed(status->owner);
    node.group_id = observed(status->group);
    node.may_open = read_may_open(tree, node.path);
    return Observed<DeviceNode>::present(std::move(node), status.source());
}

namespace {

/// A node that exists although its status may not be read, for example because of SELinux.
DeviceNode denied_node(const std::string& path) {
    using Number = Observed<std::uint32_t>;
    return {.path = path,
            .mode = Number::missing(Presence::denied, path),
            .owner_id = Number::missing(Presence::denied, path),
            .group_id = Number::missing(Presence::denied, path),
            .may_open = Observed<bool>::missing(Presence::denied, path)};
}

void add_node(std::vector<DeviceNode>& nodes, const FileTree& tree, const std::string& path) {
    const auto node = read_device_node(tree, path);
    if (node) {
        nodes.push_back(*node);
    } else if (node.presence() == Presence::denied) {
        nodes.push_back(denied_node(path));
    }
}

void add_nodes_below(std::vector<DeviceNode>& nodes, const FileTree& tree,
                     const std::string& folder) {
    for (const std::string& name : tree.list(folder).value_or({})) {
        add_node(nodes, tree, folder + "/" + name);
    }
}

}  // namespace

Observed<std::vector<DeviceNode>> read_device_nodes(const FileTree& tree) {
    using Nodes = Observed<std::vector<DeviceNode>>;
    const auto names = tree.list("/dev");
    if (!names) {
        return Nodes::missing(names.presence(), names.source());
    }
    std::vector<DeviceNode> nodes;
    for (const std::string& name : *names) {
        if (std::ranges::find(known_folders, name) != known_folders.end()) {
            add_nodes_below(nodes, tree, "/dev/" + name);
        } else if (std::ranges::find(known_names, name) != known_names.end() ||
                   is_nvidia_device(name)) {
            add_node(nodes, tree, "/dev/" + name);
        }
    }
    for (const std::string_view name : known_names) {
        // A recording has no file for a node that was denied.
        const std::string path = fmt::format("/dev/{}", name);
        if (std::ranges::find(*names, name) == names->end() &&
            tree.status(path).presence() == Presence::denied) {
            nodes.push_back(denied_node(path));
        }
    }
    return Nodes::present(std::move(nodes), names.source());
}

}  // namespace trilby::sources
