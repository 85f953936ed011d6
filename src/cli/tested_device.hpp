// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A device under test, with what its checks need besides the plan: the telemetry, the expected
/// speeds, and the checks of the machine's state.

#pragma once

#include <optional>
#include <string>

#include "cli/machine_state.hpp"
#include "cli/validation_setup.hpp"
#include "validate/vendor_telemetry.hpp"

namespace trilby::cli {

/// Starts the device of `run` and has it compute the known answer.
[[nodiscard]] Device start_device(const validate::RunOptions& run);

class TestedDevice {
  public:
    /// Reads what the device reports before the first check. `run` has the device; `state` has a
    /// value if the plan needs it. All references must outlive this object.
    TestedDevice(const Prepared& prepared, const validate::RunOptions& run, const Device& device,
                 validate::Subject subject, const std::optional<MachineState>& state,
                 Cards judged_cards);
    TestedDevice(const TestedDevice&) = delete;  // the functions of run() refer to this object
    TestedDevice& operator=(const TestedDevice&) = delete;

    [[nodiscard]] const validate::Subject& subject() const { return subject_; }
    [[nodiscard]] double seconds_to_start() const { return device_.seconds; }
    /// The caller may add functions that show the progress.
    [[nodiscard]] validate::RunOptions& run() { return run_; }
    [[nodiscard]] const validate::RunOptions& run() const { return run_; }

  private:
    [[nodiscard]] validate::Reading read();
    [[nodiscard]] validate::Reading own(validate::Reading reading) const;
    void examine();
    void look_around();
    void add_state_checks();

    const Prepared& prepared_;
    validate::RunOptions run_;
    const Device& device_;
    validate::Subject subject_;
    bool shares_its_card_;
    validate::VendorTelemetry vendor_;
    const std::optional<MachineState>& state_;
    Cards judged_cards_;
};

}  // namespace trilby::cli
