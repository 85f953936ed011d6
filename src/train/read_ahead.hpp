// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "data/part.hpp"
#include "train/example_order.hpp"
#include "train/shared_arrays.hpp"

namespace trilby::train {

struct ArrayRows {
    std::string array;
    data::Range rows;
    bool operator==(const ArrayRows&) const = default;
};

/// The rows that the training examples first..last-1 are made from.
using RowsOfExamples = std::function<std::vector<ArrayRows>(const data::Range& examples)>;

/// The size of a window.
inline constexpr std::uint64_t window_bytes = std::uint64_t{256} << 20;

/// How to shuffle the examples of these arrays. Arrays in memory are shuffled as a whole. Those on
/// disk are shuffled in blocks, each of which is read at once, and in windows that are large enough
/// to mix blocks well and small enough for any memory.
[[nodiscard]] Shuffle shuffle_for(const SharedArrays& arrays, const RowsOfExamples& rows,
                                  std::int64_t count);

/// Reads arrays on disk before the steps that train on them. During the steps of one window, the
/// blocks of the next are read, and earlier ones leave memory. So memory holds about two windows,
/// or as many as a step has, however large the data are.
class ReadAhead {
  public:
    /// `arrays` and `order` must outlive it.
    ReadAhead(const SharedArrays& arrays, RowsOfExamples rows, ExampleOrder& order)
        : arrays_(arrays), rows_(std::move(rows)), order_(order) {}

    /// When it returns, the examples of the step are in memory.
    void prepare(std::int64_t step);

    /// How long steps have waited for their windows.
    [[nodiscard]] std::chrono::duration<double> waited() const { return waited_; }

  private:
    void announce(RowUse use, const std::vector<data::Range>& blocks) const;
    void enter(std::int64_t window);
    void read_some_of_next(std::int64_t step_examples);

    const SharedArrays& arrays_;
    RowsOfExamples rows_;
    ExampleOrder& order_;
    struct Window {
        std::int64_t number;
        std::vector<data::Range> blocks;
    };
    std::deque<Window> held_;        ///< in memory, in order
    std::vector<data::Range> next_;  ///< blocks of the next one, which are not asked for yet
    std::chrono::duration<double> waited_{};
};

}  // namespace trilby::train
