// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/read_ahead.hpp"

#include <algorithm>
#include <cmath>

namespace trilby::train {
namespace {

// A disk reads blocks of this size about as fast as a whole file in order.
constexpr double block_bytes = 256 << 10;

double bytes_of(const SharedArrays& arrays, const std::vector<ArrayRows>& all) {
    double bytes = 0.0;
    for (const ArrayRows& rows : all) {
        bytes += static_cast<double>(rows.rows.size()) *
                 static_cast<double>(arrays.layout_of(rows.array).row_bytes());
    }
    return bytes;
}

}  // namespace

Shuffle shuffle_for(const SharedArrays& arrays, const RowsOfExamples& rows, std::int64_t count) {
    const double all = count == 0 ? 0.0 : bytes_of(arrays, rows({0, count}));
    if (!arrays.is_on_disk() || all == 0.0) {
        return {};
    }
    const double each = all / static_cast<double>(count);
    // Bytes that an example shares with its neighbours, such as the past of a forecast. Each block
    // reads them once more, so it must be large compared with them.
    const double shared = std::max(0.0, bytes_of(arrays, rows({0, 1})) - each);
    const double block = std::max(1.0, std::floor(std::max(block_bytes, 4 * shared) / each));
    const double window = std::max(1.0, std::floor(window_bytes / (block * each + shared)));
    return {.block = static_cast<std::int64_t>(block), .window = static_cast<std::int64_t>(window)};
}

void ReadAhead::prepare(std::int64_t step) {
    // A run that began in memory keeps its order, in which nothing can be read ahead.
    if (!arrays_.is_on_disk() || order_.shuffle().is_whole()) {
        return;
    }
    const auto start = std::chrono::steady_clock::now();
    const std::int64_t first = order_.first_window_of(step);
    while (!held_.empty() && held_.front().number < first) {
        announce(RowUse::finished, held_.front().blocks);
        held_.pop_front();
    }
    const std::int64_t last = order_.last_window_of(step);
    for (std::int64_t window = held_.empty() ? first : held_.back().number + 1; window <= last;
         ++window) {
        enter(window);
    }
    waited_ += std::chrono::steady_clock::now() - start;
    read_some_of_next(order_.count_of(step));
}

void ReadAhead::enter(std::int64_t window) {
    held_.push_back({window, order_.blocks_of(window)});
    announce(RowUse::soon, held_.back().blocks);
    announce(RowUse::now, held_.back().blocks);
    next_ = order_.blocks_of(window + 1);
}

/// Asks for twice as many examples as a step has, so that the next window is complete by the middle
/// of this one.
void ReadAhead::read_some_of_next(std::int64_t step_examples) {
    std::int64_t examples = 2 * step_examples;
    std::vector<data::Range> blocks;
    while (examples > 0 && !next_.empty()) {
        examples -= next_.back().size();
        blocks.push_back(next_.back());
        next_.pop_back();
    }
    announce(RowUse::soon, blocks);
}

void ReadAhead::announce(RowUse use, const std::vector<data::Range>& blocks) const {
    for (const data::Range& block : blocks) {
        for (const ArrayRows& rows : rows_(block)) {
            arrays_.announce(use, rows.array, rows.rows);
        }
    }
}

}  // namespace trilby::train
