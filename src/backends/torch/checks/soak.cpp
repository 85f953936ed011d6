// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <optional>

#include "backends/torch/checking/timed_product.hpp"
#include "backends/torch/checks/checks.hpp"

namespace trilby::backends {

void checks::soak(CheckRun& run) {
    constexpr double load_seconds = 1.5;
    constexpr double rest_seconds = 0.5;
    std::optional<TimedProduct> product;
    double load_until = load_seconds;
    const double whole_seconds = run.seconds();
    while (run.next_round()) {
        if (!product) {
            product = TimedProduct::of_type(run, torch::kFloat32);
        }
        product->repeat(run);
        if (run.progress() * whole_seconds > load_until) {
            run.rest_until((load_until + rest_seconds) / whole_seconds);
            load_until += load_seconds + rest_seconds;
        }
    }
    if (product) {
        product->report(run);
        run.set_work({"TFLOP", product->teraflop()});
    }
}

}  // namespace trilby::backends
