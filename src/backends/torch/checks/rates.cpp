// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/checks/rates.hpp"

#include <algorithm>
#include <cstddef>
#include <fmt/format.h>
#include <optional>

#include "validate/catalog.hpp"
#include "validate/statistics.hpp"

namespace trilby::backends {
namespace {

// A device that is this much slower in the second half of the time has slowed down.
constexpr double least_sustained = 0.75;
constexpr std::size_t least_rates_to_judge = 8;
constexpr std::size_t most_points = 500;

using Points = std::vector<std::pair<double, double>>;

/// Every n-th, as many as a plot can show, in percent of the time that it took in the end: rounds
/// that were begun are finished, however long that is.
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
    // Threads that wait for one that others keep from its CPU look busy: the best time is the
    // truest.
    run.measure(
        {.name = name_,
         .unit = unit_,
         .value = value,
         .least = {},
         .basis = "the median over the time of the check",
         .unshared = is_shared ? std::optional(std::ranges::max(busy_rates_)) : std::nullopt});
    run.plot({name_, "part of the time in percent", unit_, for_plot(points_, run.progress())});
}

void Rates::judge(CheckRun& run) const {
    if (busy_seconds_ < validate::least_seconds_to_judge || rates_.size() < least_rates_to_judge) {
        return;
    }
    const auto half = static_cast<std::ptrdiff_t>(busy_rates_.size() / 2);
    const double earlier = validate::median({busy_rates_.begin(), busy_rates_.begin() + half});
    const double later = validate::median({busy_rates_.begin() + half, busy_rates_.end()});
    run.expect(later >= least_sustained * earlier, name_ + ", sustained",
               fmt::format("at least {:.4g} {}, {:.0f} % of the first half",
                           least_sustained * earlier, unit_, 100 * least_sustained),
               later);
}

}  // namespace trilby::backends
