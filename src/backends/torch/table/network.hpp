// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A network for the rows of a table: embeddings, and an ensemble of perceptrons that share most of
/// their weights (Gorishniy, Kotelnikov and Babenko, "TabM", 2024).

#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <torch/torch.h>
#include <vector>

#include "backends/torch/table/number_embedding.hpp"
#include "train/table/schema.hpp"
#include "train/table/settings.hpp"
#include <trilby/outer_weights.hpp>

namespace trilby::backends {

/// A linear layer whose weights all members share. Each member scales its inputs and outputs, and
/// has its bias.
class SharedLinear : public torch::nn::Module {
  public:
    /// `input_scale` is members x inputs.
    SharedLinear(torch::Tensor input_scale, std::int64_t outputs);

    /// members x rows x inputs, or 1 x rows x inputs; gives members x rows x outputs.
    [[nodiscard]] torch::Tensor forward(const torch::Tensor& x) const;

  private:
    torch::Tensor weight_;
    torch::Tensor input_scale_;
    torch::Tensor output_scale_;
    torch::Tensor bias_;
};

class TableNetwork : public torch::nn::Module, public KnowsOuterWeights {
  public:
    /// With weights from `seed`, on the CPU.
    TableNetwork(const train::table::Settings& settings, const train::table::Schema& schema,
                 std::int64_t seed);

    /// numbers: rows x inputs, float32; codes: rows x categories, int64. Gives members x rows x
    /// outputs: scores of the classes, or one number.
    [[nodiscard]] torch::Tensor forward(const torch::Tensor& numbers, const torch::Tensor& codes);

    /// The embedding of the numbers and the heads; where there is no embedding, the first layer.
    [[nodiscard]] bool is_outer(std::string_view name) const override;

  private:
    void add_categories(const std::vector<std::int64_t>& level_counts, std::int64_t size);
    void add_layers(const train::table::Settings& settings, const torch::Tensor& input_scale);
    void add_heads(const train::table::Settings& settings, std::int64_t outputs);
    [[nodiscard]] torch::Tensor embedded(const torch::Tensor& numbers,
                                         const torch::Tensor& codes) const;

    double dropout_;
    std::shared_ptr<NumberEmbedding> number_embedding_;  ///< null if there are no numbers
    torch::Tensor code_embedding_;  ///< rows for all codes; undefined if there are no categories
    torch::Tensor first_code_;      ///< the row for code 0 of each category
    std::vector<std::shared_ptr<SharedLinear>> layers_;
    torch::Tensor head_weight_;  ///< members x features x outputs
    torch::Tensor head_bias_;    ///< members x 1 x outputs
};

}  // namespace trilby::backends
