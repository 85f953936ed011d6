// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The energy that a device consumed between two readings of its telemetry: from its counters, or
/// else from samples of its power.

#pragma once

#include <expected>
#include <span>
#include <string>

#include "validate/telemetry.hpp"

namespace trilby::validate {

struct Energy {
    double joules = 0;
    std::string basis;  ///< where it comes from
};

/// The energy from the first of the samples to the last; there is at least one. The error says why
/// it is unknown. A counter that did not rise, went back or contradicts the power is not believed.
/// Fewer than three samples of the power are not enough.
[[nodiscard]] std::expected<Energy, std::string> energy_of(
    std::span<const TelemetrySample> samples);

}  // namespace trilby::validate
