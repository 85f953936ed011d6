// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "data/part.hpp"
#include <trilby/result.hpp>

namespace trilby::train {

/// How examples are put in a random order. A block is a range of examples that stays together on
/// the disk. Blocks are taken in a random order, as many as a window holds, and then the examples
/// of the window are mixed.
struct Shuffle {
    std::int64_t block = 0;   ///< examples; 0: all
    std::int64_t window = 1;  ///< blocks

    [[nodiscard]] bool is_whole() const { return block == 0; }
    bool operator==(const Shuffle&) const = default;
};

[[nodiscard]] json::object to_json(const Shuffle& shuffle);
/// ErrorCode::bad_data for sizes that are not positive.
[[nodiscard]] Result<Shuffle> parse_shuffle(const json::object& document, std::string_view where);

/// The order of one pass over the examples: a permutation that depends only on the arguments, on
/// every platform.
class PassOrder {
  public:
    /// `count` examples, at least one.
    PassOrder(std::int64_t seed, std::int64_t pass, std::int64_t count, const Shuffle& shuffle);

    [[nodiscard]] std::int64_t windows() const;
    /// The window to which a position in the order belongs.
    [[nodiscard]] std::int64_t window_of(std::int64_t position) const;
    /// The examples of a window, as blocks.
    [[nodiscard]] std::vector<data::Range> blocks_of(std::int64_t window) const;
    [[nodiscard]] std::int64_t example_at(std::int64_t position);

  private:
    [[nodiscard]] data::Range block(std::int64_t number) const;
    [[nodiscard]] std::vector<std::int64_t> examples_of(std::int64_t window,
                                                        std::int64_t count) const;
    void mix(std::int64_t window);

    std::int64_t seed_;
    std::int64_t pass_;
    std::int64_t count_;
    Shuffle shuffle_;
    std::vector<std::int64_t> blocks_;         ///< their numbers in the order of the pass
    std::vector<std::int64_t> window_starts_;  ///< positions, and the end
    std::int64_t mixed_ = -1;                  ///< the window of order_
    std::vector<std::int64_t> order_;
};

}  // namespace trilby::train
