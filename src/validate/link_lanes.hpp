// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Judges the width of a card's link, for all checks of a machine's state.

#pragma once

#include <optional>

#include "validate/issue.hpp"
#include <trilby/probe.hpp>

namespace trilby::validate {

struct JudgedLanes {
    bool are_complete = false;
    Issue issue;  ///< if they are not
};

/// Whether the card uses all of its lanes. Fewer come from a bad contact, or from a slot that is
/// narrower than the card, which only a file of --expect can allow. Nothing if that is unknown.
[[nodiscard]] std::optional<JudgedLanes> judge_lanes(const PciLink& link);

/// "PCI Express lanes"
inline constexpr const char* lanes_name = "PCI Express lanes";

}  // namespace trilby::validate
