// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/checking/product_shapes.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <fmt/format.h>
#include <iterator>

namespace trilby::backends {
namespace {

constexpr std::array known{
    // Cubes as large as tiles, and the edges around them.
    ProductShape{1, 256, 256, 256},
    ProductShape{1, 255, 257, 256},
    ProductShape{1, 64, 63, 64},
    ProductShape{1, 64, 65, 64},
    ProductShape{1, 127, 129, 128},
    ProductShape{1, 16, 16, 16},
    // No sum, one row, one column, one value.
    ProductShape{1, 256, 1, 256},
    ProductShape{1, 17, 1, 2048},
    ProductShape{1, 1, 1024, 1024},
    ProductShape{1, 1024, 1024, 1},
    ProductShape{1, 1, 4096, 1},
    ProductShape{1, 1, 1, 1},
    // Tall, flat and deep.
    ProductShape{1, 4096, 64, 64},
    ProductShape{1, 64, 64, 4096},
    ProductShape{1, 64, 4096, 64},
    ProductShape{1, 17, 8191, 33},
    ProductShape{1, 10, 784, 100},
    // Batches: the heads of attention.
    ProductShape{12, 128, 64, 128},
    ProductShape{12, 128, 128, 64},
    ProductShape{7, 31, 33, 65},
    // A cube of each size, with its edges.
    ProductShape{1, 512, 512, 512},
    ProductShape{1, 511, 513, 511},
    ProductShape{1, 1024, 1024, 1024},
    ProductShape{1, 1025, 1023, 1024},
    ProductShape{1, 2048, 2048, 2048},
    ProductShape{1, 4096, 4096, 4096},
    ProductShape{1, 8192, 8192, 8192},
    // The layers of transformers: attention's projections, both halves of the MLP, the vocabulary.
    ProductShape{1, 128, 768, 768},
    ProductShape{1, 128, 768, 3072},
    ProductShape{1, 128, 3072, 768},
    ProductShape{1, 512, 768, 2304},
    ProductShape{1, 16, 768, 50257},
    ProductShape{1, 2048, 4096, 4096},
    ProductShape{1, 2048, 4096, 11008},
    ProductShape{1, 2048, 11008, 4096},
    ProductShape{32, 1024, 128, 1024},
    ProductShape{1, 4095, 4097, 4096},
    ProductShape{1, 1, 8192, 8192},
};

/// The largest products of a check that has at least `from_seconds`.
struct SizeLimit {
    double from_seconds;
    std::int64_t cpu_side;
    std::int64_t gpu_side;
};

// The levels 1, 2 and 3 of validate/checks.def.
constexpr std::array size_limits{SizeLimit{0, 512, 1024}, SizeLimit{5, 1024, 4096},
                                 SizeLimit{30, 2048, 8192}};

/// Both operands, two results, and the garbage between them, in the widest type.
constexpr std::uint64_t bytes_per_value = 3 * sizeof(double);
// A cube has three squares of values. The host needs memory for them, too.
constexpr std::int64_t squares_per_shape = 5;
// So many fit everywhere.
constexpr std::int64_t least_values = 4096;

std::int64_t random_side(SplitMix64& random, std::int64_t largest) {
    const auto bits = std::bit_width(static_cast<std::uint64_t>(largest));
    const std::uint64_t power = std::uint64_t{1} << random.below(static_cast<std::uint64_t>(bits));
    const std::uint64_t side =
        random.below(2) == 0 ? power + random.below(power) : power + random.below(3) - 1;
    return std::clamp<std::int64_t>(static_cast<std::int64_t>(side), 1, largest);
}

std::int64_t& longest_side(ProductShape& shape) {
    std::int64_t& longest = shape.rows < shape.columns ? shape.columns : shape.rows;
    return longest < shape.inner ? shape.inner : longest;
}

}  // namespace

std::string ProductShape::text() const {
    const std::string matrix = fmt::format("{}x{}x{}", rows, inner, columns);
    return batch == 1 ? matrix : fmt::format("{} of {}", batch, matrix);
}

bool SweepLimits::allow(const ProductShape& shape) const {
    return shape.work() <= side * side * side && shape.values() <= values;
}

SweepLimits sweep_limits(bool is_cpu, double seconds, std::uint64_t memory_bytes) {
    const SizeLimit& limit =
        *std::prev(std::ranges::upper_bound(size_limits, seconds, {}, &SizeLimit::from_seconds));
    const std::int64_t side = is_cpu ? limit.cpu_side : limit.gpu_side;
    const auto in_memory = static_cast<std::int64_t>(memory_bytes / bytes_per_value);
    return {.side = side,
            .values = std::clamp(in_memory, least_values, squares_per_shape * side * side)};
}

std::vector<ProductShape> known_shapes(const SweepLimits& limits) {
    std::vector<ProductShape> shapes;
    std::ranges::copy_if(known, std::back_inserter(shapes),
                         [&](const ProductShape& shape) { return limits.allow(shape); });
    return shapes;
}

ProductShape random_shape(SplitMix64& random, const SweepLimits& limits) {
    const bool is_batched = random.below(4) == 0;
    const auto several = static_cast<std::int64_t>(2 + random.below(6));
    ProductShape shape{.batch = is_batched ? several : 1,
                       .rows = random_side(random, 4 * limits.side),
                       .inner = random_side(random, 4 * limits.side),
                       .columns = random_side(random, 4 * limits.side)};
    while (!limits.allow(shape)) {
        std::int64_t& longest = longest_side(shape);
        longest = (longest + 1) / 2;
    }
    return shape;
}

}  // namespace trilby::backends
