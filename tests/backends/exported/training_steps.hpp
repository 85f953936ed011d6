// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Trains an exported model as tests/pt2/exported_models.py does in Python.

#pragma once

#include <fmt/format.h>
#include <map>
#include <string>
#include <torch/torch.h>
#include <vector>

#include "backends/exported/safetensors_tensor.hpp"
#include "backends/torch/exported/network.hpp"
#include "backends/torch/named_tensors.hpp"

namespace trilby::testing {

inline torch::Tensor loss_of(const torch::Tensor& outputs, const torch::Tensor& targets) {
    return targets.scalar_type() == torch::kFloat32
               ? torch::mse_loss(outputs, targets)
               : torch::cross_entropy_loss(outputs.flatten(0, -2), targets.flatten());
}

/// SGD with momentum over the batches "x.N" and "y.N". Returns "losses", "gradient.NAME" of the
/// first step, "evaluation" of the first batch and, at the end, "weight.NAME".
inline std::map<std::string, torch::Tensor> train_steps(backends::ExportedNetwork& network,
                                                        const safetensors::File& batches) {
    torch::manual_seed(1);
    // Tied parameters count once, as in Python.
    std::vector<torch::Tensor> parameters;
    for (const auto& [name, parameter] : backends::distinct_parameters(network)) {
        parameters.push_back(parameter);
    }
    torch::optim::SGD optimizer(parameters, torch::optim::SGDOptions(0.05).momentum(0.9));
    std::map<std::string, torch::Tensor> results;
    std::vector<float> losses;
    network.train();
    for (int step = 0;; ++step) {
        const torch::Tensor inputs = read_tensor(batches, fmt::format("x.{}", step));
        if (!inputs.defined()) {
            break;
        }
        optimizer.zero_grad();
        const torch::Tensor loss =
            loss_of(network.forward({inputs}), read_tensor(batches, fmt::format("y.{}", step)));
        loss.backward();
        losses.push_back(loss.item<float>());
        for (const auto& parameter : network.named_parameters()) {
            if (step == 0 && parameter.value().grad().defined()) {
                results["gradient." + parameter.key()] = parameter.value().grad().clone();
            }
        }
        optimizer.step();
    }
    network.eval();
    results["losses"] = torch::tensor(losses);
    results["evaluation"] = network.forward({read_tensor(batches, "x.0")}).detach();
    for (const auto& tensors : {network.named_parameters(), network.named_buffers()}) {
        for (const auto& tensor : tensors) {
            results["weight." + tensor.key()] = tensor.value().detach().clone();
        }
    }
    return results;
}

}  // namespace trilby::testing
