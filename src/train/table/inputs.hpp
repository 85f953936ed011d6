// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// From the values of a table to what a network reads.

#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "data/table.hpp"
#include "train/table/schema.hpp"

namespace trilby::train::table {

/// Rows of a table, by index.
using Rows = data::LargeVector<std::uint64_t>;

/// Keeps only the levels of each category that at least two of the rows have. So code 0, for a word
/// that was never seen, is learned from the rare ones. Changes the codes to match.
void keep_frequent_levels(std::vector<data::Column>& columns, data::TableValues& values,
                          std::span<const std::uint64_t> rows);

/// The inputs that numbers and dates give; those that are the same in all of the rows are left out.
[[nodiscard]] std::vector<NumberInput> number_inputs(const std::vector<data::Column>& columns,
                                                     const data::TableValues& values,
                                                     std::span<const std::uint64_t> rows);

/// Fills the inputs of the rows: numbers has rows x schema.numbers scores, codes has rows x
/// categories. `values` has the columns of the schema, in its order.
void fill_inputs(const Schema& schema, const data::TableValues& values,
                 std::span<const std::uint64_t> rows, std::span<float> numbers,
                 std::span<std::int32_t> codes);

}  // namespace trilby::train::table
