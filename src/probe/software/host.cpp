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
bool shows_host(const FileTree& tree, const Container& container) {
    return container.kind.value_or(ContainerKind::none) != ContainerKind::none &&
           !tree.link_target(host_folder) && tree.exists("/run/host/etc") &&
           tree.exists("/run/host/dev");
}

}  // namespace

Observed<Host> read_host(const FileTree& tree, const Container& container) {
    if (!shows_host(tree, container)) {
        return Observed<Host>::missing(Presence::absent, host_folder);
    }
    const FileTree outside = tree.below(host_folder);
    constexpr const char* atomic_marker = "/run/ostree-booted";
    Host host{.os = read_operating_system(outside),
              .is_atomic = Observed<bool>::present(outside.exists(atomic_marker), atomic_marker),
              .device_nodes = read_device_nodes(outside),
              .libraries = read_libraries(outside)};
    return Observed<Host>::present(std::move(host), host_folder);
}

}  // namespace trilby::sources
