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
// CPUs that gave a computation less of their time also served others.
constexpr double usual_part = 0.95;
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

/// The medians of both halves.
struct Halves {
    double earlier = 0;
    double later = 0;

    explicit Halves(const std::vector<double>& rates) {
        const auto half = rates.begin() + static_cast<std::ptrdiff_t>(rates.size() / 2);
        earlier = validate::median({rates.begin(), half});
        later = validate::median({half, rates.end()});
    }

    [[nodiscard]] double kept() const { return later / earlier; }
};

}  // namespace

void Rates::add(double part_of_time, double work, Timing timing) {
    rates_.push_back(work / timing.seconds);
    unshared_rates_.push_back(work / timing.unshared_seconds);
    cpu_rates_.push_back(work / timing.cpu_seconds);
    points_.emplace_back(part_of_time, rates_.back());
    sum_ += timing;
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
    // Some of the rates were hardly disturbed: the best one is the truest.
    const double unshared = is_shared() ? std::ranges::max(unshared_rates_) : value;
    run.measure(quantity_, value, "the median over the time of the check",
                run.device().is_cpu() ? std::optional(unshared) : std::nullopt);
    const std::string unit(quantity_.unit);
    run.plot({std::string(quantity_.name), "part of the time in percent", unit,
              for_plot(points_, run.progress())});
}

bool Rates::is_shared() const {
    return sum_.unshared_seconds < usual_part * sum_.seconds;
}

void Rates::judge(CheckRun& run) const {
    if (sum_.unshared_seconds < validate::least_seconds_to_judge ||
        rates_.size() < least_rates_to_judge) {
        return;
    }
    const Halves found(unshared_rates_);
    // Threads that wait for one that lost its CPU may look busy, but seldom all of them.
    const double kept = std::max(found.kept(), Halves(cpu_rates_).kept());
    run.expect(kept >= least_sustained, fmt::format("{}, sustained", quantity_.name),
               fmt::format("at least {:.4g} {}, {:.0f} % of the first half",
                           least_sustained * found.earlier, quantity_.unit, 100 * least_sustained),
               kept * found.earlier);
}

}  // namespace trilby::backends
