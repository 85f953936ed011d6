// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/named_tensors.hpp"

#include <set>

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

NamedTensors distinct_parameters(const torch::nn::Module& module) {
    std::set<const c10::TensorImpl*> known;
    NamedTensors tensors;
    for (const auto& entry : module.named_parameters()) {
        if (known.insert(entry.value().unsafeGetTensorImpl()).second) {
            tensors.emplace_back(entry.key(), entry.value());
        }
    }
    return tensors;
}

std::int64_t count_parameters(const torch::nn::Module& network) {
    std::int64_t parameters = 0;
    for (const auto& [name, tensor] : distinct_parameters(network)) {
        parameters += tensor.numel();
    }
    return parameters;
}

}  // namespace trilby::backends
