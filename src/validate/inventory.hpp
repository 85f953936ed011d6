// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What a machine has: its cards, drivers, firmware, links and memory. The same record says what a
/// machine should have (expected_file.hpp), where a fact that is absent is not compared.

#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "validate/cards.hpp"
#include "validate/issue.hpp"
#include <trilby/probe.hpp>

namespace trilby::validate {

using FactValue = std::variant<std::string, double>;
/// Known facts by their keys.
using Facts = std::map<std::string, FactValue, std::less<>>;

enum class FactRule : std::uint8_t {
    same,
    at_least,
    /// At least as much as expected, but less is only a warning, since the fact depends on the
    /// load.
    at_least_under_load,
};

/// A fact that a machine or a card may have: its key in a file, and how it is compared.
struct FactKind {
    std::string_view key;
    std::string_view title;  ///< in messages, with the unit of a number
    bool is_number = false;
    FactRule rule = FactRule::same;
    double share = 1;  ///< the part of the found number that a file expects
    std::string_view remedy;
};

[[nodiscard]] std::span<const FactKind> host_facts();
[[nodiscard]] std::span<const FactKind> card_facts();

/// The key by which a card is found; without it, the card is found by `pci_id` or `model`.
inline constexpr std::string_view address_key = "address";
inline constexpr std::string_view lanes_key = "link_lanes";

struct Inventory {
    Facts host;
    std::map<std::string, std::string> drivers;  ///< versions of loaded drivers by their names
    std::vector<Facts> cards;
    /// The number of cards; absent if it does not matter, or if the PCI bus could not be read.
    std::optional<std::int64_t> card_count;
};

/// `states` may lack cards.
[[nodiscard]] Inventory inventory_of(const Machine& machine, const std::vector<CardState>& states);

/// Adds each difference to `judgment`. `file` is the name of the file that says what is expected.
void compare(Judgment& judgment, const Inventory& expected, const Inventory& found,
             std::string_view file);

}  // namespace trilby::validate
