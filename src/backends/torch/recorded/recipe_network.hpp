// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "backends/torch/task.hpp"
#include "base/json.hpp"
#include "train/recipe.hpp"
#include <trilby/result.hpp>

namespace trilby::backends {

/// A network without the data of its task, as other programs use it.
struct RecipeNetwork {
    Network network;
    std::vector<std::string> input_names;
    /// Inputs of a made batch.
    std::function<Batch(std::int64_t examples)> made_inputs;
};

/// The network of a recipe, new, on the CPU, for data with the schema. It gives the scores of
/// classes or of tokens, or forecasts in standardized values; of a table, whose network is an
/// ensemble, the probabilities of the classes or the number. ErrorCode::bad_data if recipe and
/// schema do not fit.
[[nodiscard]] Result<RecipeNetwork> recipe_network(const train::Recipe& recipe,
                                                   const json::object& schema);

}  // namespace trilby::backends
