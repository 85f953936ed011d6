// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/search/verdict.hpp"

#include <cmath>
#include <vector>

namespace trilby::train::search {
namespace {

bool is_better(const Rules& rules, double now, double then) {
    return rules.is_higher_better ? now > then : now < then;
}

/// A trial of the second stage says more than one of the first, and a longer one more than a
/// shorter one.
bool says_more(const Trial& one, const Trial& other) {
    return one.stage != other.stage ? one.stage == Stage::compare : one.epochs > other.epochs;
}

Standing standing_of(std::int64_t candidate, const std::vector<double>& scores) {
    const auto count = static_cast<double>(scores.size());
    Standing standing{.candidate = candidate, .seeds = static_cast<std::int64_t>(scores.size())};
    for (const double score : scores) {
        standing.mean += score / count;
    }
    if (scores.size() >= 2) {
        double squares = 0.0;
        for (const double score : scores) {
            squares += (score - standing.mean) * (score - standing.mean);
        }
        standing.deviation.content = std::sqrt(squares / (count - 1.0));
    }
    return standing;
}

/// Nothing for settings that fail with any of the seeds.
std::optional<Standing> compared(const Outcomes& outcomes, std::size_t candidate) {
    std::vector<double> scores;
    for (const Outcome& outcome : outcomes) {
        if (outcome.trial.stage != Stage::compare || outcome.trial.candidate != candidate) {
            continue;
        }
        if (!outcome.score) {
            return std::nullopt;
        }
        scores.push_back(*outcome.score);
    }
    return scores.empty()
               ? std::nullopt
               : std::optional(standing_of(static_cast<std::int64_t>(candidate), scores));
}

/// From a trial of the first stage.
Standing searched(const Outcome& outcome) {
    return {.candidate = static_cast<std::int64_t>(outcome.trial.candidate),
            .mean = *outcome.score};
}

/// The recipe's own settings, if they were trained as long as `best`: scores after different
/// numbers of epochs do not say which settings are better.
std::optional<Standing> own_searched(const Rules& rules, const Outcomes& outcomes,
                                     const Outcome& best) {
    const auto own = best_trial(rules, outcomes, 0);
    return own && outcomes[*own].trial.epochs == best.trial.epochs
               ? std::optional(searched(outcomes[*own]))
               : std::nullopt;
}

SearchConclusion conclude(const Rules& rules, const Standing& best,
                          const std::optional<Standing>& own) {
    if (!own || !own->deviation.content || !best.deviation.content) {
        return SearchConclusion::not_compared;
    }
    if (best.candidate == 0) {
        return SearchConclusion::own_settings;
    }
    const double spread = *best.deviation.content + *own->deviation.content;
    const double towards_worse = rules.is_higher_better ? -spread : spread;
    return is_better(rules, best.mean + towards_worse, own->mean) ? SearchConclusion::better
                                                                  : SearchConclusion::within_spread;
}

/// The finalist with the best mean; nothing before any was trained with a second seed.
std::optional<Standing> best_compared(const Rules& rules, const Outcomes& outcomes) {
    std::optional<Standing> best;
    for (const std::size_t candidate : finalists(rules, outcomes)) {
        const auto standing = compared(outcomes, candidate);
        if (standing && (!best || is_better(rules, standing->mean, best->mean))) {
            best = standing;
        }
    }
    return best;
}

/// The best trial of the candidate with the best score in the highest rung that has any; nullptr
/// without a score.
const Outcome* best_searched(const Rules& rules, const Outcomes& outcomes) {
    const Outcome* best = nullptr;
    for (const Outcome& outcome : outcomes) {
        const bool is_equal = best != nullptr && outcome.trial.epochs == best->trial.epochs;
        if (outcome.score && (best == nullptr || outcome.trial.epochs > best->trial.epochs ||
                              (is_equal && is_better(rules, *outcome.score, *best->score)))) {
            best = &outcome;
        }
    }
    return best == nullptr ? nullptr
                           : &outcomes[*best_trial(rules, outcomes, best->trial.candidate)];
}

}  // namespace

std::optional<Judgment> judge(const Rules& rules, const Outcomes& outcomes) {
    if (const auto best = best_compared(rules, outcomes)) {
        const auto own = compared(outcomes, 0);
        return Judgment{conclude(rules, *best, own), *best, own};
    }
    const Outcome* const best = best_searched(rules, outcomes);
    if (best == nullptr) {
        return std::nullopt;
    }
    return Judgment{SearchConclusion::not_compared, searched(*best),
                    own_searched(rules, outcomes, *best)};
}

std::optional<std::size_t> best_trial(const Rules& rules, const Outcomes& outcomes,
                                      std::size_t candidate) {
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        const Outcome& outcome = outcomes[i];
        if (outcome.trial.candidate != candidate || !outcome.score) {
            continue;
        }
        const bool is_first = !best;
        const Trial& other = is_first ? outcome.trial : outcomes[*best].trial;
        const bool is_alike = !says_more(outcome.trial, other) && !says_more(other, outcome.trial);
        if (is_first || says_more(outcome.trial, other) ||
            (is_alike && is_better(rules, *outcome.score, *outcomes[*best].score))) {
            best = i;
        }
    }
    return best;
}

}  // namespace trilby::train::search
