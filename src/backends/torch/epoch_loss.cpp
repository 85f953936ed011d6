// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/epoch_loss.hpp"

namespace trilby::backends {
namespace {

constexpr std::int64_t most_waiting = 1024;

}  // namespace

EpochLoss::EpochLoss(const torch::Device& device)
    : waiting_(torch::zeros({most_waiting}, torch::TensorOptions(torch::kFloat64).device(device))) {
}

void EpochLoss::add(const torch::Tensor& loss, std::int64_t examples) {
    waiting_.select(0, static_cast<std::int64_t>(examples_.size())).copy_(loss);
    examples_.push_back(examples);
    if (static_cast<std::int64_t>(examples_.size()) == most_waiting) {
        (void)record();
    }
}

const train::LossRecord& EpochLoss::record() {
    const torch::Tensor losses = waiting_.to(torch::kCPU);
    for (std::size_t i = 0; i < examples_.size(); ++i) {
        record_.add(losses.data_ptr<double>()[i], examples_[i]);
    }
    examples_.clear();
    return record_;
}

void EpochLoss::restart(const train::LossRecord& record) {
    examples_.clear();
    record_ = record;
}

}  // namespace trilby::backends
