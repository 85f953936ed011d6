// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <optional>

#include "backends/torch/checking/image_training.hpp"
#include "backends/torch/checking/rates.hpp"
#include "backends/torch/checks/checks.hpp"

namespace trilby::backends {

void checks::training_speed(CheckRun& run) {
    constexpr std::int64_t examples = 256;
    Rates rates(validate::quantities::training);
    std::optional<ImageTraining> training;
    torch::Tensor first;
    while (run.next_round()) {
        if (!training) {
            training.emplace(run, examples);
            first = training->parameters();
        }
        torch::Tensor parameters;
        const Timing timing = run.time([&] { parameters = training->parameters(); });
        rates.add(run.progress(), ImageTraining::steps * examples, timing);
        run.disturb(parameters);
        run.expect_same_there("parameters after training", parameters, first);
    }
    rates.report(run);
}

}  // namespace trilby::backends
