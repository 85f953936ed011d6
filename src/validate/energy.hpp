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

/// From the first of the samples, of which there is at least one, to the last. The error says why
/// it is unknown: a counter that did not rise, that went back, or that contradicts the power is not
/// believed, and less than three samples of the power are not enough.
[[nodiscard]] std::expected<Energy, std::string> energy_of(
    std::span<const TelemetrySample> samples);

}  // namespace trilby::validate
