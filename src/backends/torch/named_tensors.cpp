// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/named_tensors.hpp"

namespace trilby::backends {

NamedTensors state_of(const torch::nn::Module& module) {
    NamedTensors tensors;
    for (const auto& entry : module.named_parameters()) {
        tensors.emplace_back(entry.key(), entry.value());
    }
    for (const auto& entry : module.named_buffers()) {
        tensors.emplace_back(entry.key(), entry.value());
    }
    return tensors;
}

std::int64_t count_parameters(const torch::nn::Module& network) {
    std::int64_t parameters = 0;
    for (const torch::Tensor& tensor : network.parameters()) {
        parameters += tensor.numel();
    }
    return parameters;
}

}  // namespace trilby::backends
