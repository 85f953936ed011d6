// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The layers of a recipe as a LibTorch module.

#pragma once

#include <cstdint>
#include <string>
#include <torch/torch.h>
#include <utility>
#include <vector>

#include "train/network.hpp"
#include <trilby/result.hpp>

namespace trilby::backends {

using NamedTensors = std::vector<std::pair<std::string, torch::Tensor>>;

class Network {
  public:
    /// Builds the layers with weights initialized from `seed`, on the CPU and in float32. `shapes`
    /// is the result of train::infer_shapes() for them.
    Network(const std::vector<train::Layer>& layers, const std::vector<train::Shape>& shapes,
            std::int64_t seed);

    /// One row of class scores per image. Input: N x channels x height x width.
    [[nodiscard]] torch::Tensor forward(const torch::Tensor& images);

    void to(const torch::Device& device);
    void set_training(bool is_training);

    [[nodiscard]] std::vector<torch::Tensor> parameters() const;
    /// The tensors that training changes besides the parameters, such as the means of a batch norm.
    [[nodiscard]] std::vector<torch::Tensor> buffers() const;
    /// Parameters and buffers by name ("conv2d_1.weight"), as a checkpoint holds them.
    [[nodiscard]] NamedTensors state() const;

  private:
    torch::nn::Sequential layers_;
};

}  // namespace trilby::backends
