// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "report/search_text.hpp"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>
#include <vector>

#include "base/enum_name.hpp"
#include "base/units.hpp"
#include "report/table.hpp"
#include "report/training_words.hpp"

namespace trilby::report {
namespace {

using train::search::SearchConclusion;
using train::search::SearchRecord;
using train::search::SearchVerdict;
using train::search::Stage;
using train::search::Standing;
using train::search::TrialRecord;
using train::search::TrialState;

constexpr std::string_view own_settings = "the recipe's own settings";

std::string time_text(double seconds) {
    return format_duration(seconds);
}

std::string value_text(std::string_view metric, const json::Nullable<double>& value) {
    const train::MetricKind* kind = train::find_metric(metric);
    return kind == nullptr || !value.content ? "" : train::format_metric(*kind, value);
}

std::string metric_words(std::string_view metric) {
    const train::MetricKind* kind = train::find_metric(metric);
    return kind == nullptr ? "metric" : std::string(kind->words);
}

std::string state_text(TrialState state) {
    return state == TrialState::too_slow ? "too slow" : std::string(enum_name(state));
}

std::string settings_text(const std::vector<std::string>& changes) {
    return changes.empty() ? std::string(own_settings) : fmt::format("{}", fmt::join(changes, " "));
}

// ---- Table

std::vector<std::string> varied_keys(const SearchRecord& record) {
    std::vector<std::string> keys;
    for (const std::string& variation : record.varied) {
        keys.push_back(variation.substr(0, variation.find('=')));
    }
    return keys;
}

std::string last_part(const std::string& key) {
    return key.substr(key.rfind('.') + 1);
}

/// The keys without their sections, unless two would be the same.
std::vector<std::string> headings_of(const std::vector<std::string>& keys) {
    std::vector<std::string> headings;
    for (const std::string& key : keys) {
        const auto count = std::ranges::count(keys, last_part(key), last_part);
        headings.push_back(count == 1 ? last_part(key) : key);
    }
    return headings;
}

std::map<std::string, std::string> values_of(const TrialRecord& trial) {
    std::map<std::string, std::string> values;
    for (const std::string& change : trial.changes) {
        const std::size_t equals = change.find('=');
        values[change.substr(0, equals)] = equals == change.npos ? "" : change.substr(equals + 1);
    }
    return values;
}

std::string epochs_text(const TrialRecord& trial) {
    return trial.epochs_done == trial.epochs
               ? fmt::format("{}", trial.epochs)
               : fmt::format("{}/{}", trial.epochs_done, trial.epochs);
}

std::vector<std::string> cells_of(const TrialRecord& trial, const std::vector<std::string>& keys,
                                  std::string_view metric) {
    std::vector<std::string> cells{trial.run, std::string(enum_name(trial.stage))};
    auto values = values_of(trial);
    for (const std::string& key : keys) {
        cells.push_back(trial.changes.empty() ? "own" : values[key]);
    }
    for (std::string cell :
         {fmt::format("{}", trial.seed), epochs_text(trial), value_text(metric, trial.score),
          time_text(trial.seconds), state_text(trial.state)}) {
        cells.push_back(std::move(cell));
    }
    return cells;
}

SafeText reasons_text(const SearchRecord& record) {
    SafeText text;
    for (const TrialRecord& trial : record.trials) {
        if (trial.reason) {
            text += SafeText::format("{}: {}\n", trial.run, one_line(*trial.reason, 400));
        }
    }
    return text.empty() ? text : SafeText("\n") + text;
}

// ---- SearchVerdict

std::string standing_text(const Standing& standing, std::string_view metric) {
    const std::string mean = value_text(metric, {standing.mean});
    if (standing.seeds == 0) {
        return mean + " in the search, with one seed";
    }
    const std::string seeds = counted(static_cast<std::uint64_t>(standing.seeds), "seed", "seeds");
    return standing.deviation.content
               ? fmt::format("{} ± {} ({})", mean, value_text(metric, standing.deviation), seeds)
               : fmt::format("{} ({})", mean, seeds);
}

std::string_view conclusion_text(SearchConclusion conclusion) {
    switch (conclusion) {
        case SearchConclusion::better:
            return "better than the recipe's own settings, beyond the spread of the seeds";
        case SearchConclusion::within_spread:
            return "not better than the recipe's own settings beyond the spread of the seeds";
        case SearchConclusion::own_settings:
            return "the recipe's own settings are the best of all that were compared";
        case SearchConclusion::not_compared:
            break;
    }
    return "too few seeds were compared to tell a gain from luck";
}

SafeText test_text(const SearchVerdict& verdict, const std::string& metric) {
    if (!verdict.test) {
        return {};
    }
    // Few examples are validated by their loss, although the accuracy is what counts.
    const std::string name = verdict.test->contains("accuracy") ? "accuracy" : metric;
    const auto value = verdict.test->find(name);
    return SafeText::format(
        "test        {} {}, of {}; the test part was used once, after the choice\n",
        metric_words(name), value == verdict.test->end() ? "" : value_text(name, value->second),
        verdict.run);
}

}  // namespace

SafeText plan_text(const SearchRecord& record, std::int64_t epochs_of_recipe) {
    const train::search::Rules rules = rules_of(record);
    const auto forecast = train::search::forecast(rules, costs_of(record),
                                                  record.time_s - record.spent_s - record.start_s);
    SafeText text;
    const char* label = "varied";
    for (const std::string& variation : record.varied) {
        text += SafeText::format("{:11} {}\n", label, variation);
        label = "";
    }
    text +=
        SafeText::format("plan        about {} in {}: the recipe's own settings and {} others\n",
                         counted(forecast.trials, "training", "trainings"),
                         time_text(record.time_s - record.spent_s),
                         std::max<std::size_t>(1, forecast.candidates) - 1);
    text += SafeText::format("            for {} epochs, the better ones for more\n",
                             fmt::format("{}", fmt::join(record.rungs, ", ")));
    text += SafeText::format(
        "            at the end, {} with {} to tell a gain from luck\n",
        counted(forecast.comparisons, "training", "trainings"),
        counted(static_cast<std::uint64_t>(record.seeds), "new seed", "new seeds"));
    if (record.rungs.back() < epochs_of_recipe || record.steps_per_epoch > 0) {
        text += SafeText::format(
            "            the time is not enough for the {} epochs of the "
            "recipe: all trainings are shorter\n",
            epochs_of_recipe);
    }
    return text;
}

SafeText trial_line(const TrialRecord& trial, std::string_view metric) {
    const std::string score = value_text(metric, trial.score);
    const std::string result = trial.state == TrialState::done
                                   ? fmt::format("validation {} {}", metric_words(metric), score)
                                   : state_text(trial.state);
    return SafeText::format("{}  {}  seed {}  {} epoch{}  {}  {}  {}\n", trial.run,
                            enum_name(trial.stage), trial.seed, epochs_text(trial),
                            trial.epochs == 1 ? "" : "s", result, time_text(trial.seconds),
                            settings_text(trial.changes));
}

SafeText trials_text(const SearchRecord& record) {
    const std::vector<std::string> keys = varied_keys(record);
    std::vector<std::string> header{"trial", "stage"};
    for (const std::string& heading : headings_of(keys)) {
        header.push_back(heading);
    }
    for (const std::string& heading :
         {std::string("seed"), std::string("epochs"), "validation " + metric_words(record.metric),
          std::string("time"), std::string("state")}) {
        header.push_back(heading);
    }
    Table table(std::move(header));
    for (const TrialRecord& trial : record.trials) {
        table.add(cells_of(trial, keys, record.metric));
    }
    return table.text() + reasons_text(record);
}

SafeText verdict_text(const SearchRecord& record) {
    if (!record.verdict) {
        return "no training succeeded\n";
    }
    const SearchVerdict& verdict = *record.verdict;
    SafeText text = SafeText::format("best        {}\n", settings_text(verdict.changes));
    text += SafeText::format("validation  {} {}\n", metric_words(record.metric),
                             standing_text(verdict.best, record.metric));
    if (verdict.own && verdict.best.candidate != 0) {
        text +=
            SafeText::format("            {}: {} {}\n", own_settings, metric_words(record.metric),
                             standing_text(*verdict.own, record.metric));
    }
    text += SafeText::format("            {}\n", conclusion_text(verdict.conclusion));
    return text + test_text(verdict, record.metric);
}

}  // namespace trilby::report
