// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Guesses the next token of a text.

#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <torch/torch.h>

#include "backends/torch/data_rows.hpp"
#include "backends/torch/task.hpp"
#include "train/text/schema.hpp"
#include "train/text/settings.hpp"

namespace trilby::backends {

/// An example is a window of the text: as many tokens as the context, and the one after each.
class TextTask : public Task {
  public:
    /// The schema and the parts fit the arrays, and each part is empty or longer than the context.
    TextTask(std::int64_t context, const TaskData& data, const train::text::Schema& schema,
             Network network, const OwnParts& own, const torch::Device& device);

    torch::nn::Module& network() override { return *network_.module; }
    std::int64_t count(data::Part part) const override;
    std::string_view unit() const override { return "tokens"; }
    std::int64_t units_per_example() const override { return context_; }
    std::vector<train::ArrayRows> rows_of(const data::Range& examples) const override;
    /// Example i starts up to a context after token i * context, at random: each pass over a text
    /// cuts it elsewhere.
    Batch batch(std::span<const std::int64_t> examples, std::uint64_t seed) const override;
    torch::Tensor loss(const Batch& batch) override;
    std::string_view metric() const override { return "nats_per_character"; }
    /// Measures each token of the part but the first, in windows side by side.
    Result<train::Metrics> evaluate(data::Part part, const AfterBatch& after_batch) override;
    /// The mean nats per token of each window.
    torch::Tensor predict(data::Part part, std::int64_t first, std::int64_t last) override;

  private:
    [[nodiscard]] torch::Tensor windows(std::int64_t first_token, std::int64_t count,
                                        std::int64_t length) const;
    /// The scores of the tokens after those of the windows.
    [[nodiscard]] torch::Tensor scores(std::int64_t first_token, std::int64_t count,
                                       std::int64_t length);

    std::int64_t context_;
    data::Parts parts_;
    DataRows tokens_;                             ///< of all parts
    std::array<double, 3> tokens_per_character_;  ///< by part
    Network network_;
    LossFunction own_loss_;
};

[[nodiscard]] Result<std::unique_ptr<Task>> make_task(const train::text::Settings& settings,
                                                      const train::Recipe& recipe,
                                                      const TaskData& data,
                                                      const torch::Device& device,
                                                      const OwnParts& own = {});

}  // namespace trilby::backends
