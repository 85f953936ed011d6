// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/optimizer.hpp"

#include <cmath>
#include <fmt/format.h>

namespace trilby::backends {
namespace {

constexpr double adamw_epsilon = 1e-8;

std::vector<torch::Tensor> zeros_like(const std::vector<torch::Tensor>& tensors) {
    std::vector<torch::Tensor> zeros;
    for (const torch::Tensor& tensor : tensors) {
        zeros.push_back(torch::zeros_like(tensor));
    }
    return zeros;
}

void append_slots(NamedTensors& to, const char* slot, const std::vector<torch::Tensor>& tensors) {
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        to.emplace_back(fmt::format("{}.{}", slot, i), tensors[i]);
    }
}

}  // namespace

Optimizer::Optimizer(const train::OptimizerSettings& settings,
                     std::vector<torch::Tensor> parameters)
    : settings_(settings), parameters_(std::move(parameters)), moment1_(zeros_like(parameters_)) {
    if (settings_.kind == train::OptimizerSettings::Kind::adamw) {
        moment2_ = zeros_like(parameters_);
    }
}

void Optimizer::step(const std::vector<torch::Tensor>& gradients, double learning_rate) {
    const torch::NoGradGuard no_grad;
    ++steps_;
    if (settings_.kind == train::OptimizerSettings::Kind::sgd) {
        step_sgd(gradients, learning_rate);
    } else {
        step_adamw(gradients, learning_rate);
    }
}

void Optimizer::step_sgd(const std::vector<torch::Tensor>& gradients, double learning_rate) {
    if (settings_.weight_decay != 0.0) {
        at::_foreach_add_(gradients, parameters_, settings_.weight_decay);
    }
    // velocity = momentum * velocity + gradient; step along gradient + momentum * velocity
    at::_foreach_mul_(moment1_, settings_.momentum);
    at::_foreach_add_(moment1_, gradients);
    at::_foreach_add_(gradients, moment1_, settings_.momentum);
    at::_foreach_add_(parameters_, gradients, -learning_rate);
}

void Optimizer::step_adamw(const std::vector<torch::Tensor>& gradients, double learning_rate) {
    const auto t = static_cast<double>(steps_);
    const double correction1 = 1.0 - std::pow(settings_.beta1, t);
    const double correction2 = std::sqrt(1.0 - std::pow(settings_.beta2, t));
    at::_foreach_mul_(parameters_, 1.0 - learning_rate * settings_.weight_decay);
    at::_foreach_mul_(moment1_, settings_.beta1);
    at::_foreach_add_(moment1_, gradients, 1.0 - settings_.beta1);
    at::_foreach_mul_(moment2_, settings_.beta2);
    at::_foreach_addcmul_(moment2_, gradients, gradients, 1.0 - settings_.beta2);
    std::vector<torch::Tensor> denominators = at::_foreach_sqrt(moment2_);
    at::_foreach_div_(denominators, correction2);
    at::_foreach_add_(denominators, adamw_epsilon);
    at::_foreach_addcdiv_(parameters_, moment1_, denominators, -learning_rate / correction1);
}

NamedTensors Optimizer::state() const {
    NamedTensors tensors;
    append_slots(tensors, "moment1", moment1_);
    append_slots(tensors, "moment2", moment2_);
    return tensors;
}

}  // namespace trilby::backends
