// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The shapes of matrix products that a sweep covers.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/random.hpp"

namespace trilby::backends {

struct ProductShape {
    std::int64_t batch;
    std::int64_t rows;
    std::int64_t inner;
    std::int64_t columns;

    [[nodiscard]] std::int64_t work() const { return batch * rows * inner * columns; }
    /// The values of both operands and of the result.
    [[nodiscard]] std::int64_t values() const {
        return batch * (rows * inner + inner * columns + rows * columns);
    }
    /// "512x768x3072", with the size of the batch before it.
    [[nodiscard]] std::string text() const;

    auto operator<=>(const ProductShape&) const = default;
};

/// What a sweep can multiply in its time and memory.
struct SweepLimits {
    std::int64_t side;    ///< no product takes more work than a cube of this side
    std::int64_t values;  ///< of both operands and the result together

    [[nodiscard]] bool allow(const ProductShape& shape) const;
};

[[nodiscard]] SweepLimits sweep_limits(bool is_cpu, double seconds, std::uint64_t memory_bytes);

/// The known shapes within the limits, in the order in which they are checked.
[[nodiscard]] std::vector<ProductShape> known_shapes(const SweepLimits& limits);

/// A shape within the limits, with sides of every magnitude; every second side is next to a power
/// of two, where tiles end.
[[nodiscard]] ProductShape random_shape(SplitMix64& random, const SweepLimits& limits);

}  // namespace trilby::backends
