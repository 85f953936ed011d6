// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The facts that conditions are detected from.

#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "machine/cpu_features.hpp"
#include "machine/systems.hpp"
#include "machine/watched.hpp"
#include <trilby/doctor.hpp>
#include <trilby/probe.hpp>

namespace trilby::doctor {

struct Facts {
    const Machine& machine;
    System system = System::other;
    std::optional<System> host_system = std::nullopt;
    /// Collects the names that conditions ask for; null except in tests.
    std::set<watched::Name>* asked = nullptr;
    std::set<cpu_features::Name>* asked_features = nullptr;

    explicit Facts(const Machine& of)
        : machine(of), system(system_of(of)), host_system(host_system_of(of)) {}

    [[nodiscard]] Observed<std::string> variable(watched::Name name) const;
    /// The variable that overrides the target of an AMD GPU.
    [[nodiscard]] Observed<std::string> override_of(const KfdNode& node) const;
    [[nodiscard]] Observed<std::string> text(watched::Name path) const;
    /// True only if the file is known to exist.
    [[nodiscard]] bool has_file(watched::Name path) const;
    /// True only if the file is known not to exist.
    [[nodiscard]] bool lacks_file(watched::Name path) const;
    /// True only if the CPU is known to have the feature.
    [[nodiscard]] bool has_cpu_feature(cpu_features::Name name) const;
};

/// Fedora, or a system that is based on it and uses its packages.
[[nodiscard]] bool is_fedora_based(const Facts& facts);

/// In a container that SELinux confines to the devices that its policy names.
[[nodiscard]] bool is_confined_container(const Facts& facts);

/// The user has told NCCL and RCCL not to copy between GPUs directly.
[[nodiscard]] bool is_peer_to_peer_off(const Facts& facts);

/// A host with working NVIDIA cards and NVIDIA's container toolkit.
[[nodiscard]] bool is_nvidia_toolkit_host(const Facts& facts);

/// Whether this system is meant to compute with a vendor's cards: it is not an isolated container,
/// or it is one that was given device nodes, asks for cards or has a LibTorch for them.
[[nodiscard]] bool is_meant_to_compute(const Facts& facts, std::uint16_t vendor_id);
/// The severity of a condition in which no program can compute with a card: `blocks`, but `hint` in
/// a container that is not meant to compute with it, and `degrades` for an AMD card beside a
/// working NVIDIA card.
[[nodiscard]] Severity amd_severity(const Facts& facts);
/// The same for a condition of a single card: also `hint` if another card of the vendor works.
[[nodiscard]] Severity amd_card_severity(const Facts& facts);
[[nodiscard]] Severity nvidia_severity(const Facts& facts);

}  // namespace trilby::doctor
