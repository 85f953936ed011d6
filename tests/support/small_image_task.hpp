// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>
#include <string_view>
#include <torch/torch.h>
#include <vector>

#include "backends/torch/images/network.hpp"
#include "backends/torch/task.hpp"
#include "train/network.hpp"

namespace trilby::testing {

/// A task whose network has all that a step may change or draw: means of a batch norm, random
/// numbers of a dropout.
class SmallImageTask : public backends::Task {
  public:
    static constexpr std::int64_t side = 6;
    static constexpr std::int64_t classes = 3;

    SmallImageTask() : Task(no_arrays()) {
        const std::vector<train::Layer> layers{train::Conv2d{.channels = 4, .kernel = 3},
                                               train::BatchNorm{},
                                               train::Relu{},
                                               train::Flatten{},
                                               train::Dropout{.probability = 0.5},
                                               train::Linear{.features = classes}};
        const auto shapes = train::infer_shapes(layers, {1, side, side}).value();
        network_ = backends::make_image_network(layers, shapes, /*seed=*/7);
    }
    torch::nn::Module& network() override { return *network_; }
    std::vector<train::ArrayRows> rows_of(const data::Range&) const override { return {}; }
    std::string_view unit() const override { return "images"; }
    std::string_view metric() const override { return "accuracy"; }
    Result<train::Metrics> evaluate(data::Part, const backends::AfterBatch&) override {
        return train::Metrics();
    }
    torch::Tensor predict(data::Part, std::int64_t, std::int64_t) override { return {}; }

    /// So many images, which differ by `first`, and their labels.
    static backends::Batch made_batch(std::int64_t count, int first) {
        const auto images = torch::arange(count * side * side, torch::kFloat32)
                                .add(first)
                                .sin()
                                .view({count, 1, side, side});
        return {images, torch::arange(count).remainder(classes)};
    }

  protected:
    torch::nn::Sequential network_;

  private:
    /// The batches are computed.
    static const train::SharedArrays& no_arrays() {
        static const auto arrays =
            train::SharedArrays::reserve({{"none", train::ElementType::u8, {1}}}).value();
        return arrays;
    }
};

}  // namespace trilby::testing
