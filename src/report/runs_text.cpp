// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "report/runs_text.hpp"

#include <algorithm>
#include <ctime>
#include <fmt/chrono.h>
#include <fmt/ranges.h>
#include <set>

#include "base/enum_name.hpp"
#include "base/units.hpp"
#include "report/table.hpp"
#include "report/training_words.hpp"

namespace trilby::report {
namespace {

using train::ComparedRun;
using train::RunComparison;
using train::RunRecord;
using train::RunState;

std::string state_text(RunState state) {
    return state == RunState::stopped ? "can be resumed" : std::string(enum_name(state));
}

std::string epochs_text(std::int64_t done, std::int64_t all) {
    return all > 0 ? fmt::format("{}/{}", done, all) : fmt::format("{}", done);
}

std::string score_text(const std::optional<train::Score>& score) {
    return score ? in_words(score->part, score->metric, {{score->metric, score->value}}) : "";
}

std::string local_time(std::chrono::sys_seconds time) {
    return fmt::format("{:%Y-%m-%d %H:%M}",
                       fmt::localtime(std::time_t{time.time_since_epoch().count()}));
}

// ---- Comparison

/// The name of a run, or its folder where another one has the same name.
std::string heading_of(const RunComparison& comparison, const ComparedRun& run) {
    const std::string& name = run.summary.content.name;
    const auto count = std::ranges::count_if(comparison.runs, [&](const ComparedRun& other) {
        return other.summary.content.name == name;
    });
    return count == 1 ? name : run.summary.content.run;
}

Table table_of(const RunComparison& comparison, std::string label) {
    std::vector<std::string> header{std::move(label)};
    for (const ComparedRun& run : comparison.runs) {
        header.push_back(heading_of(comparison, run));
    }
    return Table(std::move(header));
}

/// A row, unless it is empty for all runs.
template <class TextOf>
void add_row(Table& table, const RunComparison& comparison, std::string label, TextOf text_of) {
    std::vector<std::string> cells{std::move(label)};
    for (const ComparedRun& run : comparison.runs) {
        cells.push_back(text_of(run));
    }
    const auto is_empty = [](const std::string& cell) { return cell.empty(); };
    if (!std::all_of(cells.begin() + 1, cells.end(), is_empty)) {
        table.add(std::move(cells));
    }
}

void add_metrics(Table& table, const RunComparison& comparison, std::string_view part,
                 train::Metrics ComparedRun::*metrics) {
    for (const train::MetricKind& kind : train::metric_kinds()) {
        add_row(
            table, comparison, fmt::format("{} {}", part, kind.words), [&](const ComparedRun& run) {
                const auto value = (run.*metrics).find(std::string(kind.name));
                return value == (run.*metrics).end() ? std::string()
                                                     : train::format_metric(kind, value->second);
            });
    }
}

/// The baseline of a run by the metric that decides for that run.
std::string baseline_text(const ComparedRun& run, const std::string& name) {
    const auto baseline = std::ranges::find(run.baselines, name, &train::Baseline::name);
    const auto& score = run.summary.content.score;
    return baseline == run.baselines.end() || !score
               ? std::string()
               : in_words("", score->metric, baseline->metrics);
}

void add_baselines(Table& table, const RunComparison& comparison) {
    std::set<std::string> names;
    for (const ComparedRun& run : comparison.runs) {
        for (const train::Baseline& baseline : run.baselines) {
            names.insert(baseline.name);
        }
    }
    for (const std::string& name : names) {
        add_row(table, comparison, "baseline " + name,
                [&](const ComparedRun& run) { return baseline_text(run, name); });
    }
}

/// Unless it is unknown for all runs.
void add_machines(Table& table, const RunComparison& comparison) {
    const auto add = [&](const char* label, auto text_of) {
        add_row(table, comparison, label, [&](const ComparedRun& run) {
            const auto& machine = run.summary.content.machine;
            return machine ? text_of(*machine) : std::string();
        });
    };
    using Machine = train::TrainingMachine;
    add("device", [](const Machine& machine) { return machine.device; });
    add("backend", [](const Machine& machine) {
        return fmt::format("{}, {} thread{}", machine.backend, machine.threads,
                           machine.threads == 1 ? "" : "s");
    });
    add("system", [](const Machine& machine) { return machine.system.value_or(""); });
    add("LibTorch", [](const Machine& machine) { return machine.libtorch; });
    add("Trilby", [](const Machine& machine) { return machine.trilby; });
}

SafeText results_text(const RunComparison& comparison) {
    Table table = table_of(comparison, "results");
    add_row(table, comparison, "state",
            [](const ComparedRun& run) { return state_text(run.summary.content.state); });
    add_row(table, comparison, "epochs", [](const ComparedRun& run) {
        return epochs_text(run.summary.content.epochs_done, run.summary.content.epochs.value_or(0));
    });
    add_row(table, comparison, "best epoch", [](const ComparedRun& run) {
        return run.best_epoch ? fmt::format("{}", *run.best_epoch) : "";
    });
    add_row(table, comparison, "time", [](const ComparedRun& run) {
        return run.seconds ? format_duration(*run.seconds) : "";
    });
    add_machines(table, comparison);
    add_metrics(table, comparison, "test", &ComparedRun::test);
    add_metrics(table, comparison, "validation", &ComparedRun::validation);
    add_baselines(table, comparison);
    return table.text();
}

SafeText settings_text(const RunComparison& comparison) {
    if (comparison.settings.empty()) {
        return "their recipes are the same\n";
    }
    Table table = table_of(comparison, "settings that differ");
    for (const train::ComparedSetting& setting : comparison.settings) {
        std::vector<std::string> cells{setting.key};
        for (const auto& value : setting.values) {
            cells.push_back(value.content.value_or("-"));
        }
        table.add(std::move(cells));
    }
    return table.text();
}

std::string verdict_text(const RunComparison& comparison) {
    if (!comparison.obstacles.empty()) {
        return fmt::format("their results cannot be compared: {}",
                           fmt::join(comparison.obstacles, "; "));
    }
    const train::MetricKind* kind = train::find_metric(*comparison.metric);
    const bool have_ended = std::ranges::all_of(comparison.runs, [](const ComparedRun& run) {
        return run.summary.content.state == RunState::ended;
    });
    const auto best = std::ranges::find_if(comparison.runs, [&](const ComparedRun& run) {
        return run.summary.content.run == comparison.best;
    });
    return fmt::format("{} by the {} {}{}",
                       best == comparison.runs.end()
                           ? "no run is better than the others"
                           : heading_of(comparison, *best) +
                                 (comparison.runs.size() == 2 ? " is better" : " is the best"),
                       *comparison.part, kind->words, have_ended ? "" : ", so far");
}

// ---- Removal

std::string listed(const std::vector<std::string>& names) {
    constexpr std::size_t most = 8;
    const std::size_t shown = std::min(most, names.size());
    return fmt::format(
        "{}{}", fmt::join(names.begin(), names.begin() + shown, ", "),
        shown == names.size() ? "" : fmt::format(" and {} more", names.size() - shown));
}

}  // namespace

SafeText to_text(const std::vector<RunRecord>& runs, const std::string& folder) {
    if (runs.empty()) {
        return SafeText::format("no runs in {}\n", folder);
    }
    Table table({"run", "recipe", "task", "state", "epochs", "result", "changed"});
    SafeText damage;
    for (const RunRecord& run : runs) {
        table.add({run.name(), run.recipe, run.task, state_text(run.state),
                   epochs_text(run.epochs_done(), run.epochs), score_text(score_of(run)),
                   local_time(run.changed)});
        if (run.state == RunState::damaged) {
            damage += SafeText::format("{} is damaged: {}\n", run.name(), run.damage);
        }
    }
    return table.text() + (damage.empty() ? damage : SafeText("\n") + damage);
}

SafeText to_text(const RunComparison& comparison) {
    return settings_text(comparison) + "\n" + results_text(comparison) + "\n" +
           SafeText::format("{}\n", verdict_text(comparison));
}

SafeText to_text(const train::RunRemoval& removal, bool is_dry_run) {
    SafeText text = SafeText::format("{} {} ({}): {}\n", is_dry_run ? "would remove" : "removed",
                                     removal.folder.string(), format_bytes(removal.size_bytes),
                                     listed(removal.files));
    if (!removal.kept.empty()) {
        text += SafeText::format("the folder {}, because Trilby did not write: {}\n",
                                 is_dry_run ? "would stay" : "stays", listed(removal.kept));
    }
    return text;
}

}  // namespace trilby::report
