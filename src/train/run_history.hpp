// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What a run has written about itself, besides its checkpoint.

#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "train/events.hpp"
#include "train/training_machine.hpp"

namespace trilby::train {

struct RunHistory {
    std::vector<EpochEvent> epochs;        ///< by their numbers, each once; empty if there are none
    std::optional<TrainingResult> result;  ///< of a run that has ended
    std::optional<TrainingMachine> machine;  ///< likewise, if it is known
    std::vector<std::string> notes;          ///< why something is missing, one sentence each
};

/// Reads the files beside a checkpoint. None of them is needed; damaged lines are left out with a
/// note.
[[nodiscard]] RunHistory read_history(const std::filesystem::path& checkpoint);

}  // namespace trilby::train
