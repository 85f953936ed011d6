// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What the files of a run say, without computing anything. Reading does not disturb a run that is
/// being trained.

#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/describe.hpp"
#include "train/events.hpp"
#include "train/training_machine.hpp"
#include <trilby/result.hpp>

namespace trilby::train {

enum class RunState : std::uint8_t {
    running,  ///< a process trains it
    ended,    ///< it has its result
    stopped,  ///< it can be resumed
    empty,    ///< it was stopped before its first epoch ended, and can be started again
    damaged,  ///< it can be neither used nor resumed
};
TRILBY_DESCRIBE_ENUM(RunState, '_', running, ended, stopped, empty, damaged)

/// How good a run is by its deciding metric.
struct Score {
    std::string metric;
    std::string part;  ///< "test" or "validation"
    json::Nullable<double> value;
};

struct RunRecord {
    std::filesystem::path folder;
    RunState state = RunState::damaged;
    std::string damage;       ///< why it is damaged
    std::string recipe;       ///< its name; this and the next three are empty if it is damaged
    std::string task;         ///< "images"
    std::string unit;         ///< of the speed: "images"
    std::int64_t epochs = 0;  ///< of the recipe
    std::optional<TrainingResult> result;    ///< once it has ended
    std::vector<Baseline> baselines;         ///< likewise
    std::optional<TrainingMachine> machine;  ///< likewise; unknown if an old version trained it
    std::optional<EpochEvent> last_epoch;
    std::chrono::sys_seconds changed;                               ///< the last change of a file
    std::optional<std::chrono::sys_seconds> last_epoch_ended = {};  ///< of metrics.jsonl
    std::optional<std::chrono::sys_seconds> saved = {};             ///< of the last checkpoint

    [[nodiscard]] std::int64_t epochs_done() const;
    /// The last name in its path.
    [[nodiscard]] std::string name() const;
};

/// A folder that is not a run is ErrorCode::no_input. A damaged run is not an error.
[[nodiscard]] Result<RunRecord> read_run(const std::filesystem::path& folder);

/// The deciding metric among those of a part; empty if there is none.
[[nodiscard]] std::string_view headline_of(const Metrics& metrics);
/// The metrics on the validation part: with the tested weights, or so far.
[[nodiscard]] const Metrics& validation_of(const RunRecord& run);
/// The metric that decides; empty if it is not known yet.
[[nodiscard]] std::string deciding_metric(const RunRecord& run);
/// On the test part, or on the validation part if nothing was tested.
[[nodiscard]] std::optional<Score> score_of(const RunRecord& run);

}  // namespace trilby::train
