// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Measures how many faults the checks detect, and how often they fail on a device that
/// computes correctly.

#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "validate/run.hpp"
#include "validate/statistics.hpp"

namespace trilby::validate {

struct SelfTestOptions {
    std::uint64_t trials = 3;  ///< per fault and check
    std::uint64_t seed = 0;
};

/// The outcome of all trials of one fault in one check.
struct SelfTestCell {
    FaultClass fault = FaultClass::bit_flip;
    const CheckInfo* check = nullptr;
    std::uint64_t injected = 0;  ///< trials in which the fault really changed something
    std::uint64_t detected = 0;
};

struct SelfTest {
    std::vector<SelfTestCell> cells;
    std::uint64_t clean_runs = 0;  ///< of checks without any fault
    std::vector<CheckResult> false_alarms;
    bool was_stopped = false;

    /// Over all checks, and over all faults if none is given.
    [[nodiscard]] std::uint64_t injected() const;
    [[nodiscard]] Rate detection_rate() const;
    [[nodiscard]] Rate detection_rate(FaultClass fault) const;
    [[nodiscard]] Rate false_alarm_rate() const { return rate_of(false_alarms.size(), clean_runs); }
};

/// Whether the check can detect the fault in its planned time: a slow clock, for example, only
/// if time is measured for long enough.
[[nodiscard]] bool applies(FaultClass fault, const PlannedCheck& planned);

/// Runs every check of the plan with every fault that applies, and equally often without a fault.
[[nodiscard]] SelfTest self_test(const std::vector<PlannedCheck>& plan, const RunOptions& options,
                                 const SelfTestOptions& settings,
                                 const std::function<void(const SelfTestCell&)>& on_cell);

}  // namespace trilby::validate
