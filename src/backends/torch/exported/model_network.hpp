// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <filesystem>

#include "backends/torch/task.hpp"
#include "train/recipe.hpp"
#include <trilby/result.hpp>

namespace trilby::backends {

/// The exported model of a recipe as a network for data with the schema. ErrorCode::bad_data if it
/// is another file than the recipe means, and as ExportedNetwork::load().
[[nodiscard]] Result<Network> model_network(const train::Recipe& recipe, const json::object& schema,
                                            const std::filesystem::path& model);

}  // namespace trilby::backends
