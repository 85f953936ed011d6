// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/metrics.hpp"

#include <algorithm>
#include <array>
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
    MetricKind{.name = "r2", .words = "R2", .is_higher_better = true},
    MetricKind{.name = "rmse", .words = "RMSE"},
    MetricKind{.name = "rmse_log", .words = "RMSE of the logarithm"},
    MetricKind{.name = "roc_auc", .words = "ROC AUC", .is_higher_better = true},
};

}  // namespace

std::span<const MetricKind> metric_kinds() {
    return kinds;
}

const MetricKind* find_metric(std::string_view name) {
    const auto* found = std::ranges::find(kinds, name, &MetricKind::name);
    return found != kinds.end() ? found : nullptr;
}

std::string format_metric(const MetricKind& kind, const json::Nullable<double>& value) {
    if (!value.content) {
        return "not a number";
    }
    return kind.is_fraction ? fmt::format("{:.2f} %", 100.0 * *value.content)
                            : fmt::format("{:.4f}", *value.content);
}

}  // namespace trilby::train
