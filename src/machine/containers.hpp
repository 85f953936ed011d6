// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Questions about containers, and about the specifications that pass devices to them.

#pragma once

#include <vector>

#include <trilby/probe.hpp>

namespace trilby {

[[nodiscard]] bool is_in_container(const Machine& machine);
/// Known not to be in a container.
[[nodiscard]] bool is_on_host(const Machine& machine);
[[nodiscard]] bool is_in_toolbx(const Machine& machine);
[[nodiscard]] bool is_in_distrobox(const Machine& machine);
[[nodiscard]] bool is_in_lxc(const Machine& machine);
[[nodiscard]] bool is_in_flatpak(const Machine& machine);
/// In another container than Toolbx and Distrobox: it has its own devices, memory and limits.
[[nodiscard]] bool is_in_closed_container(const Machine& machine);

/// Windows Subsystem for Linux: GPUs are reached by /dev/dxg and are not on a bus.
[[nodiscard]] bool is_wsl(const Machine& machine);

/// Every specification for NVIDIA's GPUs.
[[nodiscard]] std::vector<const CdiSpecification*> nvidia_specifications(const Machine& machine);
/// The ones that container engines use: /run/cdi overrides /etc/cdi.
[[nodiscard]] std::vector<const CdiSpecification*> used_nvidia_specifications(
    const Machine& machine);

}  // namespace trilby
