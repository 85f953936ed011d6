// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/class_loss.hpp"

#include <fmt/format.h>

#include "train/class_weights.hpp"

namespace trilby::backends {
namespace {

namespace F = torch::nn::functional;
using Kind = train::LoopSettings::ClassWeights;

torch::Tensor balanced_weights_of(const torch::Tensor& labels, std::size_t classes) {
    const torch::Tensor counts =
        torch::bincount(labels.to(torch::kCPU), {}, static_cast<std::int64_t>(classes));
    return torch::tensor(train::balanced_weights({counts.data_ptr<std::int64_t>(), classes}),
                         torch::kFloat64)
        .to(labels.device(), torch::kFloat32);
}

}  // namespace

ClassLoss::ClassLoss(const train::LoopSettings& settings, const std::vector<std::string>& classes,
                     const std::function<torch::Tensor()>& labels)
    : label_smoothing_(settings.label_smoothing), classes_(classes) {
    if (settings.class_weights != Kind::balanced || classes.empty()) {
        return;
    }
    if (const torch::Tensor known = labels(); known.defined()) {
        weights_ = balanced_weights_of(known, classes.size());
    }
}

torch::Tensor ClassLoss::mean(const torch::Tensor& scores, const torch::Tensor& labels) const {
    auto options = F::CrossEntropyFuncOptions().label_smoothing(label_smoothing_);
    if (!weights_.defined()) {
        return F::cross_entropy(scores, labels, options);
    }
    // LibTorch's own weights would weigh the smoothed part of a target by the weights of the other
    // classes.
    return F::cross_entropy(scores, labels, options.reduction(torch::kNone))
        .mul(weights_.index_select(0, labels))
        .mean();
}

std::optional<std::vector<train::ClassWeight>> ClassLoss::weights() const {
    if (!weights_.defined()) {
        return std::nullopt;
    }
    const torch::Tensor weights = weights_.to(torch::kCPU, torch::kFloat64);
    std::vector<train::ClassWeight> named;
    for (std::size_t i = 0; i < classes_.size(); ++i) {
        named.push_back({classes_[i], weights.data_ptr<double>()[i]});
    }
    return named;
}

Result<void> check_class_weights(const train::Recipe& recipe, const Task& task,
                                 const OwnParts& own) {
    if (recipe.training.class_weights == Kind::none || (task.class_weights() && !own.loss)) {
        return {};
    }
    return failure(ErrorCode::bad_data,
                   fmt::format("{}: [training]: 'class_weights' is set, but {}",
                               recipe.place_of("training.class_weights"),
                               own.loss ? "the program has a loss of its own"
                                        : "the data have no classes to learn"),
                   "remove the key");
}

}  // namespace trilby::backends
