// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/run_comparison.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>
#include <set>
#include <sstream>

#include "base/try.hpp"
#include "toml/reader.hpp"
#include "train/checkpoint.hpp"
#include "train/recipe.hpp"
#include "train/run_files.hpp"

namespace trilby::train {
namespace {

/// Settings as text, by their keys: "network.layers[0]".
using Settings = std::map<std::string, std::string>;

struct Subject {
    RunRecord run;
    Settings settings;
    std::string schema;  ///< of its data; empty before the first checkpoint
};

/// A string without its quotes, a number in its shortest form, anything else as TOML.
std::string text_of(const toml::node& node) {
    if (const auto text = node.value_exact<std::string>()) {
        return *text;
    }
    if (const auto number = node.value_exact<double>()) {
        return fmt::format("{}", *number);
    }
    std::ostringstream out;
    node.visit([&](const auto& one) { out << one; });
    return out.str();
}

void flatten(const toml::node& node, const std::string& key, Settings& into) {
    const toml::table* const table = node.as_table();
    const toml::array* const array = node.as_array();
    if (table != nullptr && !table->is_inline()) {
        for (const auto& [name, value] : *table) {
            flatten(value, key + (key.empty() ? "" : ".") + std::string(name.str()), into);
        }
    } else if (array != nullptr && array->size() > 0 && array->get(0)->is_table()) {
        for (std::size_t i = 0; i < array->size(); ++i) {
            flatten(*array->get(i), fmt::format("{}[{}]", key, i), into);
        }
    } else {
        into[key] = text_of(node);
    }
}

Result<Settings> read_settings(const std::filesystem::path& folder) {
    TRILBY_TRY(recipe, read_recipe(folder / recipe_name));
    TRILBY_TRY(tables, toml::parse(to_toml(recipe), recipe.name));
    Settings settings;
    flatten(tables, "", settings);
    return settings;
}

Result<std::string> read_schema(const std::filesystem::path& folder) {
    if (!has_entry(folder / checkpoint_name)) {
        return std::string();
    }
    TRILBY_TRY(metadata, read_metadata(folder / checkpoint_name));
    const auto found = metadata.find("trilby.schema");
    return found == metadata.end() ? std::string() : found->second;
}

Result<Subject> read_subject(const std::filesystem::path& folder) {
    TRILBY_TRY(run, read_run(folder));
    if (!run.damage.empty()) {
        return failure(ErrorCode::bad_data,
                       fmt::format("the run '{}' is damaged: {}", folder.string(), run.damage),
                       "compare other runs, or restore it from a copy");
    }
    TRILBY_TRY(settings, read_settings(folder));
    TRILBY_TRY(schema, read_schema(folder));
    return Subject{std::move(run), std::move(settings), std::move(schema)};
}

using Subjects = std::vector<Subject>;

std::vector<ComparedSetting> different_settings(const Subjects& subjects) {
    std::set<std::string> keys;
    for (const Subject& subject : subjects) {
        for (const auto& [key, value] : subject.settings) {
            keys.insert(key);
        }
    }
    std::vector<ComparedSetting> different;
    for (const std::string& key : keys) {
        ComparedSetting setting{.key = key, .values = {}};
        for (const Subject& subject : subjects) {
            const auto found = subject.settings.find(key);
            setting.values.push_back(
                {found == subject.settings.end() ? std::nullopt : std::optional(found->second)});
        }
        const auto is_first = [&](const auto& value) {
            return value.content == setting.values.front().content;
        };
        if (!std::ranges::all_of(setting.values, is_first)) {
            different.push_back(std::move(setting));
        }
    }
    return different;
}

/// The different values of something that must be the same for all, such as "accuracy, mse".
template <class ValueOf>
std::string different(const Subjects& subjects, ValueOf value_of) {
    std::set<std::string> values;
    for (const Subject& subject : subjects) {
        if (const std::string value = value_of(subject); !value.empty()) {
            values.insert(value);
        }
    }
    return values.size() < 2 ? std::string() : fmt::format("{}", fmt::join(values, ", "));
}

std::string tested_examples(const Subject& subject) {
    const auto& result = subject.run.result;
    return result && result->test_examples > 0 ? std::to_string(result->test_examples) : "";
}

std::vector<std::string> obstacles_of_data(const Subjects& subjects,
                                           const std::vector<ComparedSetting>& settings) {
    std::vector<std::string> keys;
    for (const ComparedSetting& setting : settings) {
        if (is_about_tested_data(setting.key)) {
            keys.push_back(setting.key);
        }
    }
    if (!keys.empty()) {
        return {fmt::format("they learned different data: {}", fmt::join(keys, ", "))};
    }
    if (!different(subjects, [](const Subject& one) { return one.schema; }).empty()) {
        return {"the data were changed between the runs"};
    }
    const std::string tested = different(subjects, tested_examples);
    return tested.empty() ? std::vector<std::string>()
                          : std::vector{fmt::format("they were tested on {} examples", tested)};
}

std::vector<std::string> obstacles_of(const Subjects& subjects,
                                      const std::vector<ComparedSetting>& settings) {
    const std::string tasks = different(subjects, [](const Subject& one) { return one.run.task; });
    if (!tasks.empty()) {
        return {fmt::format("they learned different kinds of data: {}", tasks)};
    }
    std::vector<std::string> obstacles = obstacles_of_data(subjects, settings);
    const std::string metrics =
        different(subjects, [](const Subject& one) { return deciding_metric(one.run); });
    if (!metrics.empty()) {
        obstacles.push_back(fmt::format("different metrics decide: {}", metrics));
    }
    return obstacles;
}

ComparedRun compared(const RunRecord& run) {
    ComparedRun out{.summary = {summary_of(run)}, .validation = validation_of(run)};
    if (run.result) {
        out.best_epoch = run.result->best_epoch;
        out.seconds = run.result->seconds;
        out.test = run.result->test;
        out.baselines = run.baselines;
    }
    return out;
}

const Metrics& metrics_on(std::string_view part, const ComparedRun& run) {
    return part == "test" ? run.test : run.validation;
}

/// The part on which all runs were measured by the metric; the test part if possible.
std::optional<std::string> common_part(const std::vector<ComparedRun>& runs,
                                       const std::string& metric) {
    for (const char* part : {"test", "validation"}) {
        if (std::ranges::all_of(runs, [&](const ComparedRun& run) {
                return metrics_on(part, run).contains(metric);
            })) {
            return part;
        }
    }
    return std::nullopt;
}

/// The run that is better than all others.
std::optional<std::string> best_of(const RunComparison& comparison) {
    for (const ComparedRun& run : comparison.runs) {
        const Metrics& ours = metrics_on(*comparison.part, run);
        const bool is_best = std::ranges::all_of(comparison.runs, [&](const ComparedRun& other) {
            return &other == &run ||
                   is_better(*comparison.metric, ours, metrics_on(*comparison.part, other));
        });
        if (is_best && value_of(*comparison.metric, ours)) {
            return run.summary.content.run;
        }
    }
    return std::nullopt;
}

void judge(RunComparison& comparison, const std::string& metric) {
    comparison.part = common_part(comparison.runs, metric);
    if (find_metric(metric) == nullptr || !comparison.part) {
        comparison.part.reset();
        comparison.obstacles.emplace_back("no metric was measured in all of them");
        return;
    }
    comparison.metric = metric;
    comparison.best = best_of(comparison);
}

}  // namespace

bool is_about_tested_data(const std::string& key) {
    constexpr std::array harmless{"data.cutout_pixels",   "data.flip_at_test",
                                  "data.horizontal_flip", "data.look_back",
                                  "data.shift_pixels",    "data.training_examples"};
    return key.starts_with("data.") &&
           std::ranges::none_of(harmless, [&](const char* one) { return key == one; });
}

Result<RunComparison> compare_runs(const std::vector<std::filesystem::path>& folders) {
    Subjects subjects;
    for (const std::filesystem::path& folder : folders) {
        TRILBY_TRY(subject, read_subject(folder));
        subjects.push_back(std::move(subject));
    }
    RunComparison comparison{.settings = different_settings(subjects)};
    for (const Subject& subject : subjects) {
        comparison.runs.push_back(compared(subject.run));
    }
    comparison.obstacles = obstacles_of(subjects, comparison.settings);
    if (comparison.obstacles.empty()) {
        judge(comparison, deciding_metric(subjects.front().run));
    }
    return comparison;
}

}  // namespace trilby::train
