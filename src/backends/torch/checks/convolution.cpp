// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "backends/torch/checking/convolution_shapes.hpp"
#include "backends/torch/checking/exact_convolution.hpp"
#include "backends/torch/checking/product_types.hpp"
#include "backends/torch/checking/reference.hpp"
#include "backends/torch/checks/checks.hpp"
#include "validate/precision.hpp"

namespace trilby::backends {
namespace {

using torch::Tensor;

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

/// In the order of the results of a convolution: output, gradient of the weights, of the input.
ConvolutionTensors tensors_of(const std::vector<Tensor>& results) {
    return {.input = results.size() > 2 ? results[2] : Tensor(),
            .weight = results[1],
            .output = results[0]};
}

/// How convolutions lie in memory: channel by channel, or place by place.
using Format = torch::MemoryFormat;

/// The results on the device, forward and backward. The images themselves need no gradient.
ConvolutionTensors compute(CheckRun& run, const std::string& what, const Convolution& c,
                           const ConvolutionTensors& host, Format format, bool with_input) {
    return tensors_of(run.compute_all(what, [&] {
        const auto place = [&](const Tensor& tensor) {
            return run.on_device(tensor.clone()).contiguous(format);
        };
        const Tensor input = place(host.input).requires_grad_(with_input);
        const Tensor weight = place(host.weight).requires_grad_();
        const Tensor output =
            torch::conv2d(input, weight, {}, c.stride, c.padding, c.dilation, c.groups);
        output.backward(place(host.output));
        std::vector<Tensor> results{output.detach(), weight.grad()};
        if (with_input) {
            results.push_back(input.grad());
        }
        return results;
    }));
}

void check_reals(CheckRun& run, torch::ScalarType type, const Convolution& c) {
    const ConvolutionTensors host{.input = run.reals(c.input_sizes(), type),
                                  .weight = run.reals(c.weight_sizes(), type),
                                  .output = run.reals(c.output_sizes(), type)};
    const std::string what = fmt::format("convolution {}, {}", type_name(type), c.text());
    const ConvolutionTensors found = compute(run, what, c, host, Format::Contiguous, true);
    const Convolved expected = convolve(c, host.input, host.weight, host.output);
    const std::int64_t taps = c.kernel * c.kernel;
    run.expect_close(what, found.output, expected.output.value,
                     bound_of(expected.output, c.inputs * taps, type));
    run.expect_close(what + ", gradient of the input", found.input, expected.input_gradient.value,
                     bound_of(expected.input_gradient, c.outputs * taps, type));
    run.expect_close(
        what + ", gradient of the weights", found.weight, expected.weight_gradient.value,
        bound_of(expected.weight_gradient, c.images * c.output_height() * c.output_width(), type));
}

/// What an exact convolution may hold on a device, and how far from an integer its results may be.
struct ExactConvolution {
    ExactRange range;
    double tolerance;
};

/// CPUs add up the products themselves. Fast algorithms of GPUs multiply by fractions, so there the
/// sums are small, and a result stands for the nearest integer.
ExactConvolution exactness(const ProductType& type, torch::Device device) {
    if (device.is_cpu()) {
        return {type.exact, 0};
    }
    constexpr ExactRange of_doubles{1 << 10, 1 << 30};
    constexpr ExactRange of_others{1, 1 << 8};
    return {type.values == torch::kFloat64 ? of_doubles : of_others, 0.375};
}

Tensor draw(CheckRun& run, const std::vector<std::int64_t>& sizes, std::int64_t largest,
            double density) {
    const Tensor values = run.integers(sizes, torch::kInt32, -largest, largest);
    return density < 1 ? values * run.reals(sizes, torch::kFloat64, 0, 1).lt(density) : values;
}

void check_integers(CheckRun& run, const ProductType& type, const Convolution& c, Format format) {
    const ExactConvolution exact = exactness(type, run.device());
    const SparseIntegers of = sparse_integers(exact.range, c);
    const ConvolutionTensors host{
        .input = draw(run, c.input_sizes(), of.largest, of.density_of_values),
        .weight = draw(run, c.weight_sizes(), of.largest, of.density_of_weights),
        .output = draw(run, c.output_sizes(), of.largest, of.density_of_values)};
    const ConvolutionTensors operands{.input = host.input.to(type.operands),
                                      .weight = host.weight.to(type.operands),
                                      .output = host.output.to(type.operands)};
    const std::string what = fmt::format("convolution {}, integers, {}{}", type.name, c.text(),
                                         format == Format::ChannelsLast ? ", channels last" : "");
    constexpr std::int64_t color_channels = 3;
    const bool has_input_gradient = c.groups * c.inputs > color_channels;
    const ConvolutionTensors found = compute(run, what, c, operands, format, has_input_gradient);
    compare_exact_convolution(
        what, c, found, host,
        [&](const std::string& result, const Tensor& product, const Tensor& a, const Tensor& b) {
            run.expect_none_wrong(compare_exact_product(
                result, product, a, b, exact.range.largest_sum, run.bits(), exact.tolerance));
        });
}

/// Computes one layer of networks after the other in every type of the device.
class LayerSweep {
  public:
    explicit LayerSweep(CheckRun& run)
        : known_(known_convolutions(
              sweep_limits(run.device().is_cpu(), run.seconds(), run.memory_bytes()))) {
        for (const ProductType& type : known_product_types(run.device())) {
            if (type.reals && type.operands == type.values) {
                types_.push_back(type);
            }
        }
    }

    void check_next(CheckRun& run) {
        if (known_.empty()) {
            return;
        }
        const ProductType& type = types_[run.round() % types_.size()];
        const Convolution layer = next(run);
        const auto format = run.between(0, 1) == 0 ? Format::Contiguous : Format::ChannelsLast;
        run.where_supported(fmt::format("convolution {}", type.name), [&] {
            check_integers(run, type, layer, format);
            checked_.insert(layer);
        });
    }

    void report(CheckRun& run) const {
        run.add_covered(fmt::format("{} layer{} of convolutions", checked_.size(),
                                    checked_.size() == 1 ? "" : "s"));
    }

  private:
    [[nodiscard]] Convolution next(CheckRun& run) const {
        Convolution layer = known_[run.round() / types_.size() % known_.size()];
        for (std::int64_t* size : {&layer.images, &layer.groups, &layer.inputs, &layer.outputs}) {
            *size = run.size(*size);
        }
        return layer;
    }

    std::vector<Convolution> known_;
    std::vector<ProductType> types_;
    std::set<Convolution> checked_;
};

}  // namespace

void checks::convolution(CheckRun& run) {
    std::optional<LayerSweep> layers;
    while (run.next_round()) {
        if (!layers) {
            layers.emplace(run);
        }
        layers->check_next(run);
        for (const auto type : real_types()) {
            const Convolution convolution = random_convolution(run);
            run.where_supported("convolution " + type_name(type),
                                [&] { check_reals(run, type, convolution); });
        }
    }
    if (layers) {
        layers->report(run);
    }
}

}  // namespace trilby::backends
