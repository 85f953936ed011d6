// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Forecasts a series. An example is a window, numbered by its first row within its part.

#pragma once

#include <cstdint>
#include <memory>
#include <torch/torch.h>

#include "backends/torch/task.hpp"
#include "train/series/schema.hpp"
#include "train/series/settings.hpp"

namespace trilby::backends {

class SeriesTask : public Task {
  public:
    /// The schema fits the arrays.
    SeriesTask(const train::series::Settings& settings, const TaskData& data,
               const train::series::Schema& schema, Network network, const OwnParts& own,
               const torch::Device& device);

    torch::nn::Module& network() override { return *network_.module; }
    std::int64_t count(data::Part part) const override { return first_rows(part).size(); }
    std::string_view unit() const override { return "windows"; }
    std::vector<train::ArrayRows> rows_of(const data::Range& examples) const override;
    Batch batch(std::span<const std::int64_t> examples, std::uint64_t seed) const override;
    torch::Tensor loss(const Batch& batch) override;
    /// In standardized values, as the literature measures.
    std::string_view metric() const override { return "mse"; }
    Result<train::Metrics> evaluate(data::Part part, const AfterBatch& after_batch) override;
    /// Windows x horizon x variables.
    torch::Tensor predict(data::Part part, std::int64_t first, std::int64_t last) override;
    torch::Tensor in_own_units(const torch::Tensor& outputs) const override;

  private:
    /// The future; where it is missing, the forecast, which adds nothing to errors and gradients.
    [[nodiscard]] torch::Tensor targets(const torch::Tensor& forecast,
                                        const torch::Tensor& future) const;
    [[nodiscard]] double summed_loss(const torch::Tensor& forecast,
                                     const torch::Tensor& expected) const;
    [[nodiscard]] std::int64_t count_known(const torch::Tensor& future) const;
    [[nodiscard]] data::Range first_rows(data::Part part) const;
    /// All rows of the windows whose first rows are first..last-1.
    [[nodiscard]] std::vector<train::ArrayRows> array_rows(std::int64_t first,
                                                           std::int64_t last) const;
    /// Past and future of the windows that begin in `rows`; the future is not a number where a
    /// value is missing.
    [[nodiscard]] Batch windows_at(const torch::Tensor& rows) const;
    /// Past and future of the windows first..last-1 of a part.
    [[nodiscard]] Batch windows_of(data::Part part, std::int64_t first, std::int64_t last) const;

    train::series::Settings settings_;
    data::Parts parts_;
    torch::Device device_;
    torch::Tensor pasts_;    ///< views: first rows x variables x look-back
    torch::Tensor futures_;  ///< first rows x variables x horizon
    torch::Tensor known_;    ///< as futures_, 0 for missing values; undefined if there are none
    torch::Tensor means_;    ///< variables, float64, on the CPU
    torch::Tensor deviations_;
    Network network_;
    LossFunction own_loss_;
};

[[nodiscard]] Result<std::unique_ptr<Task>> make_task(const train::series::Settings& settings,
                                                      const train::Recipe& recipe,
                                                      const TaskData& data,
                                                      const torch::Device& device,
                                                      const OwnParts& own = {});

}  // namespace trilby::backends
