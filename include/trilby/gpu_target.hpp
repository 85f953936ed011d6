// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Targets: the names that GPU compilers use for GPUs.

#pragma once

#include <string_view>

#include <trilby/export.hpp>

namespace trilby {

/// Whether code for `target` runs on `gpu`. Targets are NVIDIA's "sm_90" (machine code) and
/// "compute_90" (PTX), both also with the suffix of one GPU ("sm_90a") or of one family
/// ("sm_100f"), and AMD's "gfx90a", "gfx90a:xnack-", "gfx11-generic". A GPU is "sm_86", for compute
/// capability 8.6, or "gfx90a", with its known features. A feature that is unknown for the GPU
/// does not rule the code out. Any other word runs nowhere.
[[nodiscard]] TRILBY_API bool target_runs_on(std::string_view target, std::string_view gpu);

}  // namespace trilby
