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

Presence presence_of_engine(const FileTree& tree) {
    const Presence podman = tree.presence("/run/.containerenv");
    const Presence docker = tree.presence("/.dockerenv");
    return podman == Presence::present || docker == Presence::absent ? podman : docker;
}

/// Present if the marker exists and counts.
Presence presence_of(const Marker& marker, const FileTree& tree) {
    const Presence presence = tree.presence(marker.path);
    return presence == Presence::present && marker.is_on_hosts_too ? presence_of_engine(tree)
                                                                   : presence;
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
    auto unread = Kind::missing(Presence::absent, "/run");
    for (const Marker& marker : markers) {
        const Presence presence = presence_of(marker, tree);
        if (presence == Presence::present) {
            return Kind::present(marker.kind, marker.path);
        }
        if (is_unreadable(presence)) {
            unread = Kind::missing(presence, marker.path);
        }
    }
    const Observed<std::string> manager = tree.read_trimmed(manager_path);
    if (manager) {
        return Kind::present(kind_of_manager(*manager), manager.source());
    }
    if (unread.is_unreadable() || manager.is_unreadable()) {
        return unread.is_unreadable() ? unread : Kind::missing(manager.presence(), manager_path);
    }
    // A recorded machine may lack the folders with the markers.
    const Presence folder = tree.presence("/run");
    return folder == Presence::present ? Kind::present(ContainerKind::none, "/run")
                                       : Kind::missing(folder, "/run");
}

}  // namespace

Container read_container(const FileTree& tree) {
    return {.kind = read_kind(tree),
            .image = assigned_value(tree.read("/run/.containerenv"), "image")};
}

}  // namespace trilby::sources
