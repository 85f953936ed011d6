// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The facts that the checks of a machine's state judge.

#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
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

/// The cards that a check of the health judges.
enum class Cards : std::uint8_t {
    all,  ///< of the chosen backend, or of all backends
    own,  ///< only the one that is validated, since the others have their own verdicts
};

struct HealthScope {
    std::optional<std::string> backend;  ///< if the user chose one
    Cards cards = Cards::all;
    std::string address;         ///< of the validated device
    bool has_inventory = false;  ///< a file says how many lanes are right
};

class MachineState {
  public:
    /// Reads the counters of the machine and of all its cards, each of which must answer within
    /// `limit`. The cards at the addresses `in_use` no longer sleep.
    MachineState(const Machine& machine, const std::set<std::string>& in_use,
                 std::chrono::milliseconds limit);

    [[nodiscard]] const validate::Inventory& inventory() const { return inventory_; }
    /// What the card at `pci_address` reported, or CPUs and memory if it is empty. nullptr if there
    /// is no such card.
    [[nodiscard]] const validate::CardState* state_of(const std::string& pci_address) const;

    [[nodiscard]] validate::CheckResult judge_health(const validate::PlannedCheck& planned,
                                                     const HealthScope& scope) const;

  private:
    Machine machine_;
    validate::CardState host_;
    std::vector<validate::CardState> cards_;
    validate::Inventory inventory_;
};

/// The outcome of the known answer, which was computed when the device was started.
[[nodiscard]] validate::CheckResult judge_known_answer(const validate::PlannedCheck& planned,
                                                       const Device& device);

}  // namespace trilby::cli
