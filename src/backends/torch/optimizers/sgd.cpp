// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/optimizers/sgd.hpp"

#include "backends/torch/optimizers/updates.hpp"

namespace trilby::backends {

Sgd::Sgd(const train::OptimizerSettings& settings, std::vector<Parameter> parameters)
    : momentum_(settings.momentum),
      parameters_(std::move(parameters)),
      tensors_(tensors_of(parameters_)),
      decays_(decays_of(parameters_, settings.weight_decay)),
      velocities_(zeros_like(tensors_)) {}

void Sgd::step(const Tensors& gradients, double learning_rate, std::int64_t /*step*/) {
    const torch::NoGradGuard no_grad;
    if (are_flat(tensors_)) {
        step_flat(in_order_of(tensors_, gradients), learning_rate);
    } else {
        step_on_device(gradients, learning_rate);
    }
}

void Sgd::step_flat(const Tensors& gradients, double learning_rate) {
    for_each_piece<3>({&tensors_, &gradients, &velocities_}, [&](const Piece<3>& piece) {
        const SgdUpdate factors{.learning_rate = static_cast<float>(learning_rate),
                                .momentum = static_cast<float>(momentum_),
                                .decay = static_cast<float>(decays_[piece.tensor])};
        const auto [parameters, slopes, velocities] = piece.elements;
        update(factors, piece.count, parameters, slopes, velocities);
    });
}

void Sgd::step_on_device(const Tensors& gradients, double learning_rate) {
    for (std::size_t i = 0; i < gradients.size(); ++i) {
        if (decays_[i] != 0.0) {
            gradients[i].add_(tensors_[i], decays_[i]);
        }
    }
    at::_foreach_mul_(velocities_, momentum_);
    at::_foreach_add_(velocities_, gradients);
    at::_foreach_add_(gradients, velocities_, momentum_);
    at::_foreach_add_(tensors_, gradients, -learning_rate);
}

NamedTensors Sgd::state() const {
    NamedTensors state;
    append_slot(state, "velocity", parameters_, velocities_);
    return state;
}

}  // namespace trilby::backends
