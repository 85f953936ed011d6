// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What a container shows of its host: which of the host's device nodes and libraries are there,
/// whether or not the container has them too.

#include "probe/sources.hpp"

namespace trilby::sources {
namespace {

constexpr const char* host_folder = "/run/host";

/// systemd and Flatpak make a folder of this name as well, with a file or two; where Toolbx makes
/// containers it leaves a link to where it stands.
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
    constexpr const char* mark_of_atomic = "/run/ostree-booted";
    Host host{.os = read_operating_system(outside),
              .is_atomic = Observed<bool>::present(outside.exists(mark_of_atomic), mark_of_atomic),
              .device_nodes = read_device_nodes(outside),
              .libraries = read_libraries(outside)};
    return Observed<Host>::present(std::move(host), host_folder);
}

}  // namespace trilby::sources
