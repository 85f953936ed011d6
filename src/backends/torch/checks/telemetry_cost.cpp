// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/telemetry_cost.hpp"

#include <cstdint>
#include <fmt/format.h>
#include <optional>
#include <vector>

#include "backends/torch/checking/timed_product.hpp"
#include "backends/torch/checks/checks.hpp"
#include "validate/statistics.hpp"

namespace trilby::backends {
namespace {

/// The work with telemetry, and the same without.
struct Loads {
    TimedProduct with;
    TimedProduct without;

    explicit Loads(CheckRun& run)
        : with(TimedProduct::lasting(run, torch::kFloat32, seconds_per_product,
                                     validate::quantities::with_telemetry)),
          without(with.measured_as(validate::quantities::without_telemetry)) {}

    static constexpr double seconds_per_product = 2e-3;  // short, so that many fit in a window
};

/// Products per second of CPU time for a moment: on a GPU, per second.
double rate_in_window(CheckRun& run, TimedProduct& product, bool is_telemetry_read) {
    const double until = run.progress() + validate::window_part(run.seconds());
    run.let_telemetry_be_read(is_telemetry_read);
    double seconds = 0;
    int products = 0;
    do {
        seconds += product.repeat(run).cpu_seconds;
        ++products;
    } while (run.progress() < until);
    return products / seconds;
}

/// The share of its speed that the device keeps while telemetry is read. The windows change places
/// from round to round, so that a drift of the speed does not count.
double kept_percent(CheckRun& run, Loads& loads) {
    const bool comes_first = run.round() % 2 == 0;
    double with = 0;
    double without = 0;
    for (const bool is_read : {comes_first, !comes_first}) {
        (is_read ? with : without) =
            rate_in_window(run, is_read ? loads.with : loads.without, is_read);
    }
    return 100 * with / without;
}

}  // namespace

void checks::telemetry_cost(CheckRun& run) {
    std::optional<Loads> loads;
    validate::Series kept{std::string(validate::quantities::kept_with_telemetry.name),
                          "pair",
                          std::string(validate::quantities::kept_with_telemetry.unit),
                          {}};
    std::vector<double> shares;
    while (run.next_round(validate::least_pairs_to_judge)) {
        if (!loads) {
            loads.emplace(run);
        }
        shares.push_back(kept_percent(run, *loads));
        kept.points.emplace_back(run.round(), shares.back());
    }
    run.let_telemetry_be_read(true);
    if (loads) {
        loads->with.measure(run);
        loads->without.measure(run);
        run.measure(validate::quantities::kept_with_telemetry, validate::median(shares),
                    fmt::format("the median of {} pairs of windows", shares.size()));
        run.plot(std::move(kept));
    }
}

}  // namespace trilby::backends
