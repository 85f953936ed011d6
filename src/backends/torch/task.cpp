// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/task.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <variant>

#include "backends/torch/images/task.hpp"
#include "backends/torch/series/task.hpp"
#include "backends/torch/table/task.hpp"
#include "backends/torch/text/task.hpp"
#include "base/try.hpp"

namespace trilby::backends {
namespace {

using Sizes = std::vector<std::int64_t>;

std::string in_words(const torch::Tensor& tensor) {
    return !tensor.defined()   ? "nothing"
           : tensor.dim() == 0 ? "a scalar"
                               : fmt::format("{}", fmt::join(tensor.sizes(), " x "));
}

Sizes with_examples(Sizes shape, std::int64_t examples) {
    std::ranges::replace(shape, -1, examples);
    return shape;
}

bool matches(torch::IntArrayRef sizes, const Sizes& shape) {
    return std::ranges::equal(sizes, shape, [](std::int64_t size, std::int64_t expected) {
        return size == expected || expected == any_size;
    });
}

/// Two training examples, or the only one.
Batch first_examples(const Task& task) {
    const Sizes both{0, 1};
    return task.batch(std::span(both).first(task.count(data::Part::training) == 1 ? 1 : 2), 0);
}

/// ErrorCode::bad_data for a program's own loss that cannot be trained with.
Result<void> check_loss(Task& task) {
    if (task.count(data::Part::training) == 0) {
        return {};  // the data are only used
    }
    task.network().eval();
    const torch::Tensor loss = task.loss(first_examples(task));
    const bool is_scalar = loss.defined() && loss.dim() == 0 && loss.is_floating_point();
    if (is_scalar && loss.requires_grad()) {
        return {};
    }
    return failure(ErrorCode::bad_data,
                   fmt::format("the loss function gives {}{}; expected a scalar that is computed "
                               "from the outputs of the network",
                               in_words(loss), is_scalar ? " that does not depend on them" : ""),
                   "give the mean over the batch, such as (outputs - targets).square().mean()");
}

Result<std::unique_ptr<Task>> make_any_task(const train::Recipe& recipe, const TaskData& data,
                                            const torch::Device& device, const OwnParts& own) {
    return std::visit(
        [&](const auto& settings) { return make_task(settings, recipe, data, device, own); },
        recipe.task);
}

}  // namespace

train::Metrics Task::evaluate(data::Part part) {
    return evaluate(part, go_on).value();
}

Result<std::unique_ptr<Task>> make_task(const train::Recipe& recipe, const TaskData& data,
                                        const torch::Device& device, const OwnParts& own) {
    if (!own.network.module) {
        TRILBY_CHECK(train::require_known_network(recipe));
    }
    TRILBY_TRY(task, make_any_task(recipe, data, device, own));
    if (own.loss) {
        TRILBY_CHECK(check_loss(*task));
    }
    return std::move(task);
}

train::ExampleOrder order_of(const Task& task, const train::LoopSettings& settings) {
    const std::int64_t count = task.count(data::Part::training);
    const auto rows = [&](const data::Range& examples) { return task.rows_of(examples); };
    return {settings, count, train::shuffle_for(task.arrays(), rows, count)};
}

Result<void> require_examples(const Task& task) {
    return task.count(data::Part::training) > 0
               ? Result<void>()
               : failure(ErrorCode::bad_data, "the data have no examples to train on");
}

Result<void> check_outputs(const Task& task, const Network& network,
                           const std::vector<std::vector<std::int64_t>>& shapes,
                           std::string_view meaning) {
    if (task.count(data::Part::training) == 0) {
        return {};  // the data are only used
    }
    Batch inputs = first_examples(task);
    inputs.pop_back();  // the targets
    const std::int64_t examples = inputs[0].size(0);
    if (network.check_inputs) {
        TRILBY_CHECK(network.check_inputs(inputs));
    }
    const torch::NoGradGuard no_grad;
    network.module->eval();
    const torch::Tensor outputs = network.forward(inputs);
    if (outputs.defined() && outputs.scalar_type() != torch::kFloat32) {
        return failure(ErrorCode::bad_data,
                       fmt::format("the network '{}' gives {}, expected Float",
                                   network.module->name(), c10::toString(outputs.scalar_type())),
                       "compute in float32: network.to(torch::kFloat32)");
    }
    if (outputs.defined() && outputs.device() != inputs[0].device()) {
        return failure(
            ErrorCode::bad_data,
            fmt::format("the network '{}' gives a tensor on {} for one on {}",
                        network.module->name(), outputs.device().str(), inputs[0].device().str()),
            "compute on the device of the input: x.device()");
    }
    for (const Sizes& shape : shapes) {
        if (outputs.defined() && matches(outputs.sizes(), with_examples(shape, examples))) {
            return {};
        }
    }
    return failure(ErrorCode::bad_data,
                   fmt::format("for inputs of {}, the network '{}' gives {}; expected {}: {}",
                               in_words(inputs[0]), network.module->name(), in_words(outputs),
                               fmt::join(with_examples(shapes[0], examples), " x "), meaning),
                   network.output_hint);
}

}  // namespace trilby::backends
