// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/table/table_metrics.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <vector>

#include "data/column.hpp"

namespace trilby::train::table {
namespace {

using Classes = std::span<const std::int32_t>;

json::Nullable<double> finite_or_null(double value) {
    return {std::isfinite(value) ? std::optional(value) : std::nullopt};
}

double mean(const std::vector<double>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// The mean of the fractions of each class that are found.
double balanced_accuracy(const std::vector<double>& is_right, Classes classes,
                         std::size_t class_count) {
    std::vector<data::NumberSummary> recalls(class_count);
    for (std::size_t row = 0; row < classes.size(); ++row) {
        recalls[static_cast<std::size_t>(classes[row])].add(is_right[row]);
    }
    data::NumberSummary all;
    for (const data::NumberSummary& recall : recalls) {
        if (recall.count > 0) {
            all.add(recall.mean);
        }
    }
    return all.mean;
}

/// The probability that a row of class 1 has a higher score than one of class 0, from the sum of
/// its ranks (Mann and Whitney). Equal scores share their mean rank. NaN if a score is not finite:
/// NaN has no rank.
double roc_auc(std::span<const float> probabilities, Classes classes) {
    if (!std::ranges::all_of(probabilities, [](float one) { return std::isfinite(one); })) {
        return NAN;
    }
    std::vector<std::pair<float, std::int32_t>> ranked;
    for (std::size_t row = 0; row < classes.size(); ++row) {
        ranked.emplace_back(probabilities[2 * row + 1], classes[row]);
    }
    std::ranges::sort(ranked);
    double rank_sum = 0.0;
    double positives = 0.0;
    for (std::size_t first = 0; first < ranked.size();) {
        std::size_t last = first;
        double positives_here = 0.0;
        for (; last < ranked.size() && ranked[last].first == ranked[first].first; ++last) {
            positives_here += ranked[last].second;
        }
        rank_sum += positives_here * 0.5 * static_cast<double>(first + last + 1);
        positives += positives_here;
        first = last;
    }
    const double negatives = static_cast<double>(ranked.size()) - positives;
    return (rank_sum - positives * (positives + 1.0) / 2.0) / (positives * negatives);
}

std::vector<double> errors_of(const auto& predicted, const auto& actual) {
    std::vector<double> errors(predicted.size());
    std::ranges::transform(predicted, actual, errors.begin(), std::minus<double>());
    return errors;
}

double mean_square(const std::vector<double>& values) {
    return std::inner_product(values.begin(), values.end(), values.begin(), 0.0) /
           static_cast<double>(values.size());
}

double mean_size(const std::vector<double>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0,
                           [](double sum, double value) { return sum + std::abs(value); }) /
           static_cast<double>(values.size());
}

double variance(const std::vector<double>& values) {
    data::NumberSummary summary;
    for (const double value : values) {
        summary.add(value);
    }
    return summary.deviation() * summary.deviation();
}

std::vector<double> numbers_of(const Target& target, std::span<const float> outputs) {
    std::vector<double> numbers(outputs.size());
    std::ranges::transform(outputs, numbers.begin(),
                           [&](float output) { return in_own_unit(target, output); });
    return numbers;
}

}  // namespace

std::string_view headline(const Target& target) {
    return target.is_class() ? "accuracy" : target.is_log ? "rmse_log" : "rmse";
}

Metrics classification_metrics(std::span<const float> probabilities, Classes classes,
                               std::size_t class_count) {
    constexpr double smallest = 1e-7;  // what float32 can tell from 0 in a softmax
    std::vector<double> is_right(classes.size());
    std::vector<double> losses(classes.size());
    for (std::size_t row = 0; row < classes.size(); ++row) {
        const auto scores = probabilities.subspan(row * class_count, class_count);
        const auto best = std::ranges::max_element(scores) - scores.begin();
        const double truth = scores[static_cast<std::size_t>(classes[row])];
        is_right[row] = best == classes[row] ? 1.0 : 0.0;
        losses[row] = -std::log(std::max(truth, smallest));
    }
    Metrics metrics{
        {"accuracy", finite_or_null(mean(is_right))},
        {"balanced_accuracy", finite_or_null(balanced_accuracy(is_right, classes, class_count))},
        {"log_loss", finite_or_null(mean(losses))},
        {"loss", finite_or_null(mean(losses))}};
    if (class_count == 2 &&
        std::ranges::adjacent_find(classes, std::not_equal_to()) != classes.end()) {
        metrics["roc_auc"] = finite_or_null(roc_auc(probabilities, classes));
    }
    return metrics;
}

Metrics regression_metrics(const Target& target, std::span<const float> outputs,
                           std::span<const float> expected) {
    const std::vector<double> actual = numbers_of(target, expected);
    const std::vector<double> errors = errors_of(numbers_of(target, outputs), actual);
    const double loss = mean_square(errors_of(outputs, expected));
    Metrics metrics{{"rmse", finite_or_null(std::sqrt(mean_square(errors)))},
                    {"mae", finite_or_null(mean_size(errors))},
                    {"r2", finite_or_null(1.0 - mean_square(errors) / variance(actual))},
                    {"loss", finite_or_null(loss)}};
    if (target.is_log) {
        metrics["rmse_log"] = finite_or_null(target.deviation * std::sqrt(loss));
    }
    return metrics;
}

}  // namespace trilby::train::table
