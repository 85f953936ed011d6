// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>
#include <functional>
#include <limits>
#include <string>

#include "backends/torch/checking/attend.hpp"
#include "backends/torch/checks/checks.hpp"

namespace trilby::backends {
namespace {

using torch::Tensor;

/// NaN and infinity times zero are NaN: they show if a kernel reads beyond a row, even where it
/// multiplies what it reads by zero.
double poison_of(std::int64_t choice) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    return choice == 0 ? std::numeric_limits<double>::quiet_NaN() : infinity;
}

/// A slice of the input that only the same slice of the result may depend on.
struct Slice {
    std::int64_t dimension_of_input = 0;
    std::int64_t dimension_of_result = 0;
};

Tensor without(const Tensor& result, std::int64_t dimension, std::int64_t index) {
    const Tensor all = torch::arange(result.size(dimension));
    return result.index_select(dimension, all.masked_select(all.ne(index)));
}

/// All other slices of the result must be the same, whatever is in this one.
void check_slice(CheckRun& run, const std::string& what, const Tensor& input, Slice slice,
                 const std::function<Tensor(const Tensor&)>& operation) {
    const std::int64_t index = run.between(0, input.size(slice.dimension_of_input) - 1);
    const double poison = poison_of(run.between(0, 1));
    const Tensor clean = run.on_device(input);
    Tensor poisoned = clean.clone();
    poisoned.select(slice.dimension_of_input, index).fill_(poison);
    const Tensor expected = run.compute(what, [&] { return operation(clean); });
    const Tensor found = run.compute(fmt::format("{}, with {} in another slice", what, poison),
                                     [&] { return operation(poisoned); });
    run.expect_same(what, without(found, slice.dimension_of_result, index),
                    without(expected, slice.dimension_of_result, index));
}

/// The gradient of `input`, on the device, where that of the output of `forward` is `gradient`.
Tensor gradient_of(const Tensor& input, const Tensor& gradient,
                   const std::function<Tensor(const Tensor&)>& forward) {
    const Tensor at = input.detach().clone().requires_grad_();
    return torch::autograd::grad({forward(at)}, {at}, {gradient}).front();
}

void check_products(CheckRun& run, torch::ScalarType type) {
    const std::int64_t rows = run.between(2, 40);
    const std::int64_t inner = run.between(1, 130);
    const std::int64_t columns = run.between(2, 40);
    const Tensor gradient = run.reals({rows, columns}, type);
    const Tensor a = run.on_device(run.reals({rows, inner}, type));
    const Tensor b = run.on_device(run.reals({inner, columns}, type));
    const std::string sizes = fmt::format("{}, {}x{}x{}", type_name(type), rows, inner, columns);
    check_slice(run, "rows of the gradient of matmul " + sizes, gradient, {0, 0},
                [&](const Tensor& g) {
                    return gradient_of(a, g, [&](const Tensor& x) { return torch::mm(x, b); });
                });
    check_slice(run, "columns of the gradient of matmul " + sizes, gradient, {1, 1},
                [&](const Tensor& g) {
                    return gradient_of(b, g, [&](const Tensor& x) { return torch::mm(a, x); });
                });
}

void check_convolution(CheckRun& run, torch::ScalarType type) {
    const std::int64_t side = run.between(3, 20);
    const std::int64_t inputs = run.between(1, 40);
    const std::int64_t outputs = run.between(2, 40);
    const Tensor images = run.reals({run.between(2, 4), inputs, side, side}, type);
    const Tensor filters = run.reals({outputs, inputs, 3, 3}, type);
    const Tensor x = run.on_device(images);
    const Tensor w = run.on_device(filters);
    const std::string sizes =
        fmt::format("{}, {}x{}x{} by {}", type_name(type), inputs, side, side, outputs);
    check_slice(run, "images of convolution " + sizes, images, {0, 0},
                [&](const Tensor& input) { return torch::conv2d(input, w); });
    check_slice(run, "filters of convolution " + sizes, filters, {0, 1},
                [&](const Tensor& weight) { return torch::conv2d(x, weight); });
    const Tensor gradient = run.reals({images.size(0), outputs, side - 2, side - 2}, type);
    check_slice(run, "images of the gradient of convolution " + sizes, gradient, {0, 0},
                [&](const Tensor& g) {
                    return gradient_of(x, g,
                                       [&](const Tensor& in) { return torch::conv2d(in, w); });
                });
    check_slice(run, "filters of the gradient of convolution " + sizes, gradient, {1, 0},
                [&](const Tensor& g) {
                    return gradient_of(w, g,
                                       [&](const Tensor& in) { return torch::conv2d(x, in); });
                });
}

void check_attention(CheckRun& run, torch::ScalarType type) {
    const std::int64_t heads = run.between(2, 3);
    const std::int64_t length = run.between(2, 40);
    const std::int64_t depth = run.between(1, 40);
    const Tensor query = run.reals({1, heads, length, depth}, type);
    const Tensor key = run.on_device(run.reals({1, heads, length, depth}, type));
    const Tensor values = run.reals({1, heads, length, depth}, type);
    const Tensor q = run.on_device(query);
    const std::string sizes =
        fmt::format("{}, {} heads {}x{}", type_name(type), heads, length, depth);
    check_slice(run, "rows of attention " + sizes, query, {2, 2}, [&](const Tensor& x) {
        return attend({x, key, run.on_device(values)});
    });
    check_slice(run, "heads of attention " + sizes, values, {1, 1}, [&](const Tensor& x) {
        return attend({q, key, x});
    });
}

}  // namespace

void checks::separation(CheckRun& run) {
    while (run.next_round()) {
        for (const auto type : real_types()) {
            run.where_supported("products " + type_name(type), [&] { check_products(run, type); });
            run.where_supported("convolution " + type_name(type),
                                [&] { check_convolution(run, type); });
            run.where_supported("attention " + type_name(type),
                                [&] { check_attention(run, type); });
        }
    }
}

}  // namespace trilby::backends
