// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <cstdint>
#include <vector>

#include "backends/torch/checking/rates.hpp"
#include "backends/torch/checks/checks.hpp"
#include "validate/statistics.hpp"

namespace trilby::backends {

void checks::latency(CheckRun& run) {
    constexpr std::int64_t in_a_row = 1000;
    const auto options = torch::TensorOptions(run.device()).dtype(torch::kInt64);
    torch::Tensor counter = torch::empty({1}, options);
    Rates rates(validate::quantities::launches_in_a_row);
    std::vector<double> alone_us;
    while (run.next_round()) {
        const std::int64_t first = run.between(0, 1 << 20);
        alone_us.push_back(run.time([&] { counter.fill_(first); }).seconds * 1e6);
        const Timing timing = run.time([&] {
            counter.fill_(first);
            for (std::int64_t i = 0; i < in_a_row; ++i) {
                counter.add_(1);
            }
        });
        rates.add(run.progress(), in_a_row, timing);
        run.expect_same("launches, counted", run.fetch(counter),
                        torch::full({1}, first + in_a_row, torch::kInt64));
    }
    rates.report(run);
    run.measure(validate::quantities::launch_and_wait, validate::median(alone_us),
                "the median; not judged");
}

}  // namespace trilby::backends
