// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Measures how many faults the checks detect, and how often they fail on a device that
/// computes correctly.

#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "validate/run.hpp"
#include "validate/statistics.hpp"

namespace trilby::validate {

struct SelfTestOptions {
    std::uint64_t trials = 3;  ///< per fault, check and level
    std::uint64_t seed = 0;
    std::vector<FaultClass> faults = {};  ///< only these; empty for all
};

/// The checks of one level, and how they run there.
struct SelfTestLevel {
    std::vector<PlannedCheck> plan;
    RunOptions options;
};

/// The outcome of all trials of one fault in one check at one level.
struct SelfTestCell {
    FaultClass fault = FaultClass::bit_flip;
    const CheckInfo* check = nullptr;
    std::uint64_t injected = 0;  ///< trials in which the fault really changed something
    std::uint64_t detected = 0;
    int level = 1;
    /// The time from the start of the check's worker to the verdict, of each detection.
    std::vector<double> seconds = {};
    /// Trials that did not pass for another reason than the fault, such as a lack of memory. They
    /// count neither as injected nor as detected.
    std::vector<CheckResult> others = {};
};

/// How well one fault is detected at one level, by all checks together.
struct FaultDetection {
    FaultClass fault = FaultClass::bit_flip;
    int level = 1;
    std::uint64_t injected = 0;
    std::uint64_t detected = 0;
    std::vector<double> seconds = {};  ///< to each detection

    [[nodiscard]] Rate rate() const { return rate_of(detected, injected); }
    [[nodiscard]] double median_seconds() const { return median(seconds); }
    /// 95 % of the detections took no longer.
    [[nodiscard]] double most_seconds() const { return percentile(seconds, 0.95); }
};

struct SelfTest {
    std::vector<SelfTestCell> cells;
    std::uint64_t clean_runs = 0;  ///< of checks without any fault
    std::vector<CheckResult> false_alarms;
    bool was_stopped = false;

    /// Over all checks, and over all faults if none is given.
    [[nodiscard]] std::uint64_t injected() const;
    [[nodiscard]] std::uint64_t detected() const;
    [[nodiscard]] Rate detection_rate() const;
    [[nodiscard]] Rate detection_rate(FaultClass fault) const;
    /// In the order of faults, then of levels; only faults that were tried.
    [[nodiscard]] std::vector<FaultDetection> by_fault_and_level() const;
    /// Over all cells.
    [[nodiscard]] std::uint64_t other_ends() const;
    [[nodiscard]] Rate false_alarm_rate() const { return rate_of(false_alarms.size(), clean_runs); }
};

/// Whether the check can detect the fault in its planned time: a slow clock, for example, only
/// if time is measured for long enough.
[[nodiscard]] bool applies(FaultClass fault, const PlannedCheck& planned);

/// Runs every check of each level with every fault that applies, and equally often without a fault.
[[nodiscard]] SelfTest self_test(const std::vector<SelfTestLevel>& levels,
                                 const SelfTestOptions& settings,
                                 const std::function<void(const SelfTestCell&)>& on_cell);

/// A self-test of one machine, the source of every report about it.
struct SelfTestRun {
    std::string program_version;  ///< of Trilby
    Subject subject;
    Machine machine;
    std::string started;  ///< UTC, "2026-05-01T12:00:00Z"
    double seconds = 0;
    std::vector<int> levels;
    SelfTestOptions settings;
    SelfTest result;
};

/// A fault or a check about which a self-test says nothing.
struct Untested {
    std::string what;
    std::string reason;
};
[[nodiscard]] std::vector<Untested> untested(const SelfTest& self_test);

}  // namespace trilby::validate
