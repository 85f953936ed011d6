// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The facts that conditions judge a machine by.

#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "machine/containers.hpp"
#include "machine/watched.hpp"
#include <trilby/doctor.hpp>
#include <trilby/probe.hpp>

namespace trilby::doctor {

struct Facts {
    const Machine& machine;
    System system = System::other;
    std::optional<System> host_system = std::nullopt;
    /// Collects the names that are asked for; null outside of tests.
    std::set<watched::Name>* asked = nullptr;

    explicit Facts(const Machine& of)
        : machine(of), system(system_of(of)), host_system(host_system_of(of)) {}

    [[nodiscard]] Observed<std::string> variable(watched::Name name) const;
    [[nodiscard]] Observed<std::string> text(watched::Name path) const;
    /// Known to exist, and known not to exist.
    [[nodiscard]] bool has_file(watched::Name path) const;
    [[nodiscard]] bool lacks_file(watched::Name path) const;
};

/// Fedora, or a system that is based on it and uses its packages.
[[nodiscard]] bool is_fedora_based(const Facts& facts);

/// A host with working NVIDIA cards and NVIDIA's container toolkit.
[[nodiscard]] bool is_nvidia_toolkit_host(const Facts& facts);

/// This system seems to be meant to compute with cards of a vendor: it is not a closed container,
/// or one that was given device nodes, asks for cards or has a LibTorch for them.
[[nodiscard]] bool is_meant_to_compute(const Facts& facts, std::uint16_t vendor_id);
/// The severity of a condition that keeps a card from computing: it blocks. It is a hint in a
/// container that need not have the card, and for AMD's cards it degrades beside a working NVIDIA
/// card.
[[nodiscard]] Severity nvidia_severity(const Facts& facts);
[[nodiscard]] Severity amd_severity(const Facts& facts);

}  // namespace trilby::doctor
