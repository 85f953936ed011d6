// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/checking/rates.hpp"

#include <algorithm>
#include <cstddef>
#include <fmt/format.h>
#include <optional>
#include <string>

#include "validate/catalog.hpp"
#include "validate/statistics.hpp"

namespace trilby::backends {
namespace {

// The share of its speed that a device must keep in the second half of the time.
constexpr double least_sustained = 0.75;
constexpr std::size_t least_rates_to_judge = 8;
constexpr std::size_t most_points = 500;

using Points = std::vector<std::pair<double, double>>;

/// Every n-th point, as many as a plot can show. Their place is in percent of the time that the
/// check really took: its last round may end late.
Points for_plot(const Points& points, double part_in_the_end) {
    const std::size_t stride = 1 + points.size() / most_points;
    Points out;
    for (std::size_t i = 0; i < points.size(); i += stride) {
        out.emplace_back(100 * points[i].first / std::max(1.0, part_in_the_end), points[i].second);
    }
    return out;
}

}  // namespace

void Rates::add(double part_of_time, double work, Timing timing) {
    rates_.push_back(work / timing.seconds);
    busy_rates_.push_back(work / timing.busy_seconds);
    points_.emplace_back(part_of_time, rates_.back());
    busy_seconds_ += timing.busy_seconds;
    work_ += work;
}

void Rates::report(CheckRun& run) const {
    measure(run);
    judge(run);
}

void Rates::measure(CheckRun& run) const {
    if (rates_.empty()) {
        return;
    }
    const double value = validate::median(rates_);
    const bool is_shared = validate::median(busy_rates_) > value;
    // Threads look busy while they wait for one that lost its CPU: the best rate is the truest.
    run.measure(quantity_, value, "the median over the time of the check",
                is_shared ? std::optional(std::ranges::max(busy_rates_)) : std::nullopt);
    const std::string unit(quantity_.unit);
    run.plot({std::string(quantity_.name), "part of the time in percent", unit,
              for_plot(points_, run.progress())});
}

void Rates::judge(CheckRun& run) const {
    if (busy_seconds_ < validate::least_seconds_to_judge || rates_.size() < least_rates_to_judge) {
        return;
    }
    const auto half = static_cast<std::ptrdiff_t>(busy_rates_.size() / 2);
    const double earlier = validate::median({busy_rates_.begin(), busy_rates_.begin() + half});
    const double later = validate::median({busy_rates_.begin() + half, busy_rates_.end()});
    run.expect(later >= least_sustained * earlier, fmt::format("{}, sustained", quantity_.name),
               fmt::format("at least {:.4g} {}, {:.0f} % of the first half",
                           least_sustained * earlier, quantity_.unit, 100 * least_sustained),
               later);
}

}  // namespace trilby::backends
