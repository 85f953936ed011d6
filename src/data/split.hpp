// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Assigns the rows of a data set to training, validation and test.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/large_vector.hpp"
#include "data/part.hpp"
#include <trilby/result.hpp>

namespace trilby::data {

/// The part of each row.
using Split = LargeVector<Part>;

/// The fractions of all rows; the others are for training.
struct SplitFractions {
    double validation = 0.0;
    double test = 0.0;
};

[[nodiscard]] Split split_at_random(std::size_t rows, SplitFractions fractions, std::uint64_t seed);
/// The same fractions of each class, as far as its rows can be divided. At least one row of each
/// class is for training.
[[nodiscard]] Split split_classes_at_random(std::span<const std::uint32_t> classes,
                                            SplitFractions fractions, std::uint64_t seed);
/// The first rows are for training, the last ones for the test.
[[nodiscard]] Split split_in_order(std::size_t rows, SplitFractions fractions);
/// Divides by words for the parts, such as "train", "valid" and "test": row i has the word
/// words[codes[i] - 1]. ErrorCode::bad_data for another word.
[[nodiscard]] Result<Split> split_by_words(std::span<const std::uint32_t> codes,
                                           std::span<const std::string> words);

/// The part that a word such as "train" or "Val" stands for.
[[nodiscard]] std::optional<Part> part_named(std::string_view word);
/// The part that each word stands for. ErrorCode::bad_data for another word.
[[nodiscard]] Result<std::vector<Part>> parts_named(std::span<const std::string> words);

/// The rows of a part, in order.
[[nodiscard]] LargeVector<std::uint64_t> rows_of(const Split& split, Part part);

}  // namespace trilby::data
