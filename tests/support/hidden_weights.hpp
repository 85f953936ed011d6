// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <string>
#include <torch/torch.h>
#include <vector>

#include "backends/torch/optimizers/parameters.hpp"

namespace trilby::testing {

/// The names of the weights that Muon makes orthogonal, if they are matrices.
inline std::vector<std::string> hidden_weights_of(const torch::nn::Module& network) {
    std::vector<std::string> names;
    for (const backends::Parameter& parameter : backends::parameters_of(network)) {
        if (parameter.role == backends::ParameterRole::hidden_weight) {
            names.push_back(parameter.name);
        }
    }
    return names;
}

}  // namespace trilby::testing
