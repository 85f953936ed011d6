// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <optional>

#include "base/text.hpp"
#include "machine/pci_address.hpp"
#include "probe/sources.hpp"

namespace trilby::sources {
namespace {

constexpr std::string_view folder = "/sys/class/drm";

/// "card0" and "renderD128", but not the connectors ("card0-DP-1") beside them.
bool is_node(std::string_view name) {
    for (const std::string_view prefix : {"card", "renderD"}) {
        if (name.starts_with(prefix) && parse_number<unsigned>(name.substr(prefix.size()))) {
            return true;
        }
    }
    return false;
}

/// The device that a node belongs to: the last PCI address in the target of its link. The folder
/// of a virtual GPU is one level below its PCI device.
Observed<std::string> pci_address_in(const Observed<std::string>& target) {
    std::string_view path = target ? std::string_view(*target) : std::string_view();
    while (!path.empty()) {
        const std::size_t slash = path.rfind('/');
        const std::string_view name = path.substr(slash + 1);
        if (is_pci_address(name)) {
            return Observed<std::string>::present(std::string(name), target.source());
        }
        path = slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
    }
    const Presence why = target ? Presence::absent : target.presence();
    return Observed<std::string>::missing(why, target.source());
}

/// The status of a node in a folder that may not be read is unknown.
Observed<DeviceNode> read_node(const FileTree& tree, const std::string& name, bool is_denied) {
    const std::string path = "/dev/dri/" + name;
    auto node = read_device_node(tree, path);
    return is_denied && node.presence() == Presence::absent
               ? Observed<DeviceNode>::missing(Presence::denied, path)
               : node;
}

}  // namespace

Observed<std::vector<DrmNode>> read_drm_nodes(const FileTree& tree) {
    using Nodes = Observed<std::vector<DrmNode>>;
    const auto names = tree.list(folder);
    if (!names) {
        return Nodes::missing(names.presence(), names.source());
    }
    const bool is_denied = tree.status("/dev/dri").presence() == Presence::denied;
    std::vector<DrmNode> nodes;
    for (const std::string& name : *names) {
        if (is_node(name)) {
            const std::string link = std::string(folder) + "/" + name;
            nodes.push_back({.name = name,
                             .pci_address = pci_address_in(tree.link_target(link)),
                             .node = read_node(tree, name, is_denied)});
        }
    }
    return Nodes::present(std::move(nodes), names.source());
}

}  // namespace trilby::sources
