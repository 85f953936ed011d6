// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Learns a column of a table from the others.

#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <torch/torch.h>

#include "backends/torch/class_loss.hpp"
#include "backends/torch/data_rows.hpp"
#include "backends/torch/task.hpp"
#include "train/table/schema.hpp"
#include "train/table/settings.hpp"

namespace trilby::backends {

class TableTask : public Task {
  public:
    /// The schema and the parts fit the arrays. The network gives rows x outputs, or members x rows
    /// x outputs: scores of classes, or one number.
    TableTask(const train::Recipe& recipe, const TaskData& data, train::table::Schema schema,
              Network network, const OwnParts& own, const torch::Device& device);

    torch::nn::Module& network() override { return *network_.module; }
    std::int64_t count(data::Part part) const override { return parts_.of(part).size(); }
    std::string_view unit() const override { return "rows"; }
    std::vector<train::ArrayRows> rows_of(const data::Range& examples) const override;
    Batch batch(std::span<const std::int64_t> examples, std::uint64_t seed) const override;
    torch::Tensor loss(const Batch& batch) override;
    std::optional<std::vector<train::ClassWeight>> class_weights() const override {
        return class_loss_.weights();
    }
    std::string_view metric() const override;
    Result<train::Metrics> evaluate(data::Part part, const AfterBatch& after_batch) override;
    torch::Tensor predict(data::Part part, std::int64_t first, std::int64_t last) override;

  private:
    /// The outputs of each member, in the network's unit: members x rows x outputs.
    [[nodiscard]] torch::Tensor members(const torch::Tensor& numbers, const torch::Tensor& codes);
    [[nodiscard]] torch::Tensor mean_loss(const torch::Tensor& members,
                                          const torch::Tensor& targets) const;
    [[nodiscard]] Result<train::Metrics> metrics_of(const data::Range& rows,
                                                    const AfterBatch& after_batch);
    [[nodiscard]] torch::Tensor own_loss(const torch::Tensor& members,
                                         const torch::Tensor& targets) const;
    [[nodiscard]] Result<double> mean_own_loss(const data::Range& rows,
                                               const AfterBatch& after_batch);
    /// The outputs of all members together, in the network's unit: rows x outputs.
    [[nodiscard]] Result<torch::Tensor> outputs(const data::Range& rows,
                                                const AfterBatch& after_batch);

    train::table::Schema schema_;
    data::Parts parts_;
    DataRows numbers_;
    DataRows codes_;
    std::optional<DataRows> targets_;  ///< nothing where there are only inputs
    ClassLoss class_loss_;
    Network network_;
    LossFunction own_loss_;
};

[[nodiscard]] Result<std::unique_ptr<Task>> make_task(const train::table::Settings& settings,
                                                      const train::Recipe& recipe,
                                                      const TaskData& data,
                                                      const torch::Device& device,
                                                      const OwnParts& own = {});

}  // namespace trilby::backends
