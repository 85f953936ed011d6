// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/optimizers/adamw.hpp"

#include <cmath>

#include "backends/torch/optimizers/updates.hpp"

namespace trilby::backends {
namespace {

constexpr double adamw_epsilon = 1e-8;

}  // namespace

AdamW::AdamW(const train::OptimizerSettings& settings, std::vector<Parameter> parameters)
    : beta1_(settings.beta1),
      beta2_(settings.beta2),
      parameters_(std::move(parameters)),
      tensors_(tensors_of(parameters_)),
      decays_(decays_of(parameters_, settings.weight_decay)),
      moments1_(zeros_like(tensors_)),
      moments2_(zeros_like(tensors_)) {}

void AdamW::step(const Tensors& gradients, double learning_rate, std::int64_t step) {
    const torch::NoGradGuard no_grad;
    const auto t = static_cast<double>(step + 1);
    const Corrections corrections{1.0 - std::pow(beta1_, t), 1.0 - std::pow(beta2_, t)};
    if (are_flat(tensors_)) {
        step_flat(in_order_of(tensors_, gradients), learning_rate, corrections);
    } else {
        step_on_device(gradients, learning_rate, corrections);
    }
}

void AdamW::step_flat(const Tensors& gradients, double learning_rate,
                      const Corrections& corrections) {
    AdamwUpdate factors{.beta1 = static_cast<float>(beta1_),
                        .beta2 = static_cast<float>(beta2_),
                        .step_size = static_cast<float>(learning_rate / corrections.first),
                        .second_scale = static_cast<float>(1.0 / std::sqrt(corrections.second)),
                        .epsilon = static_cast<float>(adamw_epsilon)};
    for_each_piece<4>({&tensors_, &gradients, &moments1_, &moments2_},
                      [&, factors](const Piece<4>& piece) mutable {
                          factors.keep =
                              static_cast<float>(1.0 - learning_rate * decays_[piece.tensor]);
                          const auto [parameters, slopes, moments1, moments2] = piece.elements;
                          update(factors, piece.count, parameters, slopes, moments1, moments2);
                      });
}

void AdamW::step_on_device(const Tensors& gradients, double learning_rate,
                           const Corrections& corrections) {
    for (std::size_t i = 0; i < tensors_.size(); ++i) {
        if (decays_[i] != 0.0) {
            tensors_[i].mul_(1.0 - learning_rate * decays_[i]);
        }
    }
    at::_foreach_mul_(moments1_, beta1_);
    at::_foreach_add_(moments1_, gradients, 1.0 - beta1_);
    at::_foreach_mul_(moments2_, beta2_);
    at::_foreach_addcmul_(moments2_, gradients, gradients, 1.0 - beta2_);
    Tensors denominators = at::_foreach_sqrt(moments2_);
    at::_foreach_div_(denominators, std::sqrt(corrections.second));
    at::_foreach_add_(denominators, adamw_epsilon);
    at::_foreach_addcdiv_(tensors_, moments1_, denominators, -learning_rate / corrections.first);
}

NamedTensors AdamW::state() const {
    NamedTensors state;
    append_slot(state, "moment1", parameters_, moments1_);
    append_slot(state, "moment2", parameters_, moments2_);
    return state;
}

}  // namespace trilby::backends
