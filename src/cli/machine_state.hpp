// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The facts that the checks of a machine's state judge.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "validate/expected_file.hpp"
#include "validate/health.hpp"
#include "validate/run.hpp"

namespace trilby::cli {

/// The device of a validation, or why it cannot be used.
struct Device {
    worker::Answer<validate::Subject> subject;
    double seconds = 0;  ///< that it took to start and to compute the known answer
};

class MachineState {
  public:
    /// Reads the counters of the machine and of all its cards, each of which must answer within
    /// the silence limit of `run`.
    MachineState(const Machine& machine, const validate::Subject& subject,
                 const validate::RunOptions& run);

    [[nodiscard]] const validate::Inventory& inventory() const { return inventory_; }

    /// Judges the cards of the chosen backend; if none was chosen, all cards.
    [[nodiscard]] validate::CheckResult judge_health(const validate::PlannedCheck& planned,
                                                     const std::optional<std::string>& backend,
                                                     bool has_inventory) const;

  private:
    Machine machine_;
    std::vector<validate::CardState> cards_;
    validate::Inventory inventory_;
};

/// The outcome of the known answer, which was computed when the device was started.
[[nodiscard]] validate::CheckResult judge_known_answer(const validate::PlannedCheck& planned,
                                                       const Device& device);

}  // namespace trilby::cli
