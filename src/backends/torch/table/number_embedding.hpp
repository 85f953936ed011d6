// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// How a number of a table enters a network (Gorishniy, Rubachev and Babenko, "On Embeddings for
/// Numerical Features in Tabular Deep Learning", 2022).

#pragma once

#include <memory>
#include <torch/torch.h>

#include "train/table/schema.hpp"
#include "train/table/settings.hpp"

namespace trilby::backends {

/// Gives rows x inputs numbers as rows x (inputs * size()).
class NumberEmbedding : public torch::nn::Module {
  public:
    [[nodiscard]] virtual torch::Tensor forward(const torch::Tensor& numbers) = 0;
    /// The number of outputs for each input.
    [[nodiscard]] virtual std::int64_t size() const = 0;
};

/// Null if there are no numbers. The weights follow from LibTorch's seed.
[[nodiscard]] std::shared_ptr<NumberEmbedding> make_number_embedding(
    const train::table::Settings& settings, const train::table::Schema& schema);

}  // namespace trilby::backends
