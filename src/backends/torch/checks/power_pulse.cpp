// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>
#include <cstdint>
#include <fmt/format.h>
#include <vector>

#include "backends/torch/checking/timed_product.hpp"
#include "backends/torch/checks/checks.hpp"

namespace trilby::backends {
namespace {

namespace quantities = validate::quantities;

struct Period {
    double seconds;
    validate::Quantity quantity;
};

constexpr std::array all_periods{
    Period{1e-3, quantities::pulses_1_ms}, Period{1e-2, quantities::pulses_10_ms},
    Period{0.1, quantities::pulses_100_ms}, Period{1, quantities::pulses_1_s}};

/// The time of a round: two steps at least, and a share of the time of the check.
double round_seconds(const Period& period, double check_seconds) {
    constexpr double share = 1.0 / 16;
    return std::max(2 * period.seconds, share * check_seconds);
}

/// The number of periods that leave time for the others, at least one.
std::size_t periods_in(double check_seconds) {
    return static_cast<std::size_t>(
        1 + std::ranges::count_if(
                all_periods.begin() + 1, all_periods.end(),
                [&](const Period& period) { return 2 * period.seconds <= check_seconds / 2; }));
}

/// Steps of the load with one period: products for the first half of it, nothing for the rest.
class Pulses {
  public:
    Pulses(CheckRun& run, torch::ScalarType type, const Period& period)
        : period_(period),
          product_(TimedProduct::lasting(run, type, period.seconds / 16, period.quantity)) {}

    void repeat(CheckRun& run) {
        const double until = run.progress() + round_seconds(period_, run.seconds()) / run.seconds();
        do {
            step(run);
        } while (run.progress() < until && run.goes_on());
    }

    void report(CheckRun& run) const {
        product_.measure(run);
        if (steps_ > 0) {
            run.add_covered(
                fmt::format("{} steps of the load every {:g} ms", steps_, period_.seconds * 1e3));
        }
    }

    [[nodiscard]] double teraflop() const { return product_.teraflop(); }
    [[nodiscard]] std::pair<double, double> point() const {
        return {period_.seconds * 1e3, static_cast<double>(steps_)};
    }

  private:
    void step(CheckRun& run) {
        const double half = period_.seconds / 2 / run.seconds();
        const double load_until = run.progress() + half;
        do {
            product_.repeat(run);
        } while (run.progress() < load_until);
        run.rest_until(run.progress() + half);
        ++steps_;
    }

    Period period_;
    TimedProduct product_;
    std::uint64_t steps_ = 0;
};

std::vector<Pulses> pulses_for(CheckRun& run) {
    const torch::ScalarType type = fastest_type(run);
    std::vector<Pulses> pulses;
    for (std::size_t i = 0; i < periods_in(run.seconds()); ++i) {
        pulses.emplace_back(run, type, all_periods.at(i));
    }
    return pulses;
}

void report(CheckRun& run, const std::vector<Pulses>& all) {
    validate::Series steps{"steps of the load", "period in ms", "steps", {}};
    double teraflop = 0;
    for (const Pulses& pulses : all) {
        pulses.report(run);
        steps.points.push_back(pulses.point());
        teraflop += pulses.teraflop();
    }
    run.plot(std::move(steps));
    run.set_work({"TFLOP", teraflop});
}

}  // namespace

void checks::power_pulse(CheckRun& run) {
    std::vector<Pulses> pulses;
    while (run.next_round(periods_in(run.seconds()))) {
        if (pulses.empty()) {
            pulses = pulses_for(run);
        }
        pulses[run.round() % pulses.size()].repeat(run);
    }
    report(run, pulses);
}

}  // namespace trilby::backends
