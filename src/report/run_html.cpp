// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "report/run_html.hpp"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <set>

#include "base/enum_name.hpp"
#include "base/units.hpp"
#include "report/page.hpp"
#include "report/plot.hpp"
#include "report/text.hpp"

namespace trilby::report {
namespace {

using train::EpochEvent;
using train::Evaluation;
using train::MetricKind;

std::string metric_text(const MetricKind& kind, const train::Metrics& metrics) {
    const auto value = metrics.find(std::string(kind.name));
    return value != metrics.end() ? train::format_metric(kind, value->second) : "-";
}

/// "accuracy 91.20 %"
std::string result_text(const Evaluation& evaluation) {
    const MetricKind* kind = train::find_metric(evaluation.metric);
    return kind == nullptr
               ? "no known metric"
               : fmt::format("{} {}", kind->words, metric_text(*kind, evaluation.metrics));
}

std::string part_text(const Evaluation& evaluation) {
    return evaluation.part == "given" ? "the given data"
                                      : fmt::format("the {} part of its data", evaluation.part);
}

/// "most frequent class 10.00 %, ..."
std::string baselines_text(const Evaluation& evaluation, const MetricKind& kind) {
    std::string text;
    for (const train::Baseline& baseline : evaluation.baselines) {
        if (baseline.metrics.contains(evaluation.metric)) {
            text += fmt::format("{}{} {}", text.empty() ? "" : ", ", baseline.name,
                                metric_text(kind, baseline.metrics));
        }
    }
    return text;
}

/// The result, and what it must be compared with.
Markup lead(const Evaluation& evaluation) {
    Markup text = Markup::format(
        "On {} of {}: {}.",
        counted(static_cast<std::uint64_t>(evaluation.examples), "example", "examples"),
        part_text(evaluation), result_text(evaluation));
    const MetricKind* kind = train::find_metric(evaluation.metric);
    const std::string baselines =
        kind != nullptr ? baselines_text(evaluation, *kind) : std::string();
    if (!baselines.empty()) {
        text += Markup::format(" Without a network: {}.", baselines);
    }
    if (evaluation.part == "validation") {
        text += " The weights were chosen by this part, so its errors are a little too small.";
    }
    return Markup::format("<p class=\"lead\">{}</p>\n", text);
}

Markup metric_row(const MetricKind& kind, const Evaluation& evaluation) {
    Markup cells = Markup::format("<th scope=\"row\">{}</th><td class=\"number\">{}</td>",
                                  kind.words, metric_text(kind, evaluation.metrics));
    for (const train::Baseline& baseline : evaluation.baselines) {
        cells +=
            Markup::format("<td class=\"number\">{}</td>", metric_text(kind, baseline.metrics));
    }
    return Markup::format("<tr>{}</tr>\n", cells);
}

Markup result_table(const Evaluation& evaluation) {
    Markup head = "<th scope=\"col\">Metric</th><th scope=\"col\" class=\"number\">Network</th>";
    for (const train::Baseline& baseline : evaluation.baselines) {
        head += Markup::format("<th scope=\"col\" class=\"number\">{}</th>", baseline.name);
    }
    Markup rows;
    for (const auto& [name, value] : evaluation.metrics) {
        const MetricKind* kind = train::find_metric(name);
        rows += kind != nullptr ? metric_row(*kind, evaluation) : Markup();
    }
    return table(head, rows);
}

/// A line of what `value` returns for each epoch, where it returns something.
template <class Value>
PlotLine line_of(std::string name, const std::vector<EpochEvent>& epochs, Value value) {
    PlotLine line{std::move(name), {}};
    for (const EpochEvent& epoch : epochs) {
        if (const std::optional<double> found = value(epoch)) {
            line.points.emplace_back(static_cast<double>(epoch.epoch), *found);
        }
    }
    return line;
}

PlotLine validation_line(std::string name, std::string_view metric, double factor,
                         const std::vector<EpochEvent>& epochs) {
    return line_of(std::move(name), epochs, [&](const EpochEvent& epoch) -> std::optional<double> {
        const auto value = train::value_of(metric, epoch.validation);
        return value ? std::optional(*value * factor) : std::nullopt;
    });
}

bool has_negative(const std::vector<PlotLine>& lines) {
    return std::ranges::any_of(lines, [](const PlotLine& line) {
        return std::ranges::any_of(line.points, [](const auto& point) { return point.second < 0; });
    });
}

/// A plot over epochs, with the epoch whose weights are used.
Plot epoch_plot(std::string name, std::string unit, std::vector<PlotLine> lines,
                const train::RunHistory& history) {
    Plot plot{.name = std::move(name),
              .x_label = "epoch",
              .y_label = std::move(unit),
              .lines = std::move(lines)};
    plot.starts_at_zero = !has_negative(plot.lines);
    if (history.result && history.result->best_epoch) {
        plot.mark = static_cast<double>(*history.result->best_epoch);
    }
    return plot;
}

Plot loss_plot(const train::RunHistory& history) {
    return epoch_plot(
        "loss", "",
        {line_of("training", history.epochs,
                 [](const EpochEvent& epoch) { return std::optional(epoch.training_loss); }),
         validation_line("validation", "loss", 1, history.epochs)},
        history);
}

Plot metric_plot(const MetricKind& kind, const train::RunHistory& history) {
    const double factor = kind.is_fraction ? 100 : 1;
    Plot plot =
        epoch_plot(fmt::format("validation {}", kind.words), kind.is_fraction ? "%" : "",
                   {validation_line("validation", kind.name, factor, history.epochs)}, history);
    plot.starts_at_zero = false;
    return plot;
}

Plot rate_plot(const train::RunHistory& history) {
    return epoch_plot(
        "learning rate", "at the end of an epoch",
        {line_of("rate", history.epochs,
                 [](const EpochEvent& epoch) { return std::optional(epoch.learning_rate); })},
        history);
}

/// The metrics of the validation part with their own plots.
std::set<std::string> plotted_metrics(const train::RunHistory& history) {
    std::set<std::string> names;
    for (const EpochEvent& epoch : history.epochs) {
        for (const auto& [name, value] : epoch.validation) {
            if (name != "loss" && train::find_metric(name) != nullptr) {
                names.insert(name);
            }
        }
    }
    return names;
}

Markup curves(const train::RunHistory& history) {
    Markup svgs = svg_lines(loss_plot(history));
    for (const std::string& name : plotted_metrics(history)) {
        svgs += svg_lines(metric_plot(*train::find_metric(name), history));
    }
    return plots(svgs + svg_lines(rate_plot(history)));
}

Markup curve_section(const train::RunHistory& history) {
    Markup out = "<section>\n<h2>Training</h2>\n";
    for (const std::string& note : history.notes) {
        out += Markup::format("<p>{}.</p>\n", note);
    }
    if (history.epochs.empty()) {
        return out +
               "<p>The metrics of its epochs are not beside the checkpoint.</p>\n</section>\n";
    }
    if (history.epochs.size() == 1) {
        return out + Markup::format(
                         "<p>Its only epoch has a training loss of {:.5g}, so there are "
                         "no curves.</p>\n</section>\n",
                         history.epochs.front().training_loss);
    }
    out += curves(history);
    if (history.result && history.result->best_epoch) {
        out += Markup::format("<p>The dotted line marks epoch {}, whose weights are used.</p>\n",
                              *history.result->best_epoch);
    }
    return out + "</section>\n";
}

std::string epochs_text(const train::Recipe& recipe, const train::TrainingResult& result) {
    const std::string why = !result.stopped_after                 ? ""
                            : result.time_is_over.value_or(false) ? ", until its time was over"
                                                                  : ", since more did not help";
    return fmt::format("{} of {}{}", format_count(result.epochs),
                       format_count(recipe.training.epochs), why);
}

std::string batch_text(const train::LoopSettings& training) {
    const std::string size = format_count(training.batch_size);
    return training.accumulation == 1
               ? size
               : fmt::format("{}, {} batches in a step", size, format_count(training.accumulation));
}

Markup training_facts(const RunReport& report) {
    const train::Recipe& recipe = report.recipe;
    Markup facts =
        fact("Recipe", recipe.name) + fact("Summary", recipe.summary) +
        fact("Seed", fmt::format("{}", recipe.training.seed)) +
        fact("Optimizer",
             fmt::format("{}, learning rate {}, schedule {}", enum_name(recipe.optimizer.kind),
                         recipe.optimizer.learning_rate, enum_name(recipe.schedule.kind))) +
        fact("Batch size", batch_text(recipe.training));
    if (!report.history.result) {
        return facts;
    }
    const train::TrainingResult& result = *report.history.result;
    facts += fact("Epochs", epochs_text(recipe, result)) +
             fact("Steps", format_count(result.steps)) +
             fact("Time", format_duration(result.seconds) + " since it was started or resumed");
    return facts + fact("Precision", result.precision
                                         ? fmt::format("{}: {}", enum_name(result.precision->name),
                                                       result.precision->reason)
                                         : "float32");
}

std::string system_text(const std::string& system, const std::string& kernel) {
    return fmt::format("{}, kernel {}", system, kernel);
}

std::string threads_text(std::int64_t threads) {
    return counted(static_cast<std::uint64_t>(threads), "CPU thread", "CPU threads");
}

Markup details(std::string_view summary, const Markup& content) {
    return Markup::format("<details>\n<summary>{}</summary>\n{}</details>\n", summary, content);
}

Markup settings_section(const RunReport& report) {
    return "<section>\n<h2>Settings</h2>\n" + fact_table(training_facts(report)) +
           details(
               "The recipe with all settings",
               Markup::format("<pre>{}</pre>\n", Markup::lines(train::to_toml(report.recipe)))) +
           "</section>\n";
}

/// Unknown for a run that has not ended or that an old version trained.
Markup trained_section(const std::optional<train::TrainingMachine>& machine) {
    if (!machine) {
        return {};
    }
    return "<section>\n<h2>Trained with</h2>\n" +
           fact_table(fact("Device", machine->device) +
                      fact("System", system_text(machine->system.value_or("unknown"),
                                                 machine->kernel.value_or("unknown"))) +
                      fact("Backend", fmt::format("{}, {}", machine->backend,
                                                  threads_text(machine->threads))) +
                      fact("LibTorch", machine->libtorch) + fact("Trilby", machine->trilby)) +
           "</section>\n";
}

/// The machine may be another one than that of the training.
Markup machine_section(const RunReport& report) {
    const RunMachine& on = report.machine;
    const OperatingSystem& os = on.machine.os;
    const Markup facts = fact("Checkpoint", report.checkpoint) + fact("Data", report.data) +
                         fact("Processor", on.machine.cpu.model.value_or("")) +
                         fact("System", system_text(os.pretty_name.value_or("unknown"),
                                                    os.kernel_release.value_or("unknown"))) +
                         fact("Backend", fmt::format("{}, device {}, {}", on.backend, on.device,
                                                     threads_text(on.threads))) +
                         fact("LibTorch", on.libtorch) + fact("Trilby", report.program_version);
    const std::string machine = to_text(on.machine, Style{});
    return "<section>\n<h2>Evaluated with</h2>\n" + fact_table(facts) +
           details("The machine", Markup::format("<pre>{}</pre>\n", Markup::lines(machine))) +
           "</section>\n";
}

}  // namespace

std::string to_html(const RunReport& report) {
    const std::string title =
        fmt::format("{}: {}", report.recipe.name, result_text(report.evaluation));
    return page(title, Markup::format("<h1>{}</h1>\n", title) + lead(report.evaluation) +
                           result_table(report.evaluation) + curve_section(report.history) +
                           class_section(report.evaluation) +
                           number_section(report.evaluation, report.samples) +
                           forecast_section(report.evaluation, report.samples) +
                           text_section(report.samples) + sample_section(report.samples) +
                           settings_section(report) + trained_section(report.history.machine) +
                           machine_section(report));
}

std::string unfinished_run_html() {
    return page("trilby evaluate: unfinished", "<p>The evaluation did not finish.</p>\n");
}

}  // namespace trilby::report
