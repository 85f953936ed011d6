// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Which training comes next in a search, as pure functions of the results so far.
///
/// The search halves successively, without waiting for a rung to fill (Jamieson and Talwalkar,
/// 2016; Li et al., 2020). Candidates are trained for few epochs. Whenever the best third of a rung
/// has a candidate that was not yet trained for longer, that candidate comes next. Then the best
/// ones and the recipe's own settings are trained with new seeds, since a result that was chosen
/// for being good is partly luck. Every training starts from the beginning with its own schedule.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/describe.hpp"

namespace trilby::train::search {

enum class Stage : std::uint8_t {
    search,   ///< one seed, to find good candidates
    compare,  ///< several seeds, to tell a gain from luck
};
TRILBY_DESCRIBE_ENUM(Stage, '_', search, compare)

struct Trial {
    Stage stage = Stage::search;
    std::size_t candidate = 0;  ///< 0: the recipe's own settings
    std::int64_t seed = 1;
    std::int64_t epochs = 1;

    bool operator==(const Trial&) const = default;
};

struct Outcome {
    Trial trial;
    std::optional<double> score;  ///< nothing for one that failed
    double seconds = 0.0;
};
using Outcomes = std::vector<Outcome>;

/// What is fixed when a search starts.
struct Rules {
    std::vector<std::int64_t> rungs;  ///< epochs, rising; the last are those of a whole training
    std::size_t candidates = 1;
    std::int64_t seed = 1;   ///< of the first stage; those of the second follow it
    std::int64_t seeds = 3;  ///< of the second stage
    bool is_higher_better = false;
};

/// How long a training with the recipe's own settings takes, as far as is known beforehand.
struct Costs {
    double start_s = 0.0;  ///< until the first step
    double epoch_s = 0.0;
};

/// The epochs of each rung, if the longest trainings have `epochs`: three times as many from one
/// rung to the next.
[[nodiscard]] std::vector<std::int64_t> rungs_for(std::int64_t epochs);

/// The part of the time that is for the second stage.
inline constexpr double share_of_comparison = 0.5;
/// How many trainings the second stage has.
[[nodiscard]] std::int64_t comparisons(std::int64_t seeds);

/// The seconds that a trial will take, estimated from what earlier trials took.
[[nodiscard]] double estimated_seconds(const Costs& costs, const Outcomes& outcomes,
                                       const Trial& trial);

/// The next trial. Nothing at the end: if all is done, if nothing more fits into the time, or if
/// the first trials have all failed.
[[nodiscard]] std::optional<Trial> next_trial(const Rules& rules, const Costs& costs,
                                              const Outcomes& outcomes, double seconds_left);

/// The candidates of the second stage: the recipe's own settings, then the best others.
[[nodiscard]] std::vector<std::size_t> finalists(const Rules& rules, const Outcomes& outcomes);

struct Forecast {
    std::size_t candidates = 0;
    std::size_t trials = 0;
    std::size_t comparisons = 0;  ///< of those, the ones of the second stage
};

/// What will fit if every trial takes as long as expected.
[[nodiscard]] Forecast forecast(const Rules& rules, const Costs& costs, double seconds);

}  // namespace trilby::train::search
