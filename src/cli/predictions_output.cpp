// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "cli/predictions_output.hpp"

#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/units.hpp"
#include "report/table.hpp"
#include "train/documents.hpp"

namespace trilby::cli {
namespace {

using train::Predictions;

/// As many as a network computes.
constexpr int float32_digits = 7;

/// All digits of whole numbers, such as those of rows.
std::string number_text(double number, int digits = float32_digits) {
    constexpr double largest_whole = 1e15;
    if (number == std::floor(number) && std::abs(number) < largest_whole) {
        return fmt::format("{:.0f}", number);
    }
    return fmt::format("{:.{}g}", number, digits);
}

std::string quoted(const std::string& text) {
    if (text.find_first_of(",\"\r\n") == std::string::npos) {
        return text;
    }
    std::string out = "\"";
    for (const char c : text) {
        out += c == '"' ? std::string("\"\"") : std::string(1, c);
    }
    return out + '"';
}

std::string csv_cell(const Predictions::Cell& cell, int digits) {
    const auto* text = std::get_if<std::string>(&cell);
    return text != nullptr ? quoted(*text) : number_text(std::get<double>(cell), digits);
}

int digits_of(const Predictions& predictions, std::size_t column) {
    return predictions.digits.empty() ? float32_digits : predictions.digits[column];
}

json::value json_cell(const Predictions::Cell& cell) {
    const auto* text = std::get_if<std::string>(&cell);
    return text != nullptr ? json::value(*text) : json::value(std::get<double>(cell));
}

std::string percent(double fraction) {
    return fmt::format("{:.2f} %", 100.0 * fraction);
}

/// One line per metric that people know by a name, the one that decides first.
SafeText metrics_text(const train::Evaluation& evaluation) {
    SafeText text;
    const auto line = [&](const std::string& name, const json::Nullable<double>& value) {
        if (const train::MetricKind* kind = train::find_metric(name)) {
            text += SafeText::format("{}  {}\n", fmt::format("{:22}", kind->words),
                                     train::format_metric(*kind, value));
        }
    };
    if (const auto first = evaluation.metrics.find(evaluation.metric);
        first != evaluation.metrics.end()) {
        line(first->first, first->second);
    }
    for (const auto& [name, value] : evaluation.metrics) {
        if (name != evaluation.metric) {
            line(name, value);
        }
    }
    return text;
}

/// The best weights were chosen by the validation part, so its errors are probably too small.
SafeText part_text(const train::Evaluation& evaluation) {
    return evaluation.part != "validation"
               ? SafeText()
               : SafeText::format("{}  the validation part; there is no test part\n",
                                  fmt::format("{:22}", "of"));
}

SafeText baselines_text(const train::Evaluation& evaluation) {
    const train::MetricKind* kind = train::find_metric(evaluation.metric);
    SafeText text;
    for (const train::Baseline& baseline : evaluation.baselines) {
        const auto value = baseline.metrics.find(evaluation.metric);
        if (kind != nullptr && value != baseline.metrics.end()) {
            text += SafeText::format("{}  {} by {}\n", fmt::format("{:22}", "baseline"),
                                     train::format_metric(*kind, value->second), baseline.name);
        }
    }
    return text;
}

SafeText classes_text(const std::vector<train::ClassReport>& classes) {
    report::Table table({"class", "examples", "predicted", "precision", "recall", "F1"});
    for (const train::ClassReport& one : classes) {
        const bool has_any = one.examples > 0;
        table.add({one.name, format_count(one.examples), format_count(one.predicted),
                   one.predicted > 0 ? percent(one.precision) : "-",
                   has_any ? percent(one.recall) : "-", has_any ? percent(one.f1) : "-"});
    }
    return table.text();
}

/// The most frequent errors: what is taken for what.
SafeText confusions_text(const train::Evaluation& evaluation) {
    constexpr std::size_t most_lines = 10;
    const auto confusions = train::frequent_confusions(evaluation, most_lines);
    report::Table table({"most frequent errors", "taken for", "examples"});
    for (const train::Confusion& confusion : confusions) {
        table.add({evaluation.classes[confusion.truth].name,
                   evaluation.classes[confusion.predicted].name, format_count(confusion.examples)});
    }
    return confusions.empty() ? SafeText() : table.text();
}

/// The whole matrix, where it fits a screen.
SafeText matrix_text(const train::Evaluation& evaluation) {
    constexpr std::size_t most_classes = 12;
    if (evaluation.confusions.size() > most_classes) {
        return {};
    }
    std::vector<std::string> header{"confusions (rows: truth)"};
    for (std::size_t c = 0; c < evaluation.classes.size(); ++c) {
        header.push_back(fmt::format("{}", c));
    }
    report::Table table(header);
    for (std::size_t truth = 0; truth < evaluation.confusions.size(); ++truth) {
        std::vector<std::string> row{fmt::format("{} {}", truth, evaluation.classes[truth].name)};
        for (const std::int64_t examples : evaluation.confusions[truth]) {
            row.push_back(format_count(examples));
        }
        table.add(row);
    }
    return table.text();
}

SafeText errors_text(const std::vector<train::ErrorReport>& errors) {
    report::Table table({"error of", "RMSE", "MAE", "bias"});
    for (const train::ErrorReport& error : errors) {
        table.add(
            {error.name, number_text(error.rmse), number_text(error.mae), number_text(error.bias)});
    }
    return table.text();
}

}  // namespace

SafeText predictions_csv(const Predictions& predictions) {
    std::string text;
    const auto add = [&](const auto& cells, auto as_text) {
        for (std::size_t i = 0; i < cells.size(); ++i) {
            text += (i == 0 ? "" : ",") + as_text(cells[i], i);
        }
        text += '\n';
    };
    add(predictions.columns,
        [](const std::string& name, std::size_t /*column*/) { return quoted(name); });
    for (const auto& row : predictions.rows) {
        add(row, [&](const Predictions::Cell& cell, std::size_t column) {
            return csv_cell(cell, digits_of(predictions, column));
        });
    }
    return SafeText::lines(text);
}

json::object predictions_json(const Predictions& predictions) {
    train::PredictionsDocument document;
    for (const auto& row : predictions.rows) {
        json::object object;
        for (std::size_t i = 0; i < row.size(); ++i) {
            object[predictions.columns[i]] = json_cell(row[i]);
        }
        document.predictions.push_back(std::move(object));
    }
    return train::document_of(document);
}

SafeText evaluation_text(const train::Evaluation& evaluation) {
    SafeText text = SafeText::format("{}  {}\n", fmt::format("{:22}", "examples"),
                                     format_count(evaluation.examples)) +
                    part_text(evaluation) + metrics_text(evaluation) + baselines_text(evaluation);
    if (!evaluation.classes.empty()) {
        text += "\n" + classes_text(evaluation.classes);
        for (const SafeText& part : {matrix_text(evaluation), confusions_text(evaluation)}) {
            text += part.empty() ? SafeText() : "\n" + part;
        }
    }
    if (!evaluation.errors.empty()) {
        text += "\n" + errors_text(evaluation.errors);
    }
    return text;
}

json::object evaluation_json(const train::Evaluation& evaluation) {
    return train::document_of(evaluation);
}

}  // namespace trilby::cli
