// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/metrics.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>

namespace trilby::train {

namespace {

constexpr std::array kinds{
    MetricKind{
        .name = "accuracy", .words = "accuracy", .is_higher_better = true, .is_fraction = true},
    MetricKind{.name = "balanced_accuracy",
               .words = "balanced accuracy",
               .is_higher_better = true,
               .is_fraction = true},
    MetricKind{.name = "log_loss", .words = "log loss"},
    MetricKind{.name = "loss", .words = "loss"},
    MetricKind{.name = "mae", .words = "MAE"},
    MetricKind{.name = "mse", .words = "MSE"},
    MetricKind{.name = "nats_per_character", .words = "nats per character"},
    MetricKind{.name = "bits_per_character", .words = "bits per character"},
    MetricKind{.name = "r2", .words = "R2", .is_higher_better = true},
    MetricKind{.name = "rmse", .words = "RMSE"},
    MetricKind{.name = "rmse_log", .words = "RMSE of the logarithm"},
    MetricKind{.name = "roc_auc", .words = "ROC AUC", .is_higher_better = true},
};

/// About five digits: "0.0312", "543.21", "12346", "1.1132e+15".
std::string five_digits(double value) {
    constexpr double smallest = 0.001;
    constexpr double largest = 1e7;
    const double size = std::abs(value);
    if (value != 0.0 && (size < smallest || size >= largest)) {
        return fmt::format("{:.5g}", value);
    }
    const int digits_before_point = size < 10.0 ? 1 : static_cast<int>(std::log10(size)) + 1;
    return fmt::format("{:.{}f}", value, std::max(0, 5 - digits_before_point));
}

}  // namespace

std::span<const MetricKind> metric_kinds() {
    return kinds;
}

const MetricKind* find_metric(std::string_view name) {
    const auto* found = std::ranges::find(kinds, name, &MetricKind::name);
    return found != kinds.end() ? found : nullptr;
}

std::string format_metric(const MetricKind& kind, const json::Nullable<double>& value) {
    if (!value.content || !std::isfinite(*value.content)) {
        return "not a number";
    }
    return kind.is_fraction ? fmt::format("{:.2f} %", 100.0 * *value.content)
                            : five_digits(*value.content);
}

std::optional<double> value_of(std::string_view metric, const Metrics& metrics) {
    const auto found = metrics.find(std::string(metric));
    const auto value = found != metrics.end() ? found->second.content : std::nullopt;
    return value && std::isfinite(*value) ? value : std::nullopt;
}

bool is_better(const MetricKind& kind, double now, double then) {
    return kind.is_higher_better ? now > then : now < then;
}

bool is_better(std::string_view metric, const Metrics& ours, const Metrics& theirs) {
    const MetricKind* kind = find_metric(metric);
    const auto other = value_of(metric, theirs);
    if (kind == nullptr || !ours.contains(std::string(metric)) || !other) {
        return true;
    }
    const auto mine = value_of(metric, ours);
    return mine && is_better(*kind, *mine, *other);
}

}  // namespace trilby::train
