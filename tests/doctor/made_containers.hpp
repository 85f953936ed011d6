// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Healthy containers and container hosts.

#pragma once

#include "doctor/made_facts.hpp"

namespace trilby::testing {

[[nodiscard]] PciDevice made_device(std::string address, std::uint16_t vendor_id,
                                    std::string driver);
void add_device(MadeFacts& made, PciDevice device);

/// A GPU in the KFD topology. Unreadable to this process if `presence` is `denied`.
[[nodiscard]] KfdNode made_kfd_node(std::uint32_t number, Presence presence = Presence::present);

[[nodiscard]] CdiSpecification made_specification(const std::string& path,
                                                  const std::string& driver_version);
void set_specifications(MadeFacts& made, std::vector<CdiSpecification> specifications);

[[nodiscard]] LibraryFile made_library(const std::string& path, const std::string& version);
/// Lets the container show its host: a Fedora Workstation with these libraries and the nodes that
/// the container has now.
void show_host(MadeFacts& made, std::vector<LibraryFile> libraries);

/// An RTX 4090 with the driver 580.95.05, Podman, Toolbx, and NVIDIA's container toolkit.
[[nodiscard]] MadeFacts healthy_nvidia_host();
/// The same card in a Toolbx container, with the host's libraries.
[[nodiscard]] MadeFacts healthy_toolbx();
[[nodiscard]] MadeFacts healthy_distrobox();
/// A Podman container with an AMD card that was passed through.
[[nodiscard]] MadeFacts healthy_container();
/// A Docker container with NVIDIA's card, as the container toolkit passes it.
[[nodiscard]] MadeFacts healthy_nvidia_container();
/// A Fedora Workstation with two AMD cards.
[[nodiscard]] MadeFacts healthy_two_cards();

}  // namespace trilby::testing
