// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/checking/attention_shapes.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <iterator>

namespace trilby::backends {
namespace {

constexpr std::array<std::int64_t, 6> model_depths{32, 64, 80, 96, 128, 256};

constexpr std::array attentions{
    // Tiles, and the edges around them.
    AttentionShape{1, 4, 4, 128, 128, 64},
    AttentionShape{2, 3, 3, 63, 63, 32},
    AttentionShape{1, 2, 2, 127, 129, 80},
    AttentionShape{1, 2, 1, 65, 65, 256},
    AttentionShape{1, 1, 1, 1, 1, 64},
    // One query, as when a model writes with a cache of its keys.
    AttentionShape{1, 8, 2, 1, 1024, 128},
    AttentionShape{4, 4, 4, 1, 257, 64},
    // Heads of queries that share their keys.
    AttentionShape{1, 8, 2, 64, 64, 128},
    AttentionShape{1, 6, 1, 100, 100, 96},
    // Sequences of models.
    AttentionShape{1, 12, 12, 128, 128, 64},
    AttentionShape{1, 12, 12, 512, 512, 64},
    AttentionShape{2, 4, 4, 511, 513, 80},
    AttentionShape{1, 8, 2, 512, 512, 128},
    AttentionShape{1, 4, 4, 1024, 1024, 64},
    AttentionShape{1, 2, 2, 1023, 1025, 96},
    AttentionShape{1, 2, 1, 1024, 1024, 256},
    AttentionShape{1, 16, 16, 1, 4096, 64},
    AttentionShape{1, 4, 1, 2048, 2048, 128},
    AttentionShape{1, 2, 2, 2047, 2049, 64},
    AttentionShape{1, 1, 1, 4096, 4096, 128},
    AttentionShape{1, 32, 8, 1, 4096, 128},
    AttentionShape{1, 32, 8, 1024, 1024, 128},
    AttentionShape{1, 16, 4, 2048, 2048, 128},
    AttentionShape{1, 4, 4, 4095, 4097, 64},
    AttentionShape{1, 16, 16, 4096, 4096, 64},
};

void shrink(AttentionShape& shape) {
    std::int64_t& longer = shape.rows < shape.keys ? shape.keys : shape.rows;
    if (longer > 1) {
        longer = (longer + 1) / 2;
    } else {
        shape = {1, 1, 1, 1, 1, model_depths.front()};
    }
}

}  // namespace

std::string AttentionShape::text() const {
    const std::string sizes = fmt::format("{}x{}x{}", rows, keys, depth);
    const std::string shared = heads == key_heads ? "" : fmt::format(" with {} of keys", key_heads);
    const std::string batches = batch == 1 ? "" : fmt::format("{} of ", batch);
    return fmt::format("{}{} heads{} {}", batches, heads, shared, sizes);
}

std::vector<AttentionShape> known_attention_shapes(const SweepLimits& limits) {
    std::vector<AttentionShape> shapes;
    std::ranges::copy_if(attentions, std::back_inserter(shapes),
                         [&](const AttentionShape& shape) { return limits.allow(shape.scores()); });
    return shapes;
}

AttentionShape random_attention_shape(SplitMix64& random, const SweepLimits& limits) {
    const ProductShape product = random_shape(random, limits);
    const auto key_heads = static_cast<std::int64_t>(1 + random.below(3));
    AttentionShape shape{.batch = static_cast<std::int64_t>(1 + random.below(2)),
                         .heads = key_heads * static_cast<std::int64_t>(1 + random.below(3)),
                         .key_heads = key_heads,
                         .rows = product.rows,
                         .keys = random.below(2) == 0 ? product.rows : product.columns,
                         .depth = model_depths.at(random.below(model_depths.size()))};
    while (!limits.allow(shape.scores())) {
        shrink(shape);
    }
    return shape;
}

}  // namespace trilby::backends
