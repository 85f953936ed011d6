// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Learns a column of a table from the others.

#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <torch/torch.h>

#include "backends/torch/table/network.hpp"
#include "backends/torch/task.hpp"
#include "train/table/schema.hpp"
#include "train/table/settings.hpp"

namespace trilby::backends {

class TableTask : public Task {
  public:
    /// The schema and the parts fit the arrays.
    TableTask(const train::table::Settings& settings, const train::Recipe& recipe,
              const TaskData& data, train::table::Schema schema, const torch::Device& device);

    torch::nn::Module& network() override { return *network_; }
    std::int64_t count(data::Part part) const override { return parts_.of(part).size(); }
    std::string_view unit() const override { return "rows"; }
    Batch batch(std::span<const std::int64_t> examples, std::uint64_t seed) const override;
    torch::Tensor loss(const Batch& batch) override;
    std::string_view metric() const override;
    train::Metrics evaluate(data::Part part) override;
    torch::Tensor predict(data::Part part, std::int64_t first, std::int64_t last) override;

  private:
    /// Of all members together, in the network's unit, rows x outputs.
    [[nodiscard]] torch::Tensor outputs(const data::Range& rows);

    train::table::Schema schema_;
    double label_smoothing_;
    data::Parts parts_;
    torch::Tensor numbers_;
    torch::Tensor codes_;
    torch::Tensor targets_;  ///< undefined where there are only inputs
    std::shared_ptr<TableNetwork> network_;
};

[[nodiscard]] Result<std::unique_ptr<Task>> make_task(const train::table::Settings& settings,
                                                      const train::Recipe& recipe,
                                                      const TaskData& data,
                                                      const torch::Device& device);

}  // namespace trilby::backends
