// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/pass_order.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "base/describe.hpp"
#include "base/read_json.hpp"
#include "base/try.hpp"
#include "base/write_json.hpp"
#include "train/schedule.hpp"

namespace trilby::train {

TRILBY_DESCRIBE(Shuffle, block, window)

namespace {

/// Keeps the random numbers of windows and of blocks apart.
std::int64_t seed_of_window(std::int64_t seed, std::int64_t window) {
    return window == 0 ? seed : static_cast<std::int64_t>(step_seed(seed, -window));
}

constexpr std::int64_t stream_of_blocks = 0x424c4f434b53;

}  // namespace

json::object to_json(const Shuffle& shuffle) {
    return json::to_json(shuffle);
}

Result<Shuffle> parse_shuffle(const json::object& document, std::string_view where) {
    TRILBY_TRY(shuffle, json::from_json<Shuffle>(document, where));
    if (shuffle.block < 1 || shuffle.window < 1) {
        return failure(ErrorCode::bad_data,
                       fmt::format("{}: examples are shuffled in {} blocks of {}, expected at "
                                   "least 1 of each",
                                   where, shuffle.window, shuffle.block));
    }
    return shuffle;
}

PassOrder::PassOrder(std::int64_t seed, std::int64_t pass, std::int64_t count,
                     const Shuffle& shuffle)
    : seed_(seed), pass_(pass), count_(count), shuffle_(shuffle) {
    const std::int64_t blocks =
        shuffle.is_whole() ? 1 : std::max<std::int64_t>(1, count / shuffle.block);
    shuffle_.window = std::min(shuffle.window, blocks);
    blocks_ = epoch_order(seed_of_window(seed, stream_of_blocks), pass, blocks);
    window_starts_.push_back(0);
    for (std::int64_t window = 0; window * shuffle_.window < blocks; ++window) {
        std::int64_t end = window_starts_.back();
        for (const data::Range& examples : blocks_of(window)) {
            end += examples.size();
        }
        window_starts_.push_back(end);
    }
}

std::int64_t PassOrder::windows() const {
    return static_cast<std::int64_t>(window_starts_.size()) - 1;
}

std::int64_t PassOrder::window_of(std::int64_t position) const {
    const auto after = std::ranges::upper_bound(window_starts_, position);
    return after - window_starts_.begin() - 1;
}

/// All blocks have almost the same size, so that none is short.
data::Range PassOrder::block(std::int64_t number) const {
    const auto blocks = static_cast<std::int64_t>(blocks_.size());
    const std::int64_t size = count_ / blocks;
    const std::int64_t larger = count_ % blocks;  // the first ones
    const std::int64_t first = number * size + std::min(number, larger);
    return {first, first + size + (number < larger ? 1 : 0)};
}

std::vector<data::Range> PassOrder::blocks_of(std::int64_t window) const {
    const auto blocks = static_cast<std::int64_t>(blocks_.size());
    const std::int64_t first = window * shuffle_.window;
    std::vector<data::Range> ranges;
    for (std::int64_t i = first; i < std::min(first + shuffle_.window, blocks); ++i) {
        ranges.push_back(block(blocks_[static_cast<std::size_t>(i)]));
    }
    return ranges;
}

std::int64_t PassOrder::example_at(std::int64_t position) {
    const std::int64_t window = window_of(position);
    if (window != mixed_) {
        mix(window);
    }
    return order_[static_cast<std::size_t>(position -
                                           window_starts_[static_cast<std::size_t>(window)])];
}

std::vector<std::int64_t> PassOrder::examples_of(std::int64_t window, std::int64_t count) const {
    std::vector<std::int64_t> examples;
    examples.reserve(static_cast<std::size_t>(count));
    for (const data::Range& range : blocks_of(window)) {
        for (std::int64_t example = range.first; example < range.last; ++example) {
            examples.push_back(example);
        }
    }
    return examples;
}

void PassOrder::mix(std::int64_t window) {
    const auto at = static_cast<std::size_t>(window);
    const std::int64_t count = window_starts_[at + 1] - window_starts_[at];
    order_ = epoch_order(seed_of_window(seed_, window), pass_, count);
    if (!shuffle_.is_whole()) {
        const std::vector<std::int64_t> examples = examples_of(window, count);
        for (std::int64_t& place : order_) {
            place = examples[static_cast<std::size_t>(place)];
        }
    }
    mixed_ = window;
}

}  // namespace trilby::train
