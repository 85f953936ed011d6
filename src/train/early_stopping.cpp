// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/early_stopping.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace trilby::train {
namespace {

bool loss_is_lower(const Metrics& now, const Metrics& then) {
    const auto loss = value_of("loss", now);
    return loss && loss < value_of("loss", then);
}

}  // namespace

const MetricKind* deciding_metric(std::string_view metric, std::int64_t examples) {
    constexpr std::int64_t few = 1'000;
    if (examples == 0) {
        return nullptr;
    }
    return find_metric(metric == "accuracy" && examples < few ? "loss" : metric);
}

bool is_better(const MetricKind& metric, const Metrics& validation, const BestEpoch& best) {
    const auto now = value_of(metric.name, validation);
    const auto then = value_of(metric.name, best.validation);
    if (!now || !then) {
        return now.has_value();
    }
    if (*now == *then) {
        return loss_is_lower(validation, best.validation);
    }
    return is_better(metric, *now, *then);
}

bool is_patience_over(const BestEpoch& best, std::int64_t epoch, std::int64_t patience) {
    return patience > 0 && epoch - best.epoch >= patience;
}

}  // namespace trilby::train
