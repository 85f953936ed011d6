// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/checking/kernel_calls.hpp"
#include "backends/torch/checks/checks.hpp"

namespace trilby::backends {
namespace {

using torch::Tensor;

/// Many times more blocks than a device can run at once, so that each unit gets several.
unsigned blocks(const CheckRun& run) {
    return run.device().is_cpu() ? 256 : 16384;
}

}  // namespace

void checks::shared_memory(CheckRun& run) {
    const auto options = torch::TensorOptions(run.device()).dtype(torch::kInt64);
    while (run.next_round()) {
        Tensor flips = torch::zeros({gpu::shared_words}, options);
        run.disturb(flips);  // the bits that a fault changes in zeros are flipped in the memory
        const WrongWordCount wrong(run.device());
        launch(run.device(), [&] {
            return gpu::check_shared_memory(blocks(run), run.bits(), words_of(flips), wrong.get());
        });
        run.expect_none_wrong("shared memory", wrong.read(),
                              std::uint64_t{2} * blocks(run) * gpu::shared_words);
    }
}

}  // namespace trilby::backends
