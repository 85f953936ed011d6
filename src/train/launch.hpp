// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Runs a training job in a worker, with its data and its run folder.

#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "train/events.hpp"
#include "train/prepared_data.hpp"
#include "train/run_folder.hpp"
#include "train/run_result.hpp"
#include "train/saving.hpp"
#include "train/session.hpp"
#include "train/team.hpp"

namespace trilby::train {

/// What the recipe of a run does not say.
struct LaunchOptions {
    /// The run ends when so much time is over, even within an epoch.
    std::optional<double> time_limit_s = {};
    std::int64_t verify_every = 0;  ///< compute every so many steps twice, and compare; 0: none
    bool writes_events = false;     ///< for TensorBoard
    Saving saving = {};
    TeamOptions team = {};  ///< several processes on this machine
    /// The place of this process if it is the first of a group that a launcher started; else
    /// nothing.
    std::optional<group::Place> place = {};
    /// For the result. The device and its libraries are filled in.
    std::optional<TrainingMachine> machine = {};
};

/// Trains until the end, a failure or an interruption, and writes metrics and the result to `run`.
/// Continues from its checkpoint if it has one. The arrays of `data` are filled and sealed. A
/// failure has the output of the backend's libraries.
[[nodiscard]] worker::Answer<RunResult> launch(RunFolder& run, PreparedData& data,
                                               const SessionOptions& options,
                                               const LaunchOptions& how,
                                               const std::function<void(const Event&)>& on_event);

/// Trains as another process of a group that a launcher started. It has no folder: the first
/// process reports and saves.
[[nodiscard]] std::expected<void, worker::Failure> take_part(const Recipe& recipe,
                                                             PreparedData& data,
                                                             const SessionOptions& options,
                                                             const LaunchOptions& how);

}  // namespace trilby::train
