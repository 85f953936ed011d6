// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Runs planned checks, each in a worker of its own, so that none can spoil the next.

#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>

#include "platform/interrupt.hpp"
#include "validate/expectation.hpp"
#include "validate/fault.hpp"
#include "validate/telemetry.hpp"
#include "validate/validation.hpp"
#include "worker/failure.hpp"

namespace trilby::validate {

struct RunOptions {
    std::filesystem::path worker_program;
    std::filesystem::path backend_module;
    std::string backend;
    std::int64_t device = 0;
    std::int64_t threads = 1;
    std::uint64_t memory_bytes = 0;  ///< that a check may use on the device
    int level = 1;                   ///< for the command that repeats a check
    std::chrono::milliseconds silence_limit{60'000};
    platform::InterruptWatch* interrupts = nullptr;
    std::optional<FaultClass> fault = {};  ///< to be injected
    /// Of a check that needs no worker.
    std::function<CheckReport()> check_environment = {};
    /// What the device says of itself; may be empty.
    std::function<Reading()> read_telemetry = {};
    /// What it should reach at that pace; may be empty.
    std::function<std::vector<Expectation>(const Pace&)> expectations = {};
    /// The part of a check's time that is over.
    std::function<void(const PlannedCheck&, double)> on_progress = {};
    std::function<void(const CheckResult&)> on_result = {};
};

/// Runs one check once, whatever comes of it.
[[nodiscard]] CheckResult run_once(const PlannedCheck& planned, const RunOptions& options);

/// Runs one check; if it goes wrong, again with the same seed and with another.
[[nodiscard]] CheckResult run_check(const PlannedCheck& planned, const RunOptions& options);

/// Runs them all. Those whose turn does not come, since the user stopped, are not_run.
[[nodiscard]] std::vector<CheckResult> run_all(const std::vector<PlannedCheck>& plan,
                                               const RunOptions& options);

/// Asks the backend what the device is, and has it compute a known answer.
[[nodiscard]] worker::Answer<Subject> describe(const RunOptions& options);

}  // namespace trilby::validate
