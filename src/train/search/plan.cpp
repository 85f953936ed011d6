// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/search/plan.hpp"

#include <algorithm>
#include <limits>

#include "base/random.hpp"

namespace trilby::train::search {
namespace {

/// Each rung trains the best third of the one before for three times as long.
constexpr std::int64_t factor = 3;
constexpr std::size_t most_rungs = 4;
/// Besides the recipe's own settings.
constexpr std::size_t other_finalists = 2;
/// Failures without any success, after which nothing else is tried.
constexpr std::size_t most_failures = 5;

bool is_at(const Outcome& outcome, std::int64_t epochs) {
    return outcome.trial.stage == Stage::search && outcome.trial.epochs == epochs;
}

std::size_t count_at(const Outcomes& outcomes, std::int64_t epochs) {
    return static_cast<std::size_t>(std::ranges::count_if(
        outcomes, [&](const Outcome& outcome) { return is_at(outcome, epochs); }));
}

bool was_tried(const Outcomes& outcomes, const Trial& trial) {
    return std::ranges::find(outcomes, trial, &Outcome::trial) != outcomes.end();
}

/// The candidates with a score at a rung, the best first.
std::vector<std::size_t> ranked(const Rules& rules, const Outcomes& outcomes, std::int64_t epochs) {
    std::vector<const Outcome*> scored;
    for (const Outcome& outcome : outcomes) {
        if (is_at(outcome, epochs) && outcome.score) {
            scored.push_back(&outcome);
        }
    }
    std::ranges::stable_sort(scored, [&](const Outcome* one, const Outcome* other) {
        return rules.is_higher_better ? *one->score > *other->score : *one->score < *other->score;
    });
    std::vector<std::size_t> candidates;
    for (const Outcome* outcome : scored) {
        candidates.push_back(outcome->trial.candidate);
    }
    return candidates;
}

Trial search_trial(const Rules& rules, std::size_t candidate, std::int64_t epochs) {
    return {.candidate = candidate, .seed = rules.seed, .epochs = epochs};
}

/// The best candidate of a rung, among the first `count`, that was not trained at the next one.
std::optional<Trial> promotion(const Rules& rules, const Outcomes& outcomes, std::size_t rung,
                               std::size_t count) {
    const std::vector<std::size_t> best = ranked(rules, outcomes, rules.rungs[rung]);
    for (std::size_t i = 0; i < std::min(count, best.size()); ++i) {
        const Trial trial = search_trial(rules, best[i], rules.rungs[rung + 1]);
        if (!was_tried(outcomes, trial)) {
            return trial;
        }
    }
    return std::nullopt;
}

/// A promotion at the highest possible rung: of one of the best third, or of any candidate if
/// `all`.
std::optional<Trial> any_promotion(const Rules& rules, const Outcomes& outcomes, bool all) {
    for (std::size_t rung = rules.rungs.size() - 1; rung-- > 0;) {
        const std::size_t count = count_at(outcomes, rules.rungs[rung]);
        if (const auto trial =
                promotion(rules, outcomes, rung, all ? count : count / std::size_t{factor})) {
            return trial;
        }
    }
    return std::nullopt;
}

std::optional<Trial> next_of_search(const Rules& rules, const Outcomes& outcomes) {
    if (const auto trial = any_promotion(rules, outcomes, false)) {
        return trial;
    }
    const std::size_t tried = count_at(outcomes, rules.rungs.front());
    return tried < rules.candidates ? search_trial(rules, tried, rules.rungs.front())
                                    : any_promotion(rules, outcomes, true);
}

/// A seed that differs from that of the first stage; seeds are not negative.
std::int64_t new_seed(const Rules& rules, std::int64_t number) {
    return rules.seed > std::numeric_limits<std::int64_t>::max() - number ? number - 1
                                                                          : rules.seed + number;
}

/// All trials of the second stage. Each seed is used for every finalist before the next one is.
std::vector<Trial> comparison_trials(const Rules& rules,
                                     const std::vector<std::size_t>& candidates) {
    std::vector<Trial> trials;
    for (std::int64_t i = 1; i <= rules.seeds; ++i) {
        for (const std::size_t candidate : candidates) {
            trials.push_back({Stage::compare, candidate, new_seed(rules, i), rules.rungs.back()});
        }
    }
    return trials;
}

std::optional<Trial> next_comparison(const Rules& rules, const Outcomes& outcomes) {
    for (const Trial& trial : comparison_trials(rules, finalists(rules, outcomes))) {
        if (!was_tried(outcomes, trial)) {
            return trial;
        }
    }
    return std::nullopt;
}

/// What the second stage will take. A finalist that is not known yet counts like the recipe's own
/// settings.
double seconds_of_comparison(const Rules& rules, const Costs& costs, const Outcomes& outcomes) {
    std::vector<std::size_t> candidates = finalists(rules, outcomes);
    candidates.resize(std::min(rules.candidates, 1 + other_finalists));
    double seconds = 0.0;
    for (const Trial& trial : comparison_trials(rules, candidates)) {
        seconds += estimated_seconds(costs, outcomes, trial);
    }
    return seconds;
}

bool has_begun_to_compare(const Outcomes& outcomes) {
    return std::ranges::any_of(
        outcomes, [](const Outcome& outcome) { return outcome.trial.stage == Stage::compare; });
}

bool is_hopeless(const Outcomes& outcomes) {
    return outcomes.size() >= most_failures &&
           std::ranges::none_of(outcomes, [](const Outcome& one) { return one.score.has_value(); });
}

/// How a trial compares with what was expected of it.
double ratio_of(const Costs& costs, const Outcome& outcome) {
    const double expected =
        costs.start_s + costs.epoch_s * static_cast<double>(outcome.trial.epochs);
    return expected > 0.0 ? outcome.seconds / expected : 1.0;
}

/// The ratio of the candidate's last trial with a score, else the mean of all such trials, else 1.
double expected_ratio(const Costs& costs, const Outcomes& outcomes, std::size_t candidate) {
    double sum = 0.0;
    std::size_t count = 0;
    std::optional<double> own;
    for (const Outcome& outcome : outcomes) {
        if (outcome.score) {
            const double ratio = ratio_of(costs, outcome);
            own = outcome.trial.candidate == candidate ? ratio : own;
            sum += ratio;
            ++count;
        }
    }
    return own ? *own : count > 0 ? sum / static_cast<double>(count) : 1.0;
}

}  // namespace

std::vector<std::int64_t> rungs_for(std::int64_t epochs) {
    std::vector<std::int64_t> rungs{epochs};
    while (rungs.front() >= factor && rungs.size() < most_rungs) {
        rungs.insert(rungs.begin(), rungs.front() / factor);
    }
    return rungs;
}

std::int64_t comparisons(std::int64_t seeds) {
    return seeds * static_cast<std::int64_t>(1 + other_finalists);
}

double estimated_seconds(const Costs& costs, const Outcomes& outcomes, const Trial& trial) {
    return expected_ratio(costs, outcomes, trial.candidate) *
           (costs.start_s + costs.epoch_s * static_cast<double>(trial.epochs));
}

std::vector<std::size_t> finalists(const Rules& rules, const Outcomes& outcomes) {
    std::vector<std::size_t> chosen{0};
    for (std::size_t rung = rules.rungs.size(); rung-- > 0;) {
        for (const std::size_t candidate : ranked(rules, outcomes, rules.rungs[rung])) {
            const bool is_new = std::ranges::find(chosen, candidate) == chosen.end();
            if (is_new && chosen.size() <= other_finalists) {
                chosen.push_back(candidate);
            }
        }
    }
    return chosen;
}

std::optional<Trial> next_trial(const Rules& rules, const Costs& costs, const Outcomes& outcomes,
                                double seconds_left) {
    if (is_hopeless(outcomes)) {
        return std::nullopt;
    }
    const auto cost = [&](const Trial& trial) { return estimated_seconds(costs, outcomes, trial); };
    if (!has_begun_to_compare(outcomes)) {
        const auto trial = next_of_search(rules, outcomes);
        const double left = seconds_left - seconds_of_comparison(rules, costs, outcomes);
        if (trial && (outcomes.empty() || cost(*trial) <= left)) {
            return trial;
        }
    }
    const auto trial = next_comparison(rules, outcomes);
    return trial && cost(*trial) <= seconds_left ? trial : std::nullopt;
}

Forecast forecast(const Rules& rules, const Costs& costs, double seconds) {
    Forecast forecast;
    Outcomes outcomes;
    SplitMix64 random(0);  // any order of the candidates takes about as long
    while (const auto trial = next_trial(rules, costs, outcomes, seconds)) {
        const double cost = estimated_seconds(costs, {}, *trial);
        outcomes.push_back({*trial, static_cast<double>(random() >> 11), cost});
        seconds -= cost;
        const bool is_first = trial->stage == Stage::search && trial->epochs == rules.rungs.front();
        forecast.candidates += is_first ? 1 : 0;
        forecast.comparisons += trial->stage == Stage::compare ? 1 : 0;
    }
    forecast.trials = outcomes.size();
    return forecast;
}

}  // namespace trilby::train::search
