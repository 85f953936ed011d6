// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/telemetry_cost.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "validate/quantities.hpp"

namespace trilby::validate {

double window_part(double seconds) {
    constexpr double least_seconds = 0.25;
    constexpr double most_windows = 1000;
    return std::max(least_seconds / seconds, 1 / most_windows);
}

std::optional<Issue> judge_telemetry_cost(const CheckReport& report) {
    constexpr double least_percent = 80;
    const auto pairs =
        std::ranges::find(report.series, quantities::kept_with_telemetry.name, &Series::name);
    if (pairs == report.series.end() || pairs->points.size() < least_pairs_to_judge) {
        return std::nullopt;
    }
    const auto [lowest, highest] = std::ranges::minmax(
        pairs->points, {}, [](const std::pair<double, double>& pair) { return pair.second; });
    if (highest.second >= least_percent) {
        return std::nullopt;
    }
    return Issue{
        .kind = IssueKind::warning,
        .where = "speed while telemetry is read",
        .found = fmt::format("{:.0f} to {:.0f} % of that without", lowest.second, highest.second),
        .expected = fmt::format("at least {:.0f} %", least_percent),
        .remedy =
            "let monitors of the card, such as exporters of metrics, read it less "
            "often, and update its driver and firmware"};
}

}  // namespace trilby::validate
