// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The result of a whole validation, the source of every report.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "validate/check_report.hpp"
#include "validate/error_event.hpp"
#include "validate/issue.hpp"
#include "validate/library_blame.hpp"
#include "validate/operation_trace.hpp"
#include "validate/plan.hpp"
#include "validate/telemetry.hpp"
#include <trilby/probe.hpp>

namespace trilby::validate {

struct CheckResult {
    PlannedCheck planned;
    CheckReport report;                      ///< its verdict may be any
    std::vector<ErrorEvent> errors;          ///< the counters that rose while it ran
    std::string hint;                        ///< the remedy; empty if there is none
    double seconds = 0;                      ///< with the start of its worker
    std::optional<Persistence> persistence;  ///< only of a failure
    /// Whether another seed failed as well; only of a failure.
    std::optional<bool> fails_with_other_seed;
    std::string replay;                        ///< the command that runs it again; empty for a pass
    std::string output;                        ///< last output of a worker that ended badly
    std::vector<Issue> issues;                 ///< of a check that judges facts
    std::optional<Operation> operation = {};   ///< the last one of a worker that ended badly
    std::optional<std::string> smallest = {};  ///< the smallest operation that ends this way
    std::optional<LibraryBlame> library_blame = {};  ///< why a crash is not the verdict
};

/// The facts about a card that the vendor's library reports before the first check.
struct CardFacts {
    std::optional<std::uint64_t> memory_total_bytes = {};
    std::optional<std::uint64_t> memory_free_bytes = {};
    /// Units that do one fused multiply-add of float32 in a cycle.
    std::optional<double> cores = {};
    std::optional<double> max_clock_mhz = {};  ///< of the cores
    std::optional<double> memory_bus_bits = {};
    std::optional<double> max_memory_clock_mhz = {};
    std::optional<bool> is_persistent =
        {};                    ///< the driver stays loaded when no program uses the card
    std::string problem = {};  ///< why the library reported nothing
};

/// The device that is validated.
struct Subject {
    std::string backend;
    std::int64_t device = 0;
    std::string uuid = {};  ///< if it was selected by that: it tells the parts of a card apart
    std::string device_name;
    std::string pci_address;                          ///< empty if it is not on a PCI bus
    std::optional<std::uint64_t> memory_total_bytes;  ///< of its own
    std::int64_t threads = 1;
    json::object libraries;  ///< docs/jobs.md
    CardFacts card = {};
    Reading idle = {};  ///< before the first check, without a load
};

/// What neither files nor the vendor's library report about the device, and why.
[[nodiscard]] std::map<std::string, std::string> unknown_facts(const Subject& subject);

struct Validation {
    std::string program_version;  ///< of Trilby
    Subject subject;
    Machine machine;  ///< as probed before
    PlanOptions options;
    std::string started;  ///< UTC, "2026-05-01T12:00:00Z"
    double seconds = 0;
    std::vector<CheckResult> results;
};

/// The names of the checks of a device that have no result, whatever the reason.
[[nodiscard]] std::vector<std::string> left_out(const Validation& validation);

/// The verdict on the whole validation.
enum class Conclusion : std::uint8_t {
    passed,      ///< every check passed or does not apply
    incomplete,  ///< nothing failed, but not everything was checked
    failed,
};

[[nodiscard]] Conclusion conclude(const std::vector<CheckResult>& results);
[[nodiscard]] Conclusion conclude(const Validation& validation);
/// "passed", "incomplete", "failed".
[[nodiscard]] std::string_view conclusion_name(Conclusion conclusion);

}  // namespace trilby::validate
