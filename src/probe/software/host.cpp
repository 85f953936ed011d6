// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Reads what a container shows of its host: the host's device nodes and libraries, which the
/// container may lack.

#include "probe/sources.hpp"

namespace trilby::sources {
namespace {

constexpr const char* host_folder = "/run/host";

/// systemd and Flatpak create a folder with this name too, with a file or two. On a host, Toolbx
/// makes it a link to the root.
Presence host_presence(const FileTree& tree, const Container& container) {
    const bool is_container = container.kind.value_or(ContainerKind::none) != ContainerKind::none;
    if (!is_container || tree.link_target(host_folder)) {
        return Presence::absent;
    }
    const Presence settings = tree.presence("/run/host/etc");
    return settings == Presence::present ? tree.presence("/run/host/dev") : settings;
}

Observed<bool> read_is_atomic(const FileTree& tree) {
    constexpr const char* marker = "/run/ostree-booted";
    const Presence presence = tree.presence(marker);
    return is_unreadable(presence) ? Observed<bool>::missing(presence, marker)
                                   : Observed<bool>::present(presence == Presence::present, marker);
}

/// The libraries if every folder could be read.
Observed<std::vector<LibraryFile>> read_all_libraries(const FileTree& tree) {
    UnreadPaths unread;
    auto libraries = read_libraries(tree, unread);
    return unread.empty() ? libraries
                          : Observed<std::vector<LibraryFile>>::missing(unread.front().why,
                                                                        unread.front().path);
}

}  // namespace

Observed<Host> read_host(const FileTree& tree, const Container& container) {
    const Presence presence = host_presence(tree, container);
    if (presence != Presence::present) {
        return Observed<Host>::missing(presence, host_folder);
    }
    const FileTree outside = tree.below(host_folder);
    Host host{.os = read_operating_system(outside),
              .is_atomic = read_is_atomic(outside),
              .device_nodes = read_device_nodes(outside),
              .libraries = read_all_libraries(outside)};
    return Observed<Host>::present(std::move(host), host_folder);
}

}  // namespace trilby::sources
