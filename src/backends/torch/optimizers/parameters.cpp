// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/optimizers/parameters.hpp"

#include <algorithm>
#include <set>
#include <string_view>

#include "backends/torch/named_tensors.hpp"
#include <trilby/outer_weights.hpp>

namespace trilby::backends {
namespace {

std::set<std::string> names_of_embeddings(const torch::nn::Module& network) {
    std::set<std::string> names;
    for (const auto& module : network.named_modules("", /*include_self=*/false)) {
        if (module.value()->as<torch::nn::Embedding>() != nullptr) {
            names.insert(module.key() + ".weight");
        }
    }
    return names;
}

bool is_weight(const std::string& name, const torch::Tensor& tensor) {
    return tensor.dim() >= 2 && std::string_view(name).ends_with("weight");
}

bool is_hidden(const Parameter& parameter) {
    return parameter.role == ParameterRole::hidden_weight;
}

void mark_outer_weights(std::vector<Parameter>& parameters, const KnowsOuterWeights& network) {
    for (Parameter& parameter : parameters) {
        if (is_hidden(parameter) && network.is_outer(parameter.name)) {
            parameter.role = ParameterRole::outer_weight;
        }
    }
}

/// The layers next to the data: their weights are not the product of other layers.
void mark_outer_weights(std::vector<Parameter>& parameters) {
    const bool has_embedding = std::ranges::any_of(parameters, [](const Parameter& parameter) {
        return parameter.role == ParameterRole::embedding;
    });
    const auto first = std::ranges::find_if(parameters, is_hidden);
    if (first != parameters.end() && !has_embedding) {
        first->role = ParameterRole::outer_weight;
    }
    const auto last = std::find_if(parameters.rbegin(), parameters.rend(), is_hidden);
    if (last != parameters.rend()) {
        last->role = ParameterRole::outer_weight;
    }
}

}  // namespace

std::vector<Parameter> parameters_of(const torch::nn::Module& network) {
    const std::set<std::string> embeddings = names_of_embeddings(network);
    std::vector<Parameter> parameters;
    for (const auto& [name, tensor] : distinct_parameters(network)) {
        const ParameterRole role = embeddings.contains(name) ? ParameterRole::embedding
                                   : is_weight(name, tensor) ? ParameterRole::hidden_weight
                                                             : ParameterRole::vector;
        parameters.push_back({name, tensor, role});
    }
    if (const auto* knows = dynamic_cast<const KnowsOuterWeights*>(&network)) {
        mark_outer_weights(parameters, *knows);
    } else {
        mark_outer_weights(parameters);
    }
    std::erase_if(parameters, [](const Parameter& one) { return !one.tensor.requires_grad(); });
    return parameters;
}

Tensors tensors_of(const std::vector<Parameter>& parameters) {
    Tensors tensors;
    tensors.reserve(parameters.size());
    for (const Parameter& parameter : parameters) {
        tensors.push_back(parameter.tensor);
    }
    return tensors;
}

std::vector<double> decays_of(const std::vector<Parameter>& parameters, double decay) {
    std::vector<double> decays(parameters.size());
    std::ranges::transform(parameters, decays.begin(), [&](const Parameter& parameter) {
        return parameter.decays() ? decay : 0.0;
    });
    return decays;
}

}  // namespace trilby::backends
