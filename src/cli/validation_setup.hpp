// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What `trilby validate` does before its first check: it makes the plan, reads the files that the
/// results are compared with, and chooses the backend.

#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cli/chosen_backend.hpp"
#include "cli/validation_files.hpp"
#include "platform/interrupt.hpp"
#include "validate/comparison.hpp"
#include "validate/expected_file.hpp"
#include "validate/named_devices.hpp"
#include "validate/run.hpp"
#include <trilby/probe.hpp>
#include <trilby/result.hpp>

namespace trilby::cli {

/// The command line.
struct ValidateOptions {
    validate::PlanOptions plan;
    std::vector<int> levels{1};  ///< several only with --self-test
    std::vector<std::string> faults;
    std::optional<std::int64_t> seed;
    std::optional<std::int64_t> round;
    DeviceOptions computing;
    bool every_device = false;        ///< of the backend; else the one of `uuid` or of `computing`
    std::optional<std::string> uuid;  ///< may be abbreviated
    std::int64_t timeout_s = 60;
    ValidationFiles files;
    bool list_checks = false;
    bool self_test = false;
    std::int64_t trials = 3;
    bool as_json = false;
};

/// The checks that are about to run, and how.
struct Prepared {
    Machine machine;
    std::optional<std::string> chosen_backend;  ///< by the user
    validate::PlanOptions options;
    std::optional<validate::PastValidation> before;
    std::optional<validate::Expected> expected;
    bool has_links_in_file = false;  ///< which then says how many lanes are right
    std::vector<validate::PlannedCheck> plan;
    std::vector<validate::FaultClass> faults;  ///< of a self-test
    validate::RunOptions run;                  ///< of the chosen device, or of the first
    std::filesystem::path runtimes_module;     ///< queries the vendors' libraries
};

/// What lists the devices by UUID.
[[nodiscard]] validate::NamedDeviceOptions named_device_options(const Prepared& prepared);

/// Everything that can be wrong without a device is an error here.
[[nodiscard]] Result<Prepared> prepare(const ValidateOptions& options);

/// Chooses the backend, and probes the machine even if there is none.
[[nodiscard]] Result<void> choose_backend(const ValidateOptions& options, Prepared& prepared,
                                          platform::InterruptWatch& interrupts);

/// Makes the device of this UUID, which may be abbreviated, that of `prepared.run`.
[[nodiscard]] Result<void> select_device(Prepared& prepared, const std::string& uuid);

/// UTC, as in reports.
[[nodiscard]] std::string now_text();

/// A validation that begins now and has no results yet.
[[nodiscard]] validate::Validation begin_validation(const Prepared& prepared,
                                                    const validate::Subject& subject);

/// Whether the checks of the machine's state are among those to run, or their facts are written.
/// Reading these facts takes longer than the others, since vendors' libraries are queried.
[[nodiscard]] bool needs_state(const ValidateOptions& options, const Prepared& prepared);

}  // namespace trilby::cli
