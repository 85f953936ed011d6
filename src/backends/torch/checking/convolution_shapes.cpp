// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/checking/convolution_shapes.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <iterator>

namespace trilby::backends {
namespace {

/// A layer of square images whose result is as large as its input divided by the stride.
constexpr Convolution layer(std::int64_t images, std::int64_t groups, std::int64_t inputs,
                            std::int64_t outputs, std::int64_t side, std::int64_t kernel,
                            std::int64_t stride) {
    return {.images = images,
            .groups = groups,
            .inputs = inputs,
            .outputs = outputs,
            .height = side,
            .width = side,
            .kernel = kernel,
            .stride = stride,
            .padding = kernel / 2,
            .dilation = 1};
}

// For 16 images or more, LibTorch may use a fast algorithm on CPUs (NNPACK), which is not exact.
constexpr std::array layers{
    // Residual networks: their blocks, what reduces the resolution, and what goes around a block.
    layer(2, 1, 128, 128, 14, 3, 1),
    layer(1, 1, 64, 64, 28, 3, 1),
    layer(2, 1, 128, 64, 14, 1, 1),
    layer(1, 1, 64, 128, 28, 1, 2),
    // Depthwise, and groups.
    layer(1, 32, 1, 1, 28, 3, 1),
    layer(2, 48, 1, 1, 28, 5, 2),
    layer(1, 32, 4, 4, 28, 3, 1),
    // Channels and sides that do not fill a tile.
    layer(3, 1, 3, 65, 31, 3, 2),
    layer(2, 3, 7, 5, 33, 3, 1),
    layer(1, 1, 63, 65, 17, 1, 1),
    layer(1, 1, 33, 31, 29, 5, 1),
    // The same at the resolutions of networks.
    layer(1, 1, 3, 64, 224, 7, 2),
    layer(1, 1, 64, 64, 56, 3, 1),
    layer(2, 1, 128, 128, 28, 3, 1),
    layer(2, 1, 256, 256, 14, 3, 1),
    layer(4, 1, 512, 512, 7, 3, 1),
    layer(1, 1, 64, 256, 56, 1, 1),
    layer(2, 1, 256, 512, 28, 1, 2),
    layer(4, 1, 2048, 512, 7, 1, 1),
    layer(1, 32, 1, 1, 112, 3, 1),
    layer(2, 144, 1, 1, 56, 3, 2),
    layer(1, 1, 768, 48, 14, 1, 1),
    layer(8, 1, 3, 64, 224, 7, 2),
    layer(8, 1, 64, 64, 56, 3, 1),
    layer(8, 1, 512, 512, 14, 3, 1),
    layer(8, 32, 8, 8, 28, 3, 1),
    layer(4, 96, 1, 1, 112, 7, 1),
};

}  // namespace

std::string Convolution::text() const {
    return fmt::format("{} by {} stride {} padding {} dilation {} groups {}",
                       fmt::join(input_sizes(), "x"), fmt::join(weight_sizes(), "x"), stride,
                       padding, dilation, groups);
}

std::vector<Convolution> known_convolutions(const SweepLimits& limits) {
    std::vector<Convolution> known;
    std::ranges::copy_if(layers, std::back_inserter(known), [&](const Convolution& convolution) {
        return limits.allow(convolution.product());
    });
    return known;
}

}  // namespace trilby::backends
