// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/predictions.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fmt/format.h>
#include <functional>
#include <utility>
#include <variant>

#include "base/try.hpp"
#include "base/units.hpp"
#include "train/images/predictions.hpp"
#include "train/series/predictions.hpp"
#include "train/table/predictions.hpp"
#include "train/text/predictions.hpp"

namespace trilby::train {
namespace {

/// `name`, or else the first of name_2, name_3, ... that is not in `columns`.
std::string unused_name(const std::string& name, const std::vector<std::string>& columns) {
    std::string unused = name;
    for (int number = 2; std::ranges::find(columns, unused) != columns.end(); ++number) {
        unused = fmt::format("{}_{}", name, number);
    }
    return unused;
}

/// Columns of the data keep their names, and no two columns have the same. Those that are added,
/// such as "row" and "probability", come first or last.
void rename_added(std::vector<std::string>& columns) {
    for (std::string& column : columns) {
        if (std::ranges::count(columns, column) > 1) {
            std::string& added = column == columns.front() ? columns.front() : columns.back();
            added = unused_name(added, columns);
        }
    }
}

double ratio(double part, double whole) {
    return whole > 0.0 ? part / whole : 0.0;
}

/// Other numbers would be printed as if they were predictions; JSON does not even have them.
Result<void> require_finite(std::span<const float> outputs) {
    const auto others =
        std::ranges::count_if(outputs, [](float output) { return !std::isfinite(output); });
    if (others == 0) {
        return {};
    }
    return failure(
        ErrorCode::bad_data,
        fmt::format("{} of {} outputs of the network are not finite",
                    format_count(static_cast<std::uint64_t>(others)), format_count(outputs.size())),
        "look for input values that are far from those of the training, or train "
        "again with a lower learning rate");
}

}  // namespace

std::vector<Confusion> frequent_confusions(const Evaluation& evaluation, std::size_t most) {
    std::vector<Confusion> confusions;
    for (std::size_t truth = 0; truth < evaluation.confusions.size(); ++truth) {
        for (std::size_t predicted = 0; predicted < evaluation.confusions.size(); ++predicted) {
            const std::int64_t examples = evaluation.confusions[truth][predicted];
            if (truth != predicted && examples > 0) {
                confusions.push_back({examples, truth, predicted});
            }
        }
    }
    std::ranges::stable_sort(confusions, std::greater(), &Confusion::examples);
    confusions.resize(std::min(confusions.size(), most));
    return confusions;
}

void report_classes(Evaluation& evaluation, const std::vector<std::string>& names,
                    std::span<const std::int32_t> truth, std::span<const std::int32_t> predicted) {
    const std::size_t count = names.size();
    std::vector<std::vector<std::int64_t>> confusions(count, std::vector<std::int64_t>(count, 0));
    for (std::size_t i = 0; i < truth.size(); ++i) {
        ++confusions[static_cast<std::size_t>(truth[i])][static_cast<std::size_t>(predicted[i])];
    }
    for (std::size_t c = 0; c < count; ++c) {
        ClassReport report{.name = names[c]};
        for (std::size_t other = 0; other < count; ++other) {
            report.examples += confusions[c][other];
            report.predicted += confusions[other][c];
        }
        const auto right = static_cast<double>(confusions[c][c]);
        report.precision = ratio(right, static_cast<double>(report.predicted));
        report.recall = ratio(right, static_cast<double>(report.examples));
        report.f1 = ratio(2 * report.precision * report.recall, report.precision + report.recall);
        evaluation.classes.push_back(std::move(report));
    }
    evaluation.confusions = std::move(confusions);
}

ErrorReport report_errors(std::string name, std::span<const double> errors) {
    double squares = 0.0;
    double distances = 0.0;
    double sum = 0.0;
    for (const double error : errors) {
        squares += error * error;
        distances += std::abs(error);
        sum += error;
    }
    const auto count = static_cast<double>(std::max<std::size_t>(1, errors.size()));
    return {.name = std::move(name),
            .rmse = std::sqrt(squares / count),
            .mae = distances / count,
            .bias = sum / count};
}

std::vector<std::int32_t> largest(std::span<const float> scores, std::size_t classes) {
    std::vector<std::int32_t> found;
    for (std::size_t first = 0; first + classes <= scores.size(); first += classes) {
        const auto row = scores.subspan(first, classes);
        found.push_back(static_cast<std::int32_t>(std::ranges::max_element(row) - row.begin()));
    }
    return found;
}

Result<PreparedData> prepare_inputs(const Recipe& recipe, const json::object& schema,
                                    const std::vector<std::filesystem::path>& files) {
    return std::visit(
        [&](const auto& settings) { return prepare_inputs(settings, recipe, schema, files); },
        recipe.task);
}

Result<PreparedData> prepare_evaluation(const Recipe& recipe, const json::object& schema,
                                        const std::filesystem::path& path) {
    const auto* series = std::get_if<series::Settings>(&recipe.task);
    return series != nullptr ? series::prepare_evaluation(*series, schema, path)
                             : prepare_inputs(recipe, schema, {path});
}

Result<Shape> output_shape(const Recipe& recipe, const PreparedData& data) {
    return std::visit([&](const auto& settings) { return output_shape(settings, data); },
                      recipe.task);
}

Result<Predictions> to_predictions(const Recipe& recipe, const PreparedData& data,
                                   std::span<const float> outputs) {
    TRILBY_CHECK(require_finite(outputs));
    TRILBY_TRY(
        predictions,
        std::visit([&](const auto& settings) { return to_predictions(settings, data, outputs); },
                   recipe.task));
    rename_added(predictions.columns);
    return std::move(predictions);
}

Result<void> add_reports(const Recipe& recipe, const PreparedData& data,
                         std::span<const float> outputs, Evaluation& evaluation) {
    TRILBY_CHECK(require_finite(outputs));
    return std::visit(
        [&](const auto& settings) { return add_reports(settings, data, outputs, evaluation); },
        recipe.task);
}

}  // namespace trilby::train
