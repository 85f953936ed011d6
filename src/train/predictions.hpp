// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What a trained network predicts for the user's data.

#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/json.hpp"
#include "train/metrics.hpp"
#include "train/prepared_data.hpp"
#include "train/recipe.hpp"
#include <trilby/result.hpp>

namespace trilby::train {

/// A table of predictions, one row per image, row or time.
struct Predictions {
    using Cell = std::variant<std::string, double>;
    std::vector<std::string> columns;  ///< no two are the same
    std::vector<std::vector<Cell>> rows;
    /// The significant digits of the numbers in each column; empty: as many as float32 has.
    std::vector<int> digits = {};
};

/// How well the classes are told apart.
struct ClassReport {
    std::string name;
    std::int64_t examples = 0;   ///< that are of the class
    std::int64_t predicted = 0;  ///< that are said to be of the class
    double precision = 0.0;      ///< 0 to 1; 0 if nothing is predicted
    double recall = 0.0;
    double f1 = 0.0;
};

/// The errors of a number: a target, or a variable of a series.
struct ErrorReport {
    std::string name;
    double rmse = 0.0;  ///< in the unit of the data, as the next
    double mae = 0.0;
    double bias = 0.0;  ///< mean of prediction minus truth
};

/// More than metrics: where the errors are.
struct Evaluation {
    std::int64_t examples = 0;
    std::string part = "given";  ///< "test" or "validation" of the run's own data, or other data
    std::string metric;          ///< the name of the deciding one
    Metrics metrics;
    std::vector<Baseline> baselines;
    std::vector<ClassReport> classes;                   ///< of a classification
    std::vector<std::vector<std::int64_t>> confusions;  ///< rows: truth, columns: prediction
    std::vector<ErrorReport> errors;                    ///< of numbers
};

/// One class taken for another.
struct Confusion {
    std::int64_t examples = 0;
    std::size_t truth = 0;  ///< the position of the class
    std::size_t predicted = 0;
};

/// At most `most` of the confusions, the most frequent ones first.
[[nodiscard]] std::vector<Confusion> frequent_confusions(const Evaluation& evaluation,
                                                         std::size_t most);

/// Fills `classes` and `confusions` from the labels of examples and the predicted ones.
void report_classes(Evaluation& evaluation, const std::vector<std::string>& names,
                    std::span<const std::int32_t> truth, std::span<const std::int32_t> predicted);

/// The errors of a number: predictions minus truths, in the unit of the data.
[[nodiscard]] ErrorReport report_errors(std::string name, std::span<const double> errors);

/// The class with the largest of `classes` scores in each row.
[[nodiscard]] std::vector<std::int32_t> largest(std::span<const float> scores, std::size_t classes);

// These find the function of the recipe's task, which has the same name and takes the task's
// settings instead of the recipe.

/// Reads files to predict, with the schema of a run: all of them are the test part. "-" is standard
/// input where rows can be read from there.
[[nodiscard]] Result<PreparedData> prepare_inputs(const Recipe& recipe, const json::object& schema,
                                                  const std::vector<std::filesystem::path>& files);
/// The same for data whose targets are known, to compare the predictions with them: a series is
/// forecast from each of its times, not only from its end.
[[nodiscard]] Result<PreparedData> prepare_evaluation(const Recipe& recipe,
                                                      const json::object& schema,
                                                      const std::filesystem::path& path);
/// The outputs for the test part: its number of examples, and the numbers of each.
[[nodiscard]] Result<Shape> output_shape(const Recipe& recipe, const PreparedData& data);
/// `outputs` are those of the test part of `data`. ErrorCode::bad_data if one is not finite, as for
/// the next.
[[nodiscard]] Result<Predictions> to_predictions(const Recipe& recipe, const PreparedData& data,
                                                 std::span<const float> outputs);
/// Adds what the outputs for data with targets show.
[[nodiscard]] Result<void> add_reports(const Recipe& recipe, const PreparedData& data,
                                       std::span<const float> outputs, Evaluation& evaluation);

}  // namespace trilby::train
