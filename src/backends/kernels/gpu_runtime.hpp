// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The means to write a kernel as one source for nvcc, hipcc and the host's compiler.
///
/// A kernel is a small copyable struct with operator(). for_each() calls it for every index, in no
/// order. for_each_block() calls it for every thread of every block, phase by phase: after a phase,
/// all threads of a block see what the others wrote to its shared memory. Nothing depends on the
/// size of a wave.

#pragma once

#include <cstdint>

#ifdef TRILBY_GPU_RUNTIME  // set by packaging/cmake/TrilbyKernels.cmake
#include TRILBY_GPU_RUNTIME
#else
#include "backends/kernels/runtime_host.hpp"
#endif

#include "backends/kernels/kernels.hpp"

namespace trilby::gpu {

inline constexpr unsigned threads_per_block = 256;

#ifdef TRILBY_GPU_RUNTIME

/// Adds one and returns the value before.
__device__ inline std::uint64_t count_up(std::uint64_t* counter) {
    static_assert(sizeof(unsigned long long) == sizeof(std::uint64_t));
    return atomicAdd(reinterpret_cast<unsigned long long*>(counter), 1ULL);
}

template <class Kernel>
__global__ void run_each(std::uint64_t count, Kernel kernel) {
    const std::uint64_t stride = std::uint64_t{gridDim.x} * blockDim.x;
    for (std::uint64_t i = std::uint64_t{blockIdx.x} * blockDim.x + threadIdx.x; i < count;
         i += stride) {
        kernel(i);
    }
}

template <class Kernel>
__global__ void run_block(Kernel kernel) {
    __shared__ std::uint64_t shared[shared_words];
    for (unsigned phase = 0; phase < Kernel::phases; ++phase) {
        kernel(phase, blockIdx.x, threadIdx.x, shared);
        __syncthreads();
    }
}

/// The multiprocessors of the current device, or a guess if the runtime does not report them.
inline unsigned compute_units() {
    constexpr int guess = 64;
    int device = 0;
    int count = guess;
    if (TRILBY_GPU(GetDevice)(&device) != TRILBY_GPU(Success) ||
        TRILBY_GPU(DeviceGetAttribute)(&count, compute_units_attribute, device) !=
            TRILBY_GPU(Success)) {
        return guess;
    }
    return static_cast<unsigned>(count);
}

/// A launch reports its error as the last error of the thread, which may be an older one.
inline void forget_older_errors() {
    static_cast<void>(TRILBY_GPU(GetLastError)());
}

inline Status status_of_launch() {
    return {static_cast<int>(TRILBY_GPU(GetLastError)())};
}

template <class Kernel>
Status for_each(std::uint64_t count, const Kernel& kernel) {
    if (count == 0) {
        return {};
    }
    // Enough to keep every unit busy, and few enough to be started at once.
    constexpr unsigned blocks_per_unit = 32;
    const std::uint64_t needed = (count + threads_per_block - 1) / threads_per_block;
    const std::uint64_t most = std::uint64_t{compute_units()} * blocks_per_unit;
    const auto blocks = static_cast<unsigned>(needed < most ? needed : most);
    forget_older_errors();
    run_each<<<blocks, threads_per_block>>>(count, kernel);
    return status_of_launch();
}

template <class Kernel>
Status for_each_block(unsigned blocks, const Kernel& kernel) {
    if (blocks == 0) {
        return {};
    }
    forget_older_errors();
    run_block<<<blocks, threads_per_block>>>(kernel);
    return status_of_launch();
}

#else

inline std::uint64_t count_up(std::uint64_t* counter) {
    return __atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
}

template <class Kernel>
Status for_each(std::uint64_t count, const Kernel& kernel) {
#pragma omp parallel for schedule(static)
    for (std::uint64_t i = 0; i < count; ++i) {
        kernel(i);
    }
    return {};
}

template <class Kernel>
Status for_each_block(unsigned blocks, const Kernel& kernel) {
#pragma omp parallel for schedule(static)
    for (unsigned block = 0; block < blocks; ++block) {
        std::uint64_t shared[shared_words];
        for (unsigned phase = 0; phase < Kernel::phases; ++phase) {
            for (unsigned thread = 0; thread < threads_per_block; ++thread) {
                kernel(phase, block, thread, shared);
            }
        }
    }
    return {};
}

#endif

}  // namespace trilby::gpu
