// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <string>
#include <string_view>
#include <torch/torch.h>

#include "data/part.hpp"
#include "train/shared_arrays.hpp"

namespace trilby::backends {

/// An array as a tensor on the CPU, without a copy: it may be read only, and `arrays` must outlive
/// it.
[[nodiscard]] torch::Tensor tensor_of(const train::SharedArrays& arrays, std::string_view name);

/// Consecutive rows of an array, to choose from. An array in memory has its rows on the device. The
/// rows of an array on disk are copied to the device when they are chosen.
class DataRows {
  public:
    /// Rows are given on `device` and as `type`. `arrays` must outlive this object.
    DataRows(const train::SharedArrays& arrays, std::string_view name, const data::Range& rows,
             const torch::Device& device, torch::ScalarType type);

    [[nodiscard]] std::int64_t size() const { return values_.size(0); }
    /// The device of the tensor from which rows are chosen.
    [[nodiscard]] torch::Device place() const { return values_.device(); }
    /// The rows with these numbers, which are int64 and at place().
    [[nodiscard]] torch::Tensor at(const torch::Tensor& numbers) const;
    /// The rows first..last-1. They may share memory with this object.
    [[nodiscard]] torch::Tensor between(std::int64_t first, std::int64_t last) const;

  private:
    const train::SharedArrays& arrays_;
    std::string name_;
    std::int64_t first_;  ///< row of the array
    torch::Device device_;
    torch::ScalarType type_;
    torch::Tensor values_;
};

}  // namespace trilby::backends
