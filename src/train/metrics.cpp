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
    MetricKind{.name = "loss", .words = "loss"},
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
