// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The part of gpu_runtime.hpp for HIP.

#pragma once

#include <hip/hip_runtime.h>
#include <string>

/// A function that kernels and the host may call.
#define TRILBY_GPU_FUNCTION __host__ __device__
/// A kernel, or a function that only kernels may call.
#define TRILBY_GPU_DEVICE __device__
#define TRILBY_GPU_BACKEND "rocm"
/// A name of the runtime: CUDA and HIP differ in its prefix.
#define TRILBY_GPU(name) hip##name

namespace trilby::gpu {

using Properties = hipDeviceProp_t;
inline constexpr auto compute_units_attribute = hipDeviceAttributeMultiprocessorCount;

inline std::string architecture_of(const Properties& properties) {
    const std::string name = properties.gcnArchName;
    return name.substr(0, name.find(':'));  // "gfx90a:sramecc+:xnack-"
}

}  // namespace trilby::gpu
