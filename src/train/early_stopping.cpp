// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/early_stopping.hpp"

#include <optional>
#include <string>

namespace trilby::train {
namespace {

std::optional<double> value_of(const MetricKind& metric, const Metrics& metrics) {
    const auto found = metrics.find(std::string(metric.name));
    return found != metrics.end() ? found->second.content : std::nullopt;
}

}  // namespace

bool is_better(const MetricKind& metric, const Metrics& validation, const BestEpoch& best) {
    const auto now = value_of(metric, validation);
    const auto then = value_of(metric, best.validation);
    if (!now || !then) {
        return now.has_value();
    }
    return metric.is_higher_better ? *now > *then : *now < *then;
}

bool is_patience_over(const BestEpoch& best, std::int64_t epoch, std::int64_t patience) {
    return patience > 0 && epoch - best.epoch >= patience;
}

}  // namespace trilby::train
