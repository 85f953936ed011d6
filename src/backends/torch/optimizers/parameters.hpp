// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The parameters of a network by what optimizers do with them.

#pragma once

#include <cstdint>
#include <string>
#include <torch/torch.h>
#include <vector>

#include "backends/torch/optimizers/elements.hpp"

namespace trilby::backends {

/// A weight is a parameter of two or more dimensions whose name is or ends in "weight". All other
/// parameters, such as biases and the scales of norms, are vectors.
enum class ParameterRole : std::uint8_t {
    vector,
    embedding,
    outer_weight,  ///< of the first or the last layer
    hidden_weight,
};

struct Parameter {
    std::string name;
    torch::Tensor tensor;
    ParameterRole role = ParameterRole::vector;

    /// Weight decay limits what a layer can amplify: it would only harm a bias, a norm, or an
    /// embedding that is rarely used.
    [[nodiscard]] bool decays() const {
        return role == ParameterRole::outer_weight || role == ParameterRole::hidden_weight;
    }
};

/// The parameters that are trained, in the order of the network's parameters(). A network may be a
/// KnowsOuterWeights (<trilby/outer_weights.hpp>).
[[nodiscard]] std::vector<Parameter> parameters_of(const torch::nn::Module& network);

[[nodiscard]] Tensors tensors_of(const std::vector<Parameter>& parameters);
/// `decay` for the parameters that decay, 0 for the others.
[[nodiscard]] std::vector<double> decays_of(const std::vector<Parameter>& parameters, double decay);

}  // namespace trilby::backends
