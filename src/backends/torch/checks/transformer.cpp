// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <string>
#include <vector>

#include "backends/torch/checking/attend.hpp"
#include "backends/torch/checking/product_types.hpp"
#include "backends/torch/checking/reference.hpp"
#include "backends/torch/checks/checks.hpp"
#include "validate/precision.hpp"

namespace trilby::backends {
namespace {

using torch::Tensor;

/// A linear layer of the block. Its sides are in widths of the block.
struct LinearLayer {
    const char* name;
    std::int64_t inputs;
    std::int64_t outputs;
};
constexpr std::array linear_layers{
    LinearLayer{"queries, keys and values", 1, 3}, LinearLayer{"projection", 1, 1},
    LinearLayer{"first layer of the MLP", 1, 4}, LinearLayer{"second layer of the MLP", 4, 1}};
constexpr std::size_t layer_count = linear_layers.size();

/// The sizes of a block of a transformer.
struct BlockShape {
    std::int64_t tokens;
    std::int64_t width;

    [[nodiscard]] std::string text() const { return fmt::format("{} tokens of {}", tokens, width); }
};

/// What a block gets, on one device.
struct BlockInputs {
    Tensor tokens;
    Tensor gradient;  ///< of the output
    std::array<Tensor, layer_count> weights;
};

/// What went through a linear layer, forward and backward.
struct LayerTensors {
    Tensor input;
    Tensor output;
    Tensor input_gradient;
    Tensor output_gradient;
    Tensor weight_gradient;
};

/// Computes a block forward and backward, and keeps what goes through its linear layers.
class Block {
  public:
    explicit Block(const BlockInputs& in) : in_(in) {
        for (Tensor& weight : in_.weights) {
            weight = weight.detach().clone().requires_grad_();
        }
        tokens_ = in_.tokens.detach().clone().requires_grad_();
    }

    /// The gradient of the tokens, and the tensors of each layer in the order of LayerTensors.
    [[nodiscard]] std::vector<Tensor> train() {
        const std::int64_t width = tokens_.size(1);
        const Tensor queries_keys_values = pass(torch::layer_norm(tokens_, {width}));
        const Tensor middle = tokens_ + pass(attention(queries_keys_values));
        const Tensor hidden = torch::gelu(pass(torch::layer_norm(middle, {width})));
        (middle + pass(hidden)).backward(in_.gradient);
        std::vector<Tensor> results{tokens_.grad()};
        for (std::size_t i = 0; i < layer_count; ++i) {
            for (const Tensor& tensor :
                 {inputs_.at(i).detach(), outputs_.at(i).detach(), inputs_.at(i).grad(),
                  outputs_.at(i).grad(), in_.weights.at(i).grad()}) {
                results.push_back(tensor.contiguous());
            }
        }
        return results;
    }

  private:
    /// Through the next linear layer.
    Tensor pass(const Tensor& input) {
        const Tensor output = torch::linear(input, in_.weights.at(inputs_.size()));
        input.retain_grad();
        output.retain_grad();
        inputs_.push_back(input);
        outputs_.push_back(output);
        return output;
    }

    [[nodiscard]] static Tensor attention(const Tensor& queries_keys_values) {
        constexpr std::int64_t depth = 64;
        const std::int64_t tokens = queries_keys_values.size(0);
        const Tensor parts =
            queries_keys_values.view({1, tokens, 3, -1, depth}).permute({2, 0, 3, 1, 4});
        const Tensor attended = attend({parts[0], parts[1], parts[2], Visible::before});
        return attended.transpose(1, 2).reshape({tokens, -1});
    }

