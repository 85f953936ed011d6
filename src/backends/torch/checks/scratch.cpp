// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <cstring>

#include "backends/torch/checks/checks.hpp"
#include "backends/torch/checks/kernel_calls.hpp"

namespace trilby::backends {
namespace {

using torch::Tensor;

constexpr std::int64_t words_of_count = sizeof(gpu::WrongWords) / sizeof(std::int64_t);

/// Many times more blocks than a device can run at once, so that each unit gets several.
unsigned blocks(const CheckRun& run) {
    return run.device().is_cpu() ? 256 : 16384;
}

gpu::WrongWords read_back(const Tensor& counted) {
    const Tensor host = counted.to(torch::kCPU);
    gpu::WrongWords wrong{};
    std::memcpy(&wrong, host.data_ptr<std::int64_t>(), sizeof wrong);
    return wrong;
}

}  // namespace

void check_scratch(CheckRun& run) {
    const auto options = torch::TensorOptions(run.device()).dtype(torch::kInt64);
    while (run.next_round()) {
        Tensor flips = torch::zeros({gpu::scratch_words}, options);
        run.disturb(flips);  // what a fault changes in zeros is what it flips in the memory
        const Tensor counted = torch::zeros({words_of_count}, options);
        require_ok(gpu::check_scratch(
            blocks(run), run.bits(), words_of(flips),
            reinterpret_cast<gpu::WrongWords*>(counted.data_ptr<std::int64_t>())));
        run.expect_none_wrong("shared memory", read_back(counted),
                              std::uint64_t{2} * blocks(run) * gpu::scratch_words);
    }
}

}  // namespace trilby::backends
