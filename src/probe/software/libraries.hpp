// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The libraries that are looked for in the loader's folders.

#pragma once

#include <array>
#include <string_view>

namespace trilby::sources {

/// Of any other name nothing is known, whether it was found or not. Releases of ROCm after 7 are
/// numbered 10 and on.
inline constexpr std::array<std::string_view, 20> library_names{
    "libcuda.so.1",       "libnvidia-ml.so.1",  "libcudart.so.12",    "libcudart.so.13",
    "libnccl.so.2",       "libamdhip64.so.5",   "libamdhip64.so.6",   "libamdhip64.so.7",
    "libamdhip64.so.8",   "libamdhip64.so.9",   "libamdhip64.so.10",  "libhsa-runtime64.so.1",
    "librocm_smi64.so.1", "librocm_smi64.so.6", "librocm_smi64.so.7", "libamd_smi.so.25",
    "libamd_smi.so.26",   "librccl.so.1",       "libze_loader.so.1",  "libze_intel_gpu.so.1"};

}  // namespace trilby::sources
