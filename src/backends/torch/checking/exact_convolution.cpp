// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/checking/exact_convolution.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace trilby::backends {
namespace {

using torch::Tensor;

/// The places of an image at which a kernel is applied, and its taps.
struct Window {
    std::int64_t rows;  ///< of the result
    std::int64_t columns;
    std::int64_t kernel;
    std::int64_t stride;
    std::int64_t dilation;
};

/// The values [channels, kernel * kernel] under the kernel at every place, as rows of a matrix.
/// `images` [count, channels, height, width] has its padding.
Tensor patches(const Tensor& images, const Window& window) {
    std::vector<Tensor> taps;
    for (std::int64_t tap = 0; tap < window.kernel * window.kernel; ++tap) {
        const std::int64_t row = tap / window.kernel * window.dilation;
        const std::int64_t column = tap % window.kernel * window.dilation;
        taps.push_back(
            images.slice(2, row, row + (window.rows - 1) * window.stride + 1, window.stride)
                .slice(3, column, column + (window.columns - 1) * window.stride + 1,
                       window.stride));
    }
    return torch::stack(taps, 2)
        .permute({0, 3, 4, 1, 2})
        .reshape({images.size(0) * window.rows * window.columns, -1})
        .contiguous();
}

/// The values of all channels at every place of every image, as rows of a matrix.
Tensor places(const Tensor& images) {
    return images.permute({0, 2, 3, 1}).reshape({-1, images.size(1)});
}

/// Zeros around images: as many before as after, and `more` after them.
Tensor padded(const Tensor& images, std::int64_t padding, std::int64_t more_rows = 0,
              std::int64_t more_columns = 0) {
    Tensor out =
        torch::zeros({images.size(0), images.size(1), images.size(2) + 2 * padding + more_rows,
                      images.size(3) + 2 * padding + more_columns},
                     images.options());
    out.slice(2, padding, padding + images.size(2))
        .slice(3, padding, padding + images.size(3))
        .copy_(images);
    return out;
}

/// Zeros between the values, as many as the stride skips.
Tensor spread(const Tensor& images, std::int64_t stride) {
    Tensor out = torch::zeros({images.size(0), images.size(1), (images.size(2) - 1) * stride + 1,
                               (images.size(3) - 1) * stride + 1},
                              images.options());
    out.slice(2, 0, out.size(2), stride).slice(3, 0, out.size(3), stride).copy_(images);
    return out;
}

/// The channels of one group.
Tensor group_of(const Tensor& tensor, std::int64_t dimension, std::int64_t group,
                std::int64_t channels) {
    return tensor.narrow(dimension, group * channels, channels);
}

Tensor input_patches(const Convolution& c, const Tensor& input) {
    return patches(padded(input, c.padding),
                   {c.output_height(), c.output_width(), c.kernel, c.stride, c.dilation});
}

/// What is under the mirrored kernel around each value of the input.
Tensor output_patches(const Convolution& c, const Tensor& output) {
    // The padding beyond the kernel takes outputs away; what the stride left over adds zeros.
    const std::int64_t padding = c.reach() - 1;
    const Tensor all = padded(spread(output, c.stride), padding, c.stride, c.stride);
    const Tensor from_first = all.slice(2, c.padding).slice(3, c.padding);
    return patches(from_first, {c.height, c.width, c.kernel, 1, c.dilation});
}

}  // namespace

SparseIntegers sparse_integers(const ExactRange& range, const Convolution& c) {
    const auto sum = static_cast<double>(range.largest_sum);
    const std::int64_t weighted = std::max(c.inputs, c.outputs) * c.kernel * c.kernel;
    const std::int64_t places = c.images * c.output_height() * c.output_width();
    const std::int64_t most = std::max(weighted, places);
    if (most <= range.largest_sum) {
        const auto largest = static_cast<std::int64_t>(std::sqrt(sum / static_cast<double>(most)));
        return {std::min(largest, range.largest_operand), 1, 1};
    }
    const double terms = 0.39 * sum;  // the expected number of those that are not 0
    const double values = std::min(1.0, std::sqrt(terms / static_cast<double>(places)));
    const double weights = std::min(1.0, terms / (values * static_cast<double>(weighted)));
    return {1, values, weights};
}

void compare_exact_convolution(const std::string& what, const Convolution& c,
                               const ConvolutionTensors& found, const ConvolutionTensors& operands,
                               const CompareProduct& compare) {
    for (std::int64_t group = 0; group < c.groups; ++group) {
        const Tensor input = group_of(operands.input, 1, group, c.inputs);
        const Tensor weight = group_of(operands.weight, 0, group, c.outputs);
        const Tensor output = group_of(operands.output, 1, group, c.outputs);
        const Tensor taken = input_patches(c, input);
        const Tensor filters = weight.reshape({c.outputs, -1});
        compare(what, places(group_of(found.output, 1, group, c.outputs)), taken,
                filters.t().contiguous());
        compare(what + ", gradient of the weights",
                group_of(found.weight, 0, group, c.outputs).reshape({c.outputs, -1}),
                places(output).t().contiguous(), taken);
        if (!found.input.defined()) {
            continue;
        }
        const Tensor mirrored = weight.flip({2, 3}).transpose(0, 1).reshape({c.inputs, -1});
        compare(what + ", gradient of the input", places(group_of(found.input, 1, group, c.inputs)),
                output_patches(c, output), mirrored.t().contiguous());
    }
}

}  // namespace trilby::backends
