// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// search.json: what a search tries, everything that it has tried, and what it has found.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/describe.hpp"
#include "base/nullable.hpp"
#include "base/write_json.hpp"
#include "train/metrics.hpp"
#include "train/recipe.hpp"
#include "train/search/plan.hpp"
#include "train/search/space.hpp"
#include "train/search/verdict.hpp"
#include <trilby/result.hpp>

namespace trilby::train::search {

enum class TrialState : std::uint8_t {
    done,
    failed,      ///< for example, it diverged
    too_slow,    ///< it took several times as long as expected, and was stopped
    unfinished,  ///< the time of the search was over, or the user stopped it
};
TRILBY_DESCRIBE_ENUM(TrialState, '_', done, failed, too_slow, unfinished)

struct TrialRecord {
    std::string run;  ///< the name of its folder in that of the search
    Stage stage = Stage::search;
    std::int64_t candidate = 0;        ///< 0: the recipe's own settings
    std::vector<std::string> changes;  ///< "optimizer.learning_rate=0.003"
    std::int64_t seed = 1;
    std::int64_t epochs = 1;
    std::int64_t epochs_done = 0;
    TrialState state = TrialState::done;
    std::optional<std::string> reason;  ///< why it is not done
    json::Nullable<double> score;       ///< the deciding metric on the validation part
    double seconds = 0.0;
};
TRILBY_DESCRIBE(TrialRecord, run, stage, candidate, changes, seed, epochs, epochs_done, state,
                reason, score, seconds)

struct SearchVerdict {
    SearchConclusion conclusion = SearchConclusion::not_compared;
    Standing best;
    std::optional<Standing> own;
    std::vector<std::string> changes;  ///< of the best settings
    std::string run;                   ///< the best run with them
    std::optional<Metrics> test;       ///< of that run, on the test part; once, at the end
};
TRILBY_DESCRIBE(SearchVerdict, conclusion, best, own, changes, run, test)

struct SearchRecord {
    std::string recipe;               ///< its name
    std::string metric;               ///< the deciding one; empty before the first trial
    std::vector<std::string> varied;  ///< as --vary takes them
    std::int64_t candidates = 1;      ///< how many settings were drawn, in the order of trials
    std::int64_t seed = 1;
    std::int64_t seeds = 1;            ///< of the comparison at the end
    std::vector<std::int64_t> rungs;   ///< epochs
    std::int64_t steps_per_epoch = 0;  ///< 0: as the recipe says
    double time_s = 0.0;
    double spent_s = 0.0;
    double start_s = 0.0;  ///< of a training, as measured at the start
    double epoch_s = 0.0;
    std::vector<TrialRecord> trials;
    std::optional<SearchVerdict> verdict;
};
TRILBY_DESCRIBE(SearchRecord, recipe, metric, varied, candidates, seed, seeds, rungs,
                steps_per_epoch, time_s, spent_s, start_s, epoch_s, trials, verdict)

inline constexpr std::int64_t most_seeds = 100;

/// What `trilby tune` prints with --json.
struct TuningDocument {
    std::string search;  ///< its folder
    json::Inlined<SearchRecord> record;
};
TRILBY_DESCRIBE(TuningDocument, search, record)

/// From a file that anybody may have written. Trials that are not finished are left out.
[[nodiscard]] Result<SearchRecord> parse_record(std::string_view text, std::string_view where);

[[nodiscard]] Rules rules_of(const SearchRecord& record);
[[nodiscard]] Costs costs_of(const SearchRecord& record);
/// The outcomes of the trials in the same order, without the unfinished ones.
[[nodiscard]] Outcomes outcomes_of(const SearchRecord& record);

/// What the trials so far say, without a test.
[[nodiscard]] std::optional<SearchVerdict> verdict_of(const SearchRecord& record);

/// What a trial trains.
[[nodiscard]] Recipe recipe_of(const SearchRecord& record, const Candidate& candidate,
                               const Trial& trial);

}  // namespace trilby::train::search
