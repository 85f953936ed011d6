// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/weight_copies.hpp"

#include "backends/torch/optimizers/updates.hpp"
#include "train/frozen.hpp"

namespace trilby::backends {
namespace {

bool has_average(const torch::Tensor& tensor) {
    return tensor.is_floating_point() && tensor.isfinite().all().item<bool>();
}

}  // namespace

Tensors tensors_of(const NamedTensors& named) {
    Tensors tensors;
    tensors.reserve(named.size());
    for (const auto& [name, tensor] : named) {
        tensors.push_back(tensor);
    }
    return tensors;
}

NamedTensors copies_of(const NamedTensors& tensors) {
    NamedTensors copies;
    copies.reserve(tensors.size());
    for (const auto& [name, tensor] : tensors) {
        copies.emplace_back(name, tensor.detach().clone());
    }
    return copies;
}

void copy_values(const Tensors& from, const Tensors& to) {
    const torch::NoGradGuard no_grad;
    for (std::size_t i = 0; i < to.size(); ++i) {
        to[i].copy_(from[i]);
    }
}

ExchangedWeights::ExchangedWeights(Tensors weights, const Tensors& values)
    : weights_(std::move(weights)), kept_(copies_of(weights_)) {
    copy_values(values, weights_);
}

WeightAverage::WeightAverage(const NamedTensors& weights, double decay,
                             const std::vector<std::string>& frozen)
    : values_(copies_of(weights)), decay_(decay) {
    for (std::size_t i = 0; i < weights.size(); ++i) {
        if (train::is_frozen(weights[i].first, frozen)) {
            continue;
        }
        const bool is_averaged = has_average(weights[i].second);
        (is_averaged ? weights_ : copied_).push_back(weights[i].second);
        (is_averaged ? averages_ : copies_).push_back(values_[i].second);
    }
}

double WeightAverage::decay_at(std::int64_t step, double decay) {
    const auto done = static_cast<double>(step + 1);
    return std::min(decay, done / (9.0 + done));
}

void WeightAverage::update(std::int64_t step) {
    const torch::NoGradGuard no_grad;
    const double keep = decay_at(step, decay_);
    if (are_flat(weights_)) {
        for_each_piece<2>({&averages_, &weights_}, [&](const Piece<2>& piece) {
            move_towards(static_cast<float>(1.0 - keep), piece.count, piece.elements[0],
                         piece.elements[1]);
        });
    } else {
        at::_foreach_mul_(averages_, keep);
        at::_foreach_add_(averages_, weights_, 1.0 - keep);
    }
    copy_values(copied_, copies_);
}

}  // namespace trilby::backends
