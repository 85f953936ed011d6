// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// How a network says which of its weights are next to the data.

#pragma once

#include <string_view>

#include <trilby/export.hpp>

namespace trilby {

/// A base of a module, besides torch::nn::Module. Muon is meant for weights between hidden layers;
/// it leaves the outer ones to AdamW. For a module without this base, these are the first weight,
/// unless there is an embedding, and the last one, in the order of named_parameters(), where the
/// weights of a module itself come before those of the modules in it.
class TRILBY_API KnowsOuterWeights {
  public:
    virtual ~KnowsOuterWeights() = default;
    /// Whether the parameter of this name takes the data or gives the outputs. It counts only for
    /// weights: parameters of two or more dimensions whose name is or ends in "weight".
    [[nodiscard]] virtual bool is_outer(std::string_view name) const = 0;
};

}  // namespace trilby
