// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The speeds that a device should reach, computed from the probe's facts and its clocks instead of
/// a table of part numbers.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "validate/check_report.hpp"
#include "validate/quantities.hpp"
#include "validate/telemetry.hpp"
#include "validate/validation.hpp"
#include <trilby/probe.hpp>

namespace trilby::validate {

struct Expectation {
    Quantity quantity;
    double least = 0;  ///< less is a failure
    /// More is impossible at the clock that the device reports, and proves that the report is
    /// wrong; absent if the speed does not depend on the clock.
    std::optional<double> most;
    std::string basis;
};

/// Empty where too little is known.
[[nodiscard]] std::vector<Expectation> expectations_of(const Machine& machine,
                                                       const Subject& subject,
                                                       const LoadedClocks& clocks);

/// Writes its threshold into each measurement, and fails the report where one is missed.
void judge(CheckReport& report, const std::vector<Expectation>& expectations);

}  // namespace trilby::validate
