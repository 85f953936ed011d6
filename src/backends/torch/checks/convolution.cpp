// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include "backends/torch/checking/reference.hpp"
#include "backends/torch/checks/checks.hpp"
#include "validate/precision.hpp"

namespace trilby::backends {
namespace {

using torch::Tensor;

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
};

Convolution random_convolution(CheckRun& run) {
    Convolution c{};
    c.images = run.between(1, 3);
    c.groups = run.between(1, 2);
    c.inputs = run.between(1, 6);
    c.outputs = run.between(1, 6);
    c.kernel = run.between(0, 2) * 2 + 1;
    c.stride = run.between(1, 2);
    c.padding = run.between(0, 2);
    c.dilation = run.between(1, 2);
    c.height = c.reach() + run.between(0, 12);
    c.width = c.reach() + run.between(0, 12);
    return c;
}

/// The values of a tensor with the sums of the magnitudes of their terms.
struct Accumulator {
    std::vector<Wide> value;
    std::vector<Wide> magnitude;

    explicit Accumulator(std::int64_t count)
        : value(static_cast<std::size_t>(count)), magnitude(value.size()) {}
    void add(std::int64_t at, Wide term) {
        value[static_cast<std::size_t>(at)] += term;
        magnitude[static_cast<std::size_t>(at)] += std::abs(term);
    }
    [[nodiscard]] Sums sums(torch::IntArrayRef sizes) const {
        return {tensor_of(value, sizes), tensor_of(magnitude, sizes)};
    }
};

/// The results of the definition, forward and backward.
struct Convolved {
    Sums output;
    Sums input_gradient;
    Sums weight_gradient;
};

/// The taps of one output value: visit(row of the input, column, number of the tap in its channel).
template <class Visit>
void for_each_tap(const Convolution& c, std::int64_t output_row, std::int64_t output_column,
                  const Visit& visit) {
    for (std::int64_t tap = 0; tap < c.kernel * c.kernel; ++tap) {
        const std::int64_t row = output_row * c.stride + tap / c.kernel * c.dilation - c.padding;
        const std::int64_t column =
            output_column * c.stride + tap % c.kernel * c.dilation - c.padding;
        if (row >= 0 && row < c.height && column >= 0 && column < c.width) {
            visit(row, column, tap);
        }
    }
}

/// The products that the definition sums up: visit(place of the output, of the input, of the
/// weight).
template <class Visit>
void for_each_product(const Convolution& c, const Visit& visit) {
    const std::int64_t filters = c.groups * c.outputs;
    const std::int64_t area = c.output_height() * c.output_width();
    for (std::int64_t out = 0; out < c.images * filters * area; ++out) {
        const std::int64_t image = out / area / filters;
        const std::int64_t filter = out / area % filters;
        for (std::int64_t channel = 0; channel < c.inputs; ++channel) {
            const std::int64_t plane = (image * c.groups + filter / c.outputs) * c.inputs + channel;
            for_each_tap(c, out % area / c.output_width(), out % c.output_width(),
                         [&](std::int64_t row, std::int64_t column, std::int64_t tap) {
                             visit(out, (plane * c.height + row) * c.width + column,
                                   (filter * c.inputs + channel) * c.kernel * c.kernel + tap);
                         });
        }
    }
}

Convolved convolve(const Convolution& c, const Tensor& input, const Tensor& weight,
                   const Tensor& output_gradient) {
    const auto x = values_of(input);
    const auto w = values_of(weight);
    const auto g = values_of(output_gradient);
    Accumulator output(output_gradient.numel());
    Accumulator input_gradient(input.numel());
    Accumulator weight_gradient(weight.numel());
    for_each_product(c, [&](std::int64_t out, std::int64_t in, std::int64_t tap) {
        const Wide value = x[static_cast<std::size_t>(in)];
        const Wide factor = w[static_cast<std::size_t>(tap)];
        const Wide gradient = g[static_cast<std::size_t>(out)];
        output.add(out, value * factor);
        input_gradient.add(in, gradient * factor);
        weight_gradient.add(tap, gradient * value);
    });
    return {output.sums(output_gradient.sizes()), input_gradient.sums(input.sizes()),
            weight_gradient.sums(weight.sizes())};
}

// Fast algorithms, such as Winograd's, add and subtract tiles before and after they multiply, which
// makes their error this many times that of the direct sum.
constexpr double fast_algorithm_factor = 16;

Tensor bound_of(const Sums& sums, std::int64_t terms, torch::ScalarType type) {
    const double roundoff = roundoff_of(type);
    return sums.magnitude *
           (fast_algorithm_factor * validate::sum_error(static_cast<double>(terms), roundoff));
}

void check_type(CheckRun& run, torch::ScalarType type, const Convolution& c) {
    const Tensor x = run.reals({c.images, c.groups * c.inputs, c.height, c.width}, type);
    const Tensor w = run.reals({c.groups * c.outputs, c.inputs, c.kernel, c.kernel}, type);
    const Tensor g =
        run.reals({c.images, c.groups * c.outputs, c.output_height(), c.output_width()}, type);
    const std::string what = fmt::format(
        "convolution {}, {}x{}x{}x{} by {}x{}x{}x{} stride {} padding {} dilation {} groups {}",
        type_name(type), x.size(0), x.size(1), x.size(2), x.size(3), w.size(0), w.size(1),
        w.size(2), w.size(3), c.stride, c.padding, c.dilation, c.groups);
    const auto found = run.compute_all(what, [&] {
        const Tensor input = run.on_device(x.clone()).requires_grad_();
        const Tensor weight = run.on_device(w.clone()).requires_grad_();
        const Tensor output =
            torch::conv2d(input, weight, {}, c.stride, c.padding, c.dilation, c.groups);
        output.backward(run.on_device(g));
        return std::vector{output.detach(), input.grad(), weight.grad()};
    });
    const Convolved expected = convolve(c, x, w, g);
    const std::int64_t taps = c.kernel * c.kernel;
    run.expect_close(what, found[0], expected.output.value,
                     bound_of(expected.output, c.inputs * taps, type));
    run.expect_close(what + ", gradient of the input", found[1], expected.input_gradient.value,
                     bound_of(expected.input_gradient, c.outputs * taps, type));
    run.expect_close(
        what + ", gradient of the weights", found[2], expected.weight_gradient.value,
        bound_of(expected.weight_gradient, c.images * c.output_height() * c.output_width(), type));
}

}  // namespace

void checks::convolution(CheckRun& run) {
    while (run.next_round()) {
        for (const auto type : real_types()) {
            const Convolution convolution = random_convolution(run);
            run.where_supported("convolution " + type_name(type),
                                [&] { check_type(run, type, convolution); });
        }
    }
}

}  // namespace trilby::backends
