// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The cards of a machine and what they report at rest.

#pragma once

#include <chrono>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "platform/file_tree.hpp"
#include "validate/telemetry.hpp"
#include "validate/validation.hpp"
#include <trilby/probe.hpp>

namespace trilby::validate {

/// The GPUs and other accelerators on the PCI bus, without virtual functions, which belong to
/// virtual machines.
[[nodiscard]] std::vector<const PciDevice*> cards_of(const Machine& machine);

/// The backend that computes on the cards of this vendor; empty if there is none.
[[nodiscard]] std::string_view backend_of(const PciDevice& card);

struct CardState {
    std::string address;
    std::string_view backend;  ///< backend_of() the card
    CardFacts facts;
    Reading reading;
};

struct CardStateOptions {
    std::filesystem::path worker_program;
    std::filesystem::path runtimes_module;  ///< trilby-runtimes.so
    /// The addresses of cards that are in use now, even if they slept when they were probed.
    std::set<std::string> awake = {};
    std::chrono::milliseconds limit{5000};  ///< for all that a vendor's library does for a card
    platform::FileTree tree = platform::FileTree();
};

/// Reads files, and queries the library of each card's vendor, at the same time for all cards. A
/// card that sleeps is not woken.
[[nodiscard]] std::vector<CardState> read_cards(const std::vector<const PciDevice*>& cards,
                                                const CardStateOptions& options);

}  // namespace trilby::validate
