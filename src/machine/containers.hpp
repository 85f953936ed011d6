// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Questions about containers, the systems inside and around them, and the specifications that
/// pass devices to them.

#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "machine/watched.hpp"
#include <trilby/probe.hpp>

namespace trilby {

/// The kind of a system, which determines how software is installed on it.
enum class System : std::uint8_t { fedora, atomic, debian, other };

/// The file by which system_of() recognizes an atomic system.
inline constexpr watched::Name atomic_marker = watched::files.ostree_booted;

/// In a container, the kind of its image.
[[nodiscard]] System system_of(const Machine& machine);
/// The system around a container; nothing if the container does not show it.
[[nodiscard]] std::optional<System> host_system_of(const Machine& machine);

[[nodiscard]] bool is_in_container(const Machine& machine);
/// Known not to be in a container.
[[nodiscard]] bool is_on_host(const Machine& machine);
[[nodiscard]] bool is_in_toolbx(const Machine& machine);
[[nodiscard]] bool is_in_distrobox(const Machine& machine);
/// In another container than the two above: it has its own devices, memory and limits.
[[nodiscard]] bool is_in_closed_container(const Machine& machine);

/// Windows Subsystem for Linux: GPUs are reached by /dev/dxg and are not on a bus.
[[nodiscard]] bool is_wsl(const Machine& machine);

/// Every specification for NVIDIA's GPUs.
[[nodiscard]] std::vector<const CdiSpecification*> nvidia_specifications(const Machine& machine);
/// The ones that container engines use: /run/cdi overrides /etc/cdi.
[[nodiscard]] std::vector<const CdiSpecification*> used_nvidia_specifications(
    const Machine& machine);

}  // namespace trilby
