// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <utility>

#include "backends/torch/checkpoint_tensors.hpp"
#include "libtrilby_train/content.hpp"
#include "train/trained_run.hpp"

namespace trilby {

void load_weights(torch::nn::Module& module, const std::filesystem::path& path) {
    const std::filesystem::path file = value_of(train::checkpoint_at(path));
    value_of(backends::load_weights(file, backends::state_of(module)));
}

void save_weights(const torch::nn::Module& module, const std::filesystem::path& file) {
    backends::NamedTensors weights;
    for (auto& [name, tensor] : backends::state_of(module)) {
        weights.emplace_back("model." + name, std::move(tensor));
    }
    value_of(backends::save_tensors(file, weights, {}));
}

}  // namespace trilby
