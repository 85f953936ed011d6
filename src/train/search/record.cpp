// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/search/record.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <functional>
#include <utility>

#include "base/document.hpp"
#include "base/read_json.hpp"
#include "base/text.hpp"
#include "base/try.hpp"
#include "train/schedule.hpp"

namespace trilby::train::search {
namespace {

constexpr std::int64_t most_epochs = 1'000'000;
constexpr std::int64_t most_steps = 1'000'000'000;
constexpr double most_seconds = 1e9;

bool is_within(std::int64_t value, std::int64_t least, std::int64_t most) {
    return value >= least && value <= most;
}

bool is_time(double seconds) {
    return seconds >= 0.0 && seconds <= most_seconds;
}

/// Whether it is a plain name such as "trial-1", which cannot lead out of the folder of the search.
bool is_name_of_trial(std::string_view name) {
    constexpr std::string_view prefix = "trial-";
    return name.starts_with(prefix) &&
           parse_number<std::uint32_t>(name.substr(prefix.size())).has_value();
}

bool is_possible(const TrialRecord& trial, const SearchRecord& record) {
    return is_name_of_trial(trial.run) && is_within(trial.candidate, 0, record.candidates - 1) &&
           is_within(trial.epochs, 1, record.rungs.back()) && is_time(trial.seconds) &&
           trial.score.content.has_value() == (trial.state == TrialState::done);
}

bool is_possible(const SearchRecord& record) {
    const bool has_rungs =
        !record.rungs.empty() && is_within(record.rungs.front(), 1, most_epochs) &&
        record.rungs.back() <= most_epochs && record.rungs.size() < 10 &&
        std::ranges::adjacent_find(record.rungs, std::greater_equal()) == record.rungs.end();
    const bool knows_metric = find_metric(record.metric) != nullptr ||
                              (record.metric.empty() && outcomes_of(record).empty());
    return has_rungs && knows_metric && is_time(record.time_s) && is_time(record.spent_s) &&
           is_time(record.start_s) && is_time(record.epoch_s) &&
           is_within(record.candidates, 1, most_candidates) &&
           is_within(record.seeds, 1, most_seeds) &&
           is_within(record.steps_per_epoch, 0, most_steps) && record.seed >= 0;
}

}  // namespace

Result<SearchRecord> parse_record(std::string_view text, std::string_view where) {
    TRILBY_TRY(document, json::parse_document(text, where));
    TRILBY_TRY(record, json::from_json<SearchRecord>(document, where));
    const bool is_valid =
        is_possible(record) && std::ranges::all_of(record.trials, [&](const TrialRecord& trial) {
            return is_possible(trial, record);
        });
    if (!is_valid) {
        return failure(ErrorCode::bad_data, fmt::format("{}: a value is out of range", where),
                       "start a new search");
    }
    std::erase_if(record.trials,
                  [](const TrialRecord& trial) { return trial.state == TrialState::unfinished; });
    // Not taken from the file, which might lead to other folders.
    const std::optional<SearchVerdict> earlier = std::exchange(record.verdict, verdict_of(record));
    if (record.verdict && earlier && earlier->run == record.verdict->run) {
        record.verdict->test = earlier->test;
    }
    return std::move(record);
}

Rules rules_of(const SearchRecord& record) {
    const MetricKind* metric = find_metric(record.metric);
    return {.rungs = record.rungs,
            .candidates = static_cast<std::size_t>(record.candidates),
            .seed = record.seed,
            .seeds = record.seeds,
            .is_higher_better = metric != nullptr && metric->is_higher_better};
}

Costs costs_of(const SearchRecord& record) {
    return {record.start_s, record.epoch_s};
}

Outcomes outcomes_of(const SearchRecord& record) {
    Outcomes outcomes;
    for (const TrialRecord& trial : record.trials) {
        if (trial.state != TrialState::unfinished) {
            const auto candidate = static_cast<std::size_t>(trial.candidate);
            outcomes.push_back({{trial.stage, candidate, trial.seed, trial.epochs},
                                trial.score.content,
                                trial.seconds});
        }
    }
    return outcomes;
}

std::optional<SearchVerdict> verdict_of(const SearchRecord& record) {
    const Rules rules = rules_of(record);
    const Outcomes outcomes = outcomes_of(record);
    const auto judgment = judge(rules, outcomes);
    if (!judgment) {
        return std::nullopt;
    }
    const auto position =
        best_trial(rules, outcomes, static_cast<std::size_t>(judgment->best.candidate));
    std::vector<const TrialRecord*> finished;
    for (const TrialRecord& trial : record.trials) {
        if (trial.state != TrialState::unfinished) {
            finished.push_back(&trial);
        }
    }
    const TrialRecord& best = *finished.at(*position);
    return SearchVerdict{.conclusion = judgment->conclusion,
                         .best = judgment->best,
                         .own = judgment->own,
                         .changes = best.changes,
                         .run = best.run,
                         .test = {}};
}

Recipe recipe_of(const SearchRecord& record, const Candidate& candidate, const Trial& trial) {
    Recipe recipe = candidate.recipe;
    set_epochs(recipe, trial.epochs);
    recipe.training.seed = trial.seed;
    if (record.steps_per_epoch > 0) {
        recipe.training.steps_per_epoch = record.steps_per_epoch;
        limit_warmup(recipe, record.steps_per_epoch);
    }
    return recipe;
}

}  // namespace trilby::train::search
