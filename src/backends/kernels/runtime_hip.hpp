// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The part of gpu_runtime.hpp that is HIP's.

#pragma once

#include <hip/hip_runtime.h>

/// What a kernel may call; on the host too.
#define TRILBY_GPU_FUNCTION __host__ __device__
/// A kernel, and what only a kernel may call.
#define TRILBY_GPU_DEVICE __device__
#define TRILBY_GPU_BACKEND "rocm"
/// A name of the runtime's: CUDA and HIP differ in what it begins with.
#define TRILBY_GPU(name) hip##name

namespace trilby::gpu {

using Properties = hipDeviceProp_t;
inline constexpr auto compute_units_attribute = hipDeviceAttributeMultiprocessorCount;

}  // namespace trilby::gpu
