// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <filesystem>
#include <string>

#include "backends/torch/recorded/recipe_network.hpp"
#include <trilby/result.hpp>

namespace trilby::backends {

/// Writes a network with the weights of a checkpoint as ONNX, for batches of any size. `schema` is
/// for the metadata. ErrorCode::bad_data for what has no counterpart in ONNX, and the errors of
/// load_weights() and onnx::write().
[[nodiscard]] Result<void> write_onnx(RecipeNetwork network,
                                      const std::filesystem::path& checkpoint,
                                      const std::string& schema, const std::filesystem::path& file);

}  // namespace trilby::backends
