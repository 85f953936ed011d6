// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The measures of how good a network is.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "base/nullable.hpp"

namespace trilby::train {

/// Values by the name of the metric; null where a value is not finite.
using Metrics = std::map<std::string, json::Nullable<double>>;

/// How a metric is read.
struct MetricKind {
    std::string_view name;   ///< in documents: "accuracy"
    std::string_view words;  ///< for people: "accuracy", "RMSE"
    bool is_higher_better = false;
    bool is_fraction = false;  ///< 0 to 1, shown in percent
};

[[nodiscard]] std::span<const MetricKind> metric_kinds();
/// nullptr for an unknown metric.
[[nodiscard]] const MetricKind* find_metric(std::string_view name);

/// "93.12 %" or "0.1337"; "not a number" for a value that is not finite.
[[nodiscard]] std::string format_metric(const MetricKind& kind,
                                        const json::Nullable<double>& value);

/// Nothing if the metric is missing or not finite.
[[nodiscard]] std::optional<double> value_of(std::string_view metric, const Metrics& metrics);

[[nodiscard]] bool is_better(const MetricKind& kind, double now, double then);
/// Whether `ours` is better by the metric than `theirs`. Also true if they cannot be compared: the
/// metric is unknown, `ours` lacks it, or `theirs` has no finite value of it.
[[nodiscard]] bool is_better(std::string_view metric, const Metrics& ours, const Metrics& theirs);

/// What is reached without a network, such as by always guessing the most frequent class.
struct Baseline {
    std::string name;  ///< "most frequent class"
    Metrics metrics;   ///< on the test part
};

}  // namespace trilby::train
