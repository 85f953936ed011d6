// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What a search has found: the settings with the best mean over several seeds, and whether they
/// are better than the recipe's own by more than luck.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/describe.hpp"
#include "base/nullable.hpp"
#include "train/search/plan.hpp"

namespace trilby::train::search {

enum class SearchConclusion : std::uint8_t {
    better,         ///< by more than the spread of the seeds
    within_spread,  ///< the best, but perhaps by luck
    own_settings,   ///< the recipe's own settings are the best
    not_compared,   ///< too few seeds were trained to tell
};
TRILBY_DESCRIBE_ENUM(SearchConclusion, '_', better, within_spread, own_settings, not_compared)

/// The scores of a candidate with several seeds.
struct Standing {
    std::int64_t candidate = 0;
    std::int64_t seeds = 0;  ///< 0: only the score of the search is known, with one other seed
    double mean = 0.0;
    json::Nullable<double> deviation;  ///< of the sample; null for fewer than two seeds
};
TRILBY_DESCRIBE(Standing, candidate, seeds, mean, deviation)

struct Judgment {
    SearchConclusion conclusion = SearchConclusion::not_compared;
    Standing best;
    /// Of the recipe's own settings; nothing if all failed, or if they were not trained as long.
    std::optional<Standing> own;
};

/// Nothing if no trial has a score. Settings are better if the intervals of mean and deviation do
/// not overlap. Scores of the first stage count only where there is no other one: they were the
/// reason for the choice.
[[nodiscard]] std::optional<Judgment> judge(const Rules& rules, const Outcomes& outcomes);

/// The trial of a candidate with the best score, among those of the second stage if it has any,
/// else among the longest: its position in `outcomes`.
[[nodiscard]] std::optional<std::size_t> best_trial(const Rules& rules, const Outcomes& outcomes,
                                                    std::size_t candidate);

}  // namespace trilby::train::search
