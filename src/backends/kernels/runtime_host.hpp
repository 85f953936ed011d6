// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The part of gpu_runtime.hpp for a CPU: the same kernels as plain C++ on all threads of OpenMP.

#pragma once

#define TRILBY_GPU_FUNCTION
#define TRILBY_GPU_DEVICE
