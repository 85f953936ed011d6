// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "libtrilby_train/own_network.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <utility>

#include "backends/torch/table/joined_inputs.hpp"

namespace trilby {

using torch::Tensor;

Result<backends::Network> own_network(std::shared_ptr<torch::nn::Module> module, Forward forward,
                                      int inputs, const Dataset& data) {
    if (module == nullptr) {
        return failure(ErrorCode::usage, "there is no module: the pointer is null",
                       "make it with std::make_shared");
    }
    if (inputs == 2 && data.task() != "table") {
        return failure(ErrorCode::usage,
                       fmt::format("forward() of '{}' takes two tensors, which only a table has; "
                                   "the data are for the task '{}'",
                                   module->name(), data.task()),
                       "let forward() take one tensor");
    }
    if (data.task() == "table" && inputs == 1) {
        forward = [call = std::move(forward),
                   categories = data.categories()](const std::vector<Tensor>& x) {
            return call({backends::joined_inputs(x, categories)});
        };
    }
    return backends::Network{std::move(module), std::move(forward)};
}

Result<void> require_trainable(const torch::nn::Module& module) {
    const auto parameters = module.parameters();
    if (std::ranges::any_of(parameters, [](const Tensor& one) { return one.requires_grad(); })) {
        return {};
    }
    if (!parameters.empty()) {
        return failure(
            ErrorCode::bad_data,
            fmt::format("no parameter of the network '{}' requires gradients", module.name()),
            "call requires_grad_() for those that are to be trained");
    }
    return failure(
        ErrorCode::bad_data,
        fmt::format("the network '{}' has no parameter that can be trained", module.name()),
        "register its layers with register_module(), and its tensors with "
        "register_parameter()");
}

Measures measures_of(const train::Metrics& metrics) {
    Measures measures;
    for (const auto& [name, value] : metrics) {
        if (value.content && std::isfinite(*value.content)) {
            measures[name] = *value.content;
        }
    }
    return measures;
}

}  // namespace trilby
