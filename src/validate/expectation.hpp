// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What a device should reach, worked out from what the probe says of it and from its clocks: no
/// table of part numbers.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "validate/check_report.hpp"
#include "validate/telemetry.hpp"
#include "validate/validation.hpp"
#include <trilby/probe.hpp>

namespace trilby::validate {

struct Expectation {
    std::string measurement;  ///< Measurement::name
    double least = 0;         ///< less is a failure
    /// More is impossible at the clock that the device names, so that it names a wrong one; absent
    /// if the clock is no part of this.
    std::optional<double> most;
    std::string basis;
};

/// Empty where the system does not say enough.
[[nodiscard]] std::vector<Expectation> expectations_of(const Machine& machine,
                                                       const Subject& subject, const Pace& pace);

/// Writes into each measurement what it should reach, and fails the report where it does not.
void judge(CheckReport& report, const std::vector<Expectation>& expectations);

}  // namespace trilby::validate
