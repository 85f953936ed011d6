// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/task.hpp"

#include <variant>

#include "backends/torch/images/task.hpp"

namespace trilby::backends {

Result<std::unique_ptr<Task>> make_task(const train::Recipe& recipe, const TaskData& data,
                                        const torch::Device& device) {
    return std::visit(
        [&](const auto& settings) { return make_task(settings, recipe, data, device); },
        recipe.task);
}

}  // namespace trilby::backends
