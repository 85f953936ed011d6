// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The part of gpu_runtime.hpp for CUDA.

#pragma once

#include <cuda_runtime.h>
#include <string>

/// A function that kernels and the host may call.
#define TRILBY_GPU_FUNCTION __host__ __device__
/// A kernel, or a function that only kernels may call.
#define TRILBY_GPU_DEVICE __device__
#define TRILBY_GPU_BACKEND "cuda"
/// A name of the runtime: CUDA and HIP differ in its prefix.
#define TRILBY_GPU(name) cuda##name

namespace trilby::gpu {

using Properties = cudaDeviceProp;
inline constexpr auto compute_units_attribute = cudaDevAttrMultiProcessorCount;

inline std::string architecture_of(const Properties& properties) {
    return std::to_string(properties.major) + "." + std::to_string(properties.minor);
}

}  // namespace trilby::gpu
