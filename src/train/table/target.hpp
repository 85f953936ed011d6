// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What is learned from the target of each row.

#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "data/table.hpp"
#include "train/shared_arrays.hpp"
#include "train/table/part_rows.hpp"
#include "train/table/schema.hpp"
#include <trilby/result.hpp>

namespace trilby::train::table {

[[nodiscard]] bool has_target(const data::ColumnValues& values, std::uint64_t row);

/// The classes, or mean and deviation, of the training rows. ErrorCode::bad_data for a class that
/// is only in another part, a target that is constant, and, with the place in `files`, for the
/// logarithm of a number that is not positive.
[[nodiscard]] Result<Target> fit_target(const data::Column& column,
                                        const data::ColumnValues& values, const PartRows& rows,
                                        const TableFiles& files, bool is_log);

/// i32 for classes, f32 for numbers.
[[nodiscard]] ElementType target_type(const Target& target);

/// The index of each row's class.
void fill_classes(const Target& target, const data::Column& column,
                  const data::ColumnValues& values, std::span<const std::uint64_t> rows,
                  std::span<std::int32_t> classes);
/// What the network should give for each row.
void fill_numbers(const Target& target, const data::ColumnValues& values,
                  std::span<const std::uint64_t> rows, std::span<float> numbers);

}  // namespace trilby::train::table
