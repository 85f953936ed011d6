// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <filesystem>

#include "tensors/summary.hpp"
#include <trilby/result.hpp>

namespace trilby::pt2 {

/// What is in a model file of any format: of torch.export, or as tensors::summarize() knows it.
[[nodiscard]] Result<tensors::ModelSummary> summarize(const std::filesystem::path& path);

}  // namespace trilby::pt2
