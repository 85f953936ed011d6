// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Tells the classes of images apart.

#pragma once

#include <cstdint>
#include <memory>
#include <torch/torch.h>

#include "backends/torch/class_loss.hpp"
#include "backends/torch/images/batches.hpp"
#include "backends/torch/task.hpp"
#include "train/images/data.hpp"
#include "train/images/settings.hpp"

namespace trilby::backends {

class ImageTask : public Task {
  public:
    /// The schema fits the arrays. The network gives a row of class scores per image.
    ImageTask(const train::images::Settings& settings, const train::Recipe& recipe,
              const TaskData& data, const train::images::Schema& schema, Network network,
              const OwnParts& own, const torch::Device& device);

    torch::nn::Module& network() override { return *network_.module; }
    std::int64_t count(data::Part part) const override { return set(part).size(); }
    std::string_view unit() const override { return "images"; }
    std::vector<train::ArrayRows> rows_of(const data::Range& examples) const override;
    Batch batch(std::span<const std::int64_t> examples, std::uint64_t seed) const override;
    torch::Tensor loss(const Batch& batch) override;
    std::optional<std::vector<train::ClassWeight>> class_weights() const override {
        return class_loss_.weights();
    }
    std::string_view metric() const override { return "accuracy"; }
    Result<train::Metrics> evaluate(data::Part part, const AfterBatch& after_batch) override;
    torch::Tensor predict(data::Part part, std::int64_t first, std::int64_t last) override;

  private:
    [[nodiscard]] const ImageSet& set(data::Part part) const;
    [[nodiscard]] double summed_loss(const torch::Tensor& scores,
                                     const torch::Tensor& labels) const;
    /// The scores of the classes before the softmax, a row per image. Not for training.
    [[nodiscard]] torch::Tensor scores(const torch::Tensor& images);

    train::images::Settings settings_;
    data::Range training_rows_;
    ImageSet training_;
    ImageSet validation_;
    ImageSet test_;
    ClassLoss class_loss_;
    Network network_;
    LossFunction own_loss_;
};

[[nodiscard]] Result<std::unique_ptr<Task>> make_task(const train::images::Settings& settings,
                                                      const train::Recipe& recipe,
                                                      const TaskData& data,
                                                      const torch::Device& device,
                                                      const OwnParts& own = {});

}  // namespace trilby::backends
