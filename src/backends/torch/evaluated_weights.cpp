// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/evaluated_weights.hpp"

namespace trilby::backends {
namespace {

std::unique_ptr<ExchangedWeights> exchanged(const NamedTensors& weights,
                                            const NamedTensors& values) {
    return std::make_unique<ExchangedWeights>(tensors_of(weights), tensors_of(values));
}

void append(NamedTensors& state, const char* prefix, const NamedTensors& values) {
    for (const auto& [name, tensor] : values) {
        state.emplace_back(prefix + name, tensor);
    }
}

}  // namespace

EvaluatedWeights::EvaluatedWeights(const torch::nn::Module& network,
                                   const train::LoopSettings& settings,
                                   const train::MetricKind* metric)
    : weights_(state_of(network)), patience_(settings.patience), metric_(metric) {
    if (settings.average > 0.0) {
        average_.emplace(weights_, settings.average, settings.frozen);
    }
    if (settings.keep_best && metric != nullptr) {
        best_ = copies_of(weights_);
    }
}

void EvaluatedWeights::update(std::int64_t step) {
    if (average_) {
        average_->update(step);
    }
}

void EvaluatedWeights::offer(std::int64_t epoch, const train::Metrics& validation) {
    if (metric_ == nullptr || !train::is_better(*metric_, validation, best_epoch_)) {
        return;
    }
    best_epoch_ = {epoch, validation};
    if (best_) {
        copy_values(tensors_of(weights_), tensors_of(*best_));
    }
}

std::unique_ptr<ExchangedWeights> EvaluatedWeights::for_validation() const {
    return average_ ? exchanged(weights_, average_->values()) : nullptr;
}

std::unique_ptr<ExchangedWeights> EvaluatedWeights::for_test() const {
    return has_best() ? exchanged(weights_, *best_) : for_validation();
}

bool EvaluatedWeights::is_patience_over(std::int64_t epoch) const {
    return metric_ != nullptr && train::is_patience_over(best_epoch_, epoch, patience_);
}

NamedTensors EvaluatedWeights::average() const {
    NamedTensors state;
    if (average_) {
        append(state, "average.", average_->values());
    }
    return state;
}

NamedTensors EvaluatedWeights::state() const {
    NamedTensors state = average();
    if (best_ && best_epoch_.epoch == 0) {
        const auto present = for_validation();
        copy_values(tensors_of(weights_), tensors_of(*best_));
    }
    if (best_) {
        append(state, "best.", *best_);
    }
    return state;
}

}  // namespace trilby::backends
