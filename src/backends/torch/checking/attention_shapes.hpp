// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The shapes of attention that a sweep covers.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "backends/torch/checking/product_shapes.hpp"
#include "base/random.hpp"

namespace trilby::backends {

struct AttentionShape {
    std::int64_t batch;
    std::int64_t heads;      ///< of the queries
    std::int64_t key_heads;  ///< each serves `heads / key_heads` heads of the queries
    std::int64_t rows;       ///< queries of a head
    std::int64_t keys;
    std::int64_t depth;  ///< of a query, a key and a value

    /// The product of queries and keys.
    [[nodiscard]] ProductShape scores() const { return {batch * heads, rows, depth, keys}; }
    /// "12 heads 512x512x64": rows, keys and depth.
    [[nodiscard]] std::string text() const;

    auto operator<=>(const AttentionShape&) const = default;
};

/// The known shapes within the limits, in the order in which they are checked.
[[nodiscard]] std::vector<AttentionShape> known_attention_shapes(const SweepLimits& limits);

/// A shape within the limits, with a depth that models use, and rows and keys of every magnitude.
[[nodiscard]] AttentionShape random_attention_shape(SplitMix64& random, const SweepLimits& limits);

}  // namespace trilby::backends
