// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/text/fused_layers.hpp"

#include <ATen/Parallel.h>
#include <cmath>
#include <span>

#include "backends/torch/recorded/recorder.hpp"
#include "backends/torch/text/lanes.hpp"

namespace trilby::backends {
namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::Variable;
using torch::autograd::variable_list;

constexpr double epsilon = 1e-5;  // added to a variance, as LibTorch does
constexpr std::int64_t least_numbers_per_thread = 1 << 15;

bool fits_kernels(const Tensor& x) {
    static const bool is_fast = has_lanes();
    return is_fast && !calls_are_recorded() && x.device().is_cpu() &&
           x.scalar_type() == torch::kFloat32 && x.size(-1) % lane_count == 0;
}

/// Rows of numbers, one after the other.
struct Matrices {
    const float* input;
    const float* output_gradients;  ///< backward only
    float* result;
    std::int64_t width;

    [[nodiscard]] const float* input_row(std::int64_t row) const { return input + row * width; }
    [[nodiscard]] const float* gradient_row(std::int64_t row) const {
        return output_gradients + row * width;
    }
    [[nodiscard]] float* result_row(std::int64_t row) const { return result + row * width; }
};

struct Moments {
    float mean;
    float inverse_deviation;
};

TRILBY_INLINE float sum_of_row(const float* row, std::int64_t width) {
    Lanes sums{};
    for (std::int64_t i = 0; i < width; i += lane_count) {
        Lanes x;
        load(x, row + i);
        sums += x;
    }
    return sum_of(sums);
}

TRILBY_INLINE Moments moments_of(const float* row, std::int64_t width) {
    const float mean = sum_of_row(row, width) / static_cast<float>(width);
    Lanes squares{};
    for (std::int64_t i = 0; i < width; i += lane_count) {
        Lanes x;
        load(x, row + i);
        squares += (x - mean) * (x - mean);
    }
    const float variance = sum_of(squares) / static_cast<float>(width);
    return {mean, 1.0F / std::sqrt(variance + static_cast<float>(epsilon))};
}

TRILBY_FOR_EACH_CPU
void normalize(const Matrices& matrices, std::int64_t first, std::int64_t last) {
    for (std::int64_t row = first; row < last; ++row) {
        const float* input = matrices.input_row(row);
        const Moments moments = moments_of(input, matrices.width);
        for (std::int64_t i = 0; i < matrices.width; i += lane_count) {
            Lanes x;
            load(x, input + i);
            store(matrices.result_row(row) + i, (x - moments.mean) * moments.inverse_deviation);
        }
    }
}

TRILBY_FOR_EACH_CPU
void normalize_backward(const Matrices& matrices, std::int64_t first, std::int64_t last) {
    const auto width = static_cast<float>(matrices.width);
    for (std::int64_t row = first; row < last; ++row) {
        const float* input = matrices.input_row(row);
        const float* gradient = matrices.gradient_row(row);
        const auto [mean, factor] = moments_of(input, matrices.width);
        const float mean_gradient = sum_of_row(gradient, matrices.width) / width;
        const float along =
            (dot(input, gradient, matrices.width) / width - mean * mean_gradient) * factor * factor;
        for (std::int64_t i = 0; i < matrices.width; i += lane_count) {
            Lanes x;
            Lanes g;
            load(x, input + i);
            load(g, gradient + i);
            store(matrices.result_row(row) + i, (g - mean_gradient - (x - mean) * along) * factor);
        }
    }
}

TRILBY_FOR_EACH_CPU
void square_positive(const Matrices& matrices, std::int64_t first, std::int64_t last) {
    for (std::int64_t i = first * matrices.width; i < last * matrices.width; i += lane_count) {
        Lanes x;
        load(x, matrices.input + i);
        store(matrices.result + i, x > 0.0F ? x * x : Lanes{});
    }
}

TRILBY_FOR_EACH_CPU
void square_positive_backward(const Matrices& matrices, std::int64_t first, std::int64_t last) {
    for (std::int64_t i = first * matrices.width; i < last * matrices.width; i += lane_count) {
        Lanes x;
        Lanes gradient;
        load(x, matrices.input + i);
        load(gradient, matrices.output_gradients + i);
        store(matrices.result + i, x > 0.0F ? gradient * x * 2.0F : Lanes{});
    }
}

using Kernel = void (*)(const Matrices& matrices, std::int64_t first_row, std::int64_t last_row);

/// A tensor like `x` that the kernel makes of it, and of the gradients where they are given.
Tensor by_rows(const Tensor& x, const Tensor& gradients, Kernel kernel) {
    const Tensor result = torch::empty_like(x);
    const std::int64_t width = x.size(-1);
    const Matrices matrices{
        .input = x.data_ptr<float>(),
        .output_gradients = gradients.defined() ? gradients.data_ptr<float>() : nullptr,
        .result = result.data_ptr<float>(),
        .width = width};
    at::parallel_for(0, x.numel() / width, 1 + least_numbers_per_thread / width,
                     [&](std::int64_t first, std::int64_t last) { kernel(matrices, first, last); });
    return result;
}

/// A layer and its backward pass as kernels, which need only the layer's input.
template <Kernel forward_kernel, Kernel backward_kernel>
class KernelLayer : public torch::autograd::Function<KernelLayer<forward_kernel, backward_kernel>> {
  public:
    static Variable forward(AutogradContext* context, const Tensor& x) {
        context->save_for_backward({x});
        return by_rows(x, Tensor(), forward_kernel);
    }
    static variable_list backward(AutogradContext* context, variable_list gradients) {
        return {
            by_rows(context->get_saved_variables()[0], gradients[0].contiguous(), backward_kernel)};
    }
};

}  // namespace

Tensor normalized(const Tensor& x) {
    return fits_kernels(x) ? KernelLayer<normalize, normalize_backward>::apply(x.contiguous())
                           : at::layer_norm(x, {x.size(-1)}, {}, {}, epsilon);
}

Tensor squared_relu(const Tensor& x) {
    return fits_kernels(x)
               ? KernelLayer<square_positive, square_positive_backward>::apply(x.contiguous())
               : x.relu().square();
}

}  // namespace trilby::backends
