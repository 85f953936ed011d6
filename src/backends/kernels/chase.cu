// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/kernels/gpu_runtime.hpp"

namespace trilby::gpu {
namespace {

struct Chase {
    const std::uint32_t* next;
    std::uint32_t start;
    std::uint64_t steps;
    std::uint32_t* end;

    TRILBY_GPU_DEVICE void operator()(std::uint64_t /*index*/) const {
        std::uint32_t place = start;
        for (std::uint64_t step = 0; step < steps; ++step) {
            place = next[place];
        }
        *end = place;
    }
};

}  // namespace

Status chase(const std::uint32_t* next, std::uint32_t start, std::uint64_t steps,
             std::uint32_t* end) {
    return for_each(1, Chase{next, start, steps, end});
}

}  // namespace trilby::gpu
