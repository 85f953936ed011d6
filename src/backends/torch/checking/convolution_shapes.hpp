// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The shapes of convolutions that a sweep covers.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "backends/torch/checking/product_shapes.hpp"

namespace trilby::backends {

struct Convolution {
    std::int64_t images;
    std::int64_t groups;
    std::int64_t inputs;   ///< channels of a group
    std::int64_t outputs;  ///< channels of a group
    std::int64_t height;
    std::int64_t width;
    std::int64_t kernel;
    std::int64_t stride;
    std::int64_t padding;
    std::int64_t dilation;

    [[nodiscard]] std::int64_t reach() const { return dilation * (kernel - 1) + 1; }
    [[nodiscard]] std::int64_t output_height() const {
        return (height + 2 * padding - reach()) / stride + 1;
    }
    [[nodiscard]] std::int64_t output_width() const {
        return (width + 2 * padding - reach()) / stride + 1;
    }
    /// The weights of an output in a group.
    [[nodiscard]] std::int64_t taps() const { return inputs * kernel * kernel; }
    /// The matrix product that it is, with a column for each output.
    [[nodiscard]] ProductShape product() const {
        return {groups, images * output_height() * output_width(), taps(), outputs};
    }

    [[nodiscard]] std::vector<std::int64_t> input_sizes() const {
        return {images, groups * inputs, height, width};
    }
    [[nodiscard]] std::vector<std::int64_t> weight_sizes() const {
        return {groups * outputs, inputs, kernel, kernel};
    }
    [[nodiscard]] std::vector<std::int64_t> output_sizes() const {
        return {images, groups * outputs, output_height(), output_width()};
    }
    /// "2x64x56x56 by 64x64x3x3 stride 1 padding 1 dilation 1 groups 1"
    [[nodiscard]] std::string text() const;

    auto operator<=>(const Convolution&) const = default;
};

/// The layers of networks within the limits, in the order in which they are checked.
[[nodiscard]] std::vector<Convolution> known_convolutions(const SweepLimits& limits);

}  // namespace trilby::backends
