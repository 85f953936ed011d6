// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <array>

#include "base/text.hpp"
#include "probe/assignments.hpp"
#include "probe/sources.hpp"

namespace trilby::sources {
namespace {

struct Marker {
    const char* path;
    ContainerKind kind;
    bool is_on_hosts_too = false;  ///< counts only together with the marker of an engine
};

// Toolbx and Distrobox containers are also Podman or Docker containers, and Kubernetes may use
// either, so the more specific kinds come first. Distrobox also leaves the marker of Toolbx.
constexpr std::array markers{
    Marker{"/run/.distroboxenv", ContainerKind::distrobox},
    Marker{"/.distroboxenv", ContainerKind::distrobox},
    // Distrobox's package installs it on hosts too.
    Marker{"/usr/bin/distrobox-host-exec", ContainerKind::distrobox, true},
    Marker{"/run/.toolbxenv", ContainerKind::toolbx},
    Marker{"/run/.toolboxenv", ContainerKind::toolbx},
    Marker{"/run/secrets/kubernetes.io", ContainerKind::kubernetes},
    Marker{"/var/run/secrets/kubernetes.io", ContainerKind::kubernetes},
    Marker{"/run/.containerenv", ContainerKind::podman},
    Marker{"/.dockerenv", ContainerKind::docker},
    Marker{"/.flatpak-info", ContainerKind::flatpak},
};

bool has_engine_marker(const FileTree& tree) {
    return tree.exists("/run/.containerenv") || tree.exists("/.dockerenv");
}

constexpr const char* manager_path = "/run/systemd/container";

ContainerKind kind_of_manager(std::string_view name) {
    if (name == "systemd-nspawn") {
        return ContainerKind::systemd_nspawn;
    }
    if (name == "lxc") {
        return ContainerKind::lxc;
    }
    if (name == "podman") {
        return ContainerKind::podman;
    }
    return name == "docker" ? ContainerKind::docker : ContainerKind::unknown;
}

Observed<ContainerKind> read_kind(const FileTree& tree) {
    using Kind = Observed<ContainerKind>;
    for (const Marker& marker : markers) {
        if (tree.exists(marker.path) && (!marker.is_on_hosts_too || has_engine_marker(tree))) {
            return Kind::present(marker.kind, marker.path);
        }
    }
    if (const Observed<std::string> manager = tree.read_trimmed(manager_path)) {
        return Kind::present(kind_of_manager(*manager), manager.source());
    }
    // A recorded machine may lack the folders with the markers.
    if (!tree.exists("/run")) {
        return Kind::missing(Presence::absent, "/run");
    }
    return Kind::present(ContainerKind::none, "/run");
}

}  // namespace

Container read_container(const FileTree& tree) {
    return {.kind = read_kind(tree),
            .image = assigned_value(tree.read("/run/.containerenv"), "image")};
}

}  // namespace trilby::sources
