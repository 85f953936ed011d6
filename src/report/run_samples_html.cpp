// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <vector>

#include "base/units.hpp"
#include "data/png.hpp"
#include "report/page.hpp"
#include "report/plot.hpp"
#include "report/run_html.hpp"

namespace trilby::report {
namespace {

using train::ClassReport;
using train::ClassSample;
using train::Evaluation;

/// Longer tables are folded.
constexpr std::size_t most_open_rows = 30;

std::string percent(double fraction) {
    return fmt::format("{:.1f} %", 100 * fraction);
}

std::string percent_if(bool is_known, double fraction) {
    return is_known ? percent(fraction) : "-";
}

Markup number_cell(std::string_view text) {
    return Markup::format("<td class=\"number\">{}</td>", text);
}

Markup number_head(std::string_view text) {
    return Markup::format("<th scope=\"col\" class=\"number\">{}</th>", text);
}

Markup folded(std::size_t rows, std::string_view summary, const Markup& content) {
    return rows <= most_open_rows
               ? content
               : Markup::format("<details>\n<summary>{}</summary>\n{}</details>\n", summary,
                                content);
}

Markup class_row(const ClassReport& one) {
    const bool has_any = one.examples > 0;
    return Markup::format(
        "<tr><th scope=\"row\">{}</th>{}{}{}{}{}</tr>\n", one.name,
        number_cell(format_count(one.examples)), number_cell(format_count(one.predicted)),
        number_cell(percent_if(one.predicted > 0, one.precision)),
        number_cell(percent_if(has_any, one.recall)), number_cell(percent_if(has_any, one.f1)));
}

Markup class_table(const std::vector<ClassReport>& classes) {
    Markup rows;
    for (const ClassReport& one : classes) {
        rows += class_row(one);
    }
    const Markup head = "<th scope=\"col\">Class</th>" + number_head("Examples") +
                        number_head("Predicted") + number_head("Precision") +
                        number_head("Recall") + number_head("F1");
    return folded(classes.size(), fmt::format("All {} classes", format_count(classes.size())),
                  table(head, rows));
}

Markup matrix_row(const Evaluation& evaluation, std::size_t truth) {
    const ClassReport& one = evaluation.classes[truth];
    Markup cells = Markup::format("<th scope=\"row\">{} {}</th>", truth, one.name);
    for (const std::int64_t examples : evaluation.confusions[truth]) {
        const double part = static_cast<double>(examples) /
                            static_cast<double>(std::max<std::int64_t>(1, one.examples));
        cells += Markup::format("<td style=\"--part:{:.2f}\">{}</td>", 0.6 * part,
                                format_count(examples));
    }
    return Markup::format("<tr>{}</tr>\n", cells);
}

/// A heat map, for as many classes as fit a page.
Markup matrix(const Evaluation& evaluation) {
    constexpr std::size_t most_classes = 25;
    const std::size_t classes = evaluation.confusions.size();
    if (classes > most_classes) {
        return {};
    }
    Markup head = "<th scope=\"col\">Truth</th>";
    for (std::size_t c = 0; c < classes; ++c) {
        head +=
            Markup::format("<th scope=\"col\" class=\"number\"><abbr title=\"{}\">{}</abbr></th>",
                           evaluation.classes[c].name, c);
    }
    Markup rows;
    for (std::size_t truth = 0; truth < classes; ++truth) {
        rows += matrix_row(evaluation, truth);
    }
    return Markup::format(
        "<h3>Confusion matrix</h3>\n<p>A row is a true class, a column what was "
        "predicted.</p>\n<div class=\"wide\"><table class=\"matrix\">\n"
        "<tr>{}</tr>\n{}</table></div>\n",
        head, rows);
}

Markup confusion_table(const Evaluation& evaluation) {
    constexpr std::size_t most_rows = 20;
    Markup rows;
    for (const train::Confusion& one : train::frequent_confusions(evaluation, most_rows)) {
        const ClassReport& truth = evaluation.classes[one.truth];
        rows += Markup::format("<tr><td>{}</td><td>{}</td>{}{}</tr>\n", truth.name,
                               evaluation.classes[one.predicted].name,
                               number_cell(format_count(one.examples)),
                               number_cell(percent(static_cast<double>(one.examples) /
                                                   static_cast<double>(truth.examples))));
    }
    return rows.empty() ? rows
                        : "<h3>Most frequent confusions</h3>\n" +
                              table("<th scope=\"col\">Truth</th><th scope=\"col\">Predicted</th>" +
                                        number_head("Examples") + number_head("Of the class"),
                                    rows);
}

Markup picture(const ClassSample& sample) {
    const auto png = data::encode_png(*sample.picture);
    return png ? Markup::format(
                     "<img alt=\"example {}\" width=\"{}\" height=\"{}\" "
                     "src=\"data:image/png;base64,{}\">",
                     sample.example, sample.picture->width, sample.picture->height,
                     Markup::base64(*png))
               : Markup();
}

Markup verdict(const ClassSample& sample) {
    const bool is_right = sample.truth == sample.predicted;
    return Markup::format("<span class=\"{}\">{}</span>", is_right ? "pass" : "fail",
                          sample.predicted);
}

Markup picture_list(const std::vector<ClassSample>& samples) {
    Markup items;
    for (const ClassSample& sample : samples) {
        items += Markup::format("<li>{}{}, {}<br>truth: {}</li>\n", picture(sample),
                                verdict(sample), percent(sample.probability), sample.truth);
    }
    return Markup::format("<ul class=\"samples\">\n{}</ul>\n", items);
}

Markup sample_table(const std::vector<ClassSample>& samples) {
    Markup rows;
    for (const ClassSample& sample : samples) {
        rows += Markup::format("<tr><td>{}</td><td>{}</td><td>{}</td>{}</tr>\n",
                               format_count(sample.example), sample.truth, verdict(sample),
                               number_cell(percent(sample.probability)));
    }
    return table(
        "<th scope=\"col\">Example</th><th scope=\"col\">Truth</th>"
        "<th scope=\"col\">Predicted</th>" +
            number_head("Probability"),
        rows);
}

Markup samples_of(std::string_view title, const std::vector<ClassSample>& samples) {
    if (samples.empty()) {
        return {};
    }
    return Markup::format("<h3>{}</h3>\n{}", title,
                          samples.front().picture ? picture_list(samples) : sample_table(samples));
}

std::string measure(double value) {
    return fmt::format("{:.5g}", value);
}

Markup error_table(const std::vector<train::ErrorReport>& errors) {
    Markup rows;
    for (const train::ErrorReport& error : errors) {
        rows += Markup::format("<tr><th scope=\"row\">{}</th>{}{}{}</tr>\n", error.name,
                               number_cell(measure(error.rmse)), number_cell(measure(error.mae)),
                               number_cell(measure(error.bias)));
    }
    return folded(errors.size(), fmt::format("The errors of {} variables", errors.size()),
                  table("<th scope=\"col\">Error of</th>" + number_head("RMSE") +
                            number_head("MAE") + number_head("Bias"),
                        rows));
}

Markup number_plots(const train::NumberSamples& numbers) {
    std::vector<double> errors;
    for (const auto& [truth, prediction] : numbers.pairs) {
        errors.push_back(prediction - truth);
    }
    return plots(
        svg_scatter({.name = fmt::format("{}: predicted against true", numbers.name),
                     .x_label = "true",
                     .y_label = "",
                     .lines = {{"examples", numbers.pairs}},
                     .starts_at_zero = false}) +
        svg_histogram(fmt::format("{}: errors", numbers.name), "predicted minus true", errors));
}

/// Steps are counted from the last one that the network sees, which is 0.
Points steps_from(double first, const std::vector<double>& values) {
    Points points;
    for (const double value : values) {
        points.emplace_back(first++, value);
    }
    return points;
}

Markup forecast_plot(const train::ForecastSample& sample) {
    const double first_past = 1 - static_cast<double>(sample.past.size());
    return svg_lines(
        Plot{.name = fmt::format("{}, window {}", sample.variable, format_count(sample.window)),
             .x_label = "step",
             .y_label = "",
             .lines = {{"past", steps_from(first_past, sample.past)},
                       {"truth", steps_from(1, sample.truth)},
                       {"forecast", steps_from(1, sample.forecast)}},
             .starts_at_zero = false,
             .mark = 0});
}

}  // namespace

Markup class_section(const Evaluation& evaluation) {
    return evaluation.classes.empty()
               ? Markup()
               : "<section>\n<h2>Classes</h2>\n" + class_table(evaluation.classes) +
                     matrix(evaluation) + confusion_table(evaluation) + "</section>\n";
}

Markup number_section(const Evaluation& evaluation, const train::Samples& samples) {
    if (!samples.numbers) {
        return {};
    }
    return "<section>\n<h2>Errors</h2>\n" + error_table(evaluation.errors) +
           number_plots(*samples.numbers) +
           Markup::format("<p>The plots show {} of {} examples.</p>\n</section>\n",
                          format_count(samples.numbers->pairs.size()),
                          format_count(evaluation.examples));
}

Markup forecast_section(const Evaluation& evaluation, const train::Samples& samples) {
    if (samples.forecasts.empty()) {
        return {};
    }
    Markup svgs;
    for (const train::ForecastSample& sample : samples.forecasts) {
        svgs += forecast_plot(sample);
    }
    return "<section>\n<h2>Forecasts</h2>\n" + error_table(evaluation.errors) + plots(svgs) +
           "</section>\n";
}

Markup text_section(const train::Samples& samples) {
    if (samples.text_losses.empty()) {
        return {};
    }
    Markup out =
        "<section>\n<h2>Text</h2>\n" + plots(svg_lines({.name = "loss along the text",
                                                        .x_label = "token",
                                                        .y_label = "nats per token",
                                                        .lines = {{"loss", samples.text_losses}}}));
    if (!samples.generated.empty()) {
        out += Markup::format("<h3>Written by the network</h3>\n<pre>{}</pre>\n",
                              Markup::lines(samples.generated));
    }
    return out + "</section>\n";
}

Markup sample_section(const train::Samples& samples) {
    return samples.first.empty()
               ? Markup()
               : "<section>\n<h2>Sample predictions</h2>\n" +
                     samples_of("First examples", samples.first) +
                     samples_of("Wrong predictions with the highest probabilities",
                                samples.errors) +
                     "</section>\n";
}

}  // namespace trilby::report
