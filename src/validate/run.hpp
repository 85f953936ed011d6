// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Runs planned checks, each in its own worker, so that none can disturb the next.

#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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
    std::int64_t device = 0;                 ///< of those that a worker sees
    std::vector<std::int64_t> devices = {};  ///< that take part in a check of the machine
    std::string uuid = {};  ///< selects the device on the command line; if empty, `device` does
    std::int64_t threads = 1;
    std::uint64_t memory_bytes = 0;  ///< that a check may use on the device
    int level = 1;                   ///< for the command that repeats a check
    std::chrono::milliseconds silence_limit{60'000};
    /// For a check once its worker is ready; else it is silence_limit.
    std::optional<std::chrono::milliseconds> hang_limit = {};
    std::string expected_file = {};  ///< of --expect, for the same command
    platform::InterruptWatch* interrupts = nullptr;
    std::optional<FaultClass> fault = {};             ///< to be injected
    std::vector<PresentDefect> library_defects = {};  ///< that may explain a crash
    /// Variables of the workers, besides those for their threads.
    std::vector<std::pair<std::string, std::string>> environment = {};
    /// The functions of the checks that need no worker, by their names. Every such check that is
    /// planned has one.
    std::map<std::string_view, std::function<CheckResult(const PlannedCheck&)>> state_checks = {};
    /// Reads what the device reports about itself; may be empty.
    std::function<Reading()> read_telemetry = {};
    /// The reasons for throttling that it reported before any load.
    std::set<std::string> stuck_throttling = {};
    /// The speeds that it should reach in a check at these clocks; may be empty.
    std::function<std::vector<Expectation>(const CheckInfo&, const LoadedClocks&)> expectations =
        {};
    /// Called when the worker of a check is ready to begin it; may wait.
    std::function<void()> when_ready = {};
    /// Called with the part of a check's time that is over.
    std::function<void(const PlannedCheck&, double)> on_progress = {};
    std::function<void(const CheckResult&)> on_result = {};
};

/// Runs one check once, whatever its outcome.
[[nodiscard]] CheckResult run_once(const PlannedCheck& planned, const RunOptions& options);

/// The result of a check for a device that could not be used, which is never a skip.
[[nodiscard]] CheckResult result_of(const PlannedCheck& planned, const worker::Failure& failure);

/// Repeats a failure with the same seed and with another, and finds out which operation ends a
/// worker. Does nothing after a pass or a check of the machine's state.
void follow_up(CheckResult& result, const RunOptions& options);

/// Runs one check and follows it up.
[[nodiscard]] CheckResult run_check(const PlannedCheck& planned, const RunOptions& options);

/// The result of a check that did not have its turn.
[[nodiscard]] CheckResult not_run(const PlannedCheck& planned, const std::string& why);
inline constexpr const char* was_stopped = "the validation was stopped before this check";

/// Runs all checks. Those that the user stops before their turn are not_run.
[[nodiscard]] std::vector<CheckResult> run_all(const std::vector<PlannedCheck>& plan,
                                               const RunOptions& options);

/// The devices that the backend finds, at least one, before any of them is used.
[[nodiscard]] worker::Answer<std::vector<Subject>> list_devices(const RunOptions& options);

/// Asks the backend what the device is, and has it compute a known answer.
[[nodiscard]] worker::Answer<Subject> describe(const RunOptions& options);

}  // namespace trilby::validate