    BlockInputs in_;
    Tensor tokens_;
    std::vector<Tensor> inputs_;
    std::vector<Tensor> outputs_;
};

/// The product of a few rows and columns on the host, from what the device multiplied. Its values
/// have no known distribution, so that the bound is that of any sum.
void check_product(CheckRun& run, const std::string& what, const Tensor& found, const Tensor& a,
                   const Tensor& b) {
    const std::int64_t height = std::min<std::int64_t>(16, a.size(0));
    const std::int64_t width = std::min<std::int64_t>(16, b.size(1));
    const std::int64_t row = run.between(0, a.size(0) - height);
    const std::int64_t column = run.between(0, b.size(1) - width);
    const auto type = found.scalar_type();
    const Sums sums = matrix_product(a.narrow(0, row, height), b.narrow(1, column, width));
    const double error = validate::sum_error(static_cast<double>(a.size(1)),
                                             roundoff_of(type_of_sums(type, run.device())));
    const Tensor of_sum = sums.magnitude * error;
    const Tensor of_result = (sums.value.abs() + of_sum) * roundoff_of(type);
    run.expect_close(fmt::format("{}, block at row {} and column {}", what, row, column),
                     found.narrow(0, row, height).narrow(1, column, width), sums.value,
                     of_sum + of_result + smallest_normal_of(type));
}

void check_layer(CheckRun& run, const std::string& what, const LayerTensors& layer,
                 const Tensor& weight) {
    check_product(run, what, layer.output, layer.input, weight.t());
    check_product(run, what + ", gradient of the input", layer.input_gradient,
                  layer.output_gradient, weight);
    check_product(run, what + ", gradient of the weights", layer.weight_gradient,
                  layer.output_gradient.t(), layer.input);
}

BlockInputs random_block(CheckRun& run, const BlockShape& shape, torch::ScalarType type) {
    BlockInputs host{.tokens = run.reals({shape.tokens, shape.width}, type),
                     .gradient = run.reals({shape.tokens, shape.width}, type),
                     .weights = {}};
    for (std::size_t i = 0; i < layer_count; ++i) {
        const std::int64_t inputs = linear_layers.at(i).inputs * shape.width;
        const double largest = 1 / std::sqrt(static_cast<double>(inputs));
        host.weights.at(i) =
            run.reals({linear_layers.at(i).outputs * shape.width, inputs}, type, -largest, largest);
    }
    return host;
}

BlockInputs on_device(CheckRun& run, const BlockInputs& host) {
    BlockInputs in{run.on_device(host.tokens), run.on_device(host.gradient), {}};
    std::ranges::transform(host.weights, in.weights.begin(),
                           [&](const Tensor& weight) { return run.on_device(weight); });
    return in;
}

void check_block(CheckRun& run, torch::ScalarType type, const BlockShape& shape) {
    const BlockInputs host = random_block(run, shape, type);
    const BlockInputs in = on_device(run, host);
    const std::string what = fmt::format("transformer {}, {}", type_name(type), shape.text());
    const std::vector<Tensor> found = run.compute_all(what, [&] {
        const FullPartialSums full;
        return Block(in).train();
    });
    for (std::size_t i = 0; i < layer_count; ++i) {
        const Tensor* const of = &found.at(1 + 5 * i);
        check_layer(run, fmt::format("{}, {}", what, linear_layers.at(i).name),
                    {of[0], of[1], of[2], of[3], of[4]}, host.weights.at(i));
    }
}

/// The widths of models, as far as the largest layer is within the limits.
std::vector<BlockShape> block_shapes(const SweepLimits& limits) {
    constexpr std::array<std::int64_t, 6> widths{128, 512, 768, 1024, 2048, 4096};
    std::vector<BlockShape> shapes;
    for (const std::int64_t width : widths) {
        const std::int64_t tokens = std::max<std::int64_t>(width / 4, 65) - 1;
        if (shapes.empty() || limits.allow({1, tokens, width, 4 * width})) {
            shapes.push_back({tokens, width});
        }
    }
    return shapes;
}

void require_block(CheckRun& run, torch::ScalarType type) {
    TORCH_CHECK_NOT_IMPLEMENTED(c10::elementSize(type_of_sums(type, run.device())) > 2,
                                "this LibTorch may round sums to 16 bits");
    const BlockInputs host = random_block(run, {.tokens = 2, .width = 64}, type);
    (void)Block(on_device(run, host)).train();
}

/// The types in which the device computes blocks.
std::vector<torch::ScalarType> block_types(CheckRun& run) {
    std::vector<torch::ScalarType> types;
    for (const auto type : real_types()) {
        run.where_supported("transformer " + type_name(type), [&] {
            require_block(run, type);
            types.push_back(type);
        });
    }
    return types;
}

}  // namespace

void checks::transformer(CheckRun& run) {
    const std::vector<BlockShape> shapes =
        block_shapes(sweep_limits(run.device().is_cpu(), run.seconds(), run.memory_bytes()));
    const std::vector<torch::ScalarType> types = block_types(run);
    while (run.next_round() && !types.empty()) {
        check_block(run, types[run.round() % types.size()],
                    shapes[run.round() / types.size() % shapes.size()]);
    }
}

}  // namespace trilby::backends
