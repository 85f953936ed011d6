// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/optimizers/updates.hpp"

#include <cmath>

// The dynamic linker chooses the version for the processor.
#if defined(__x86_64__) && !defined(__clang__)
#define TRILBY_WIDE_VECTORS __attribute__((target_clones("default", "avx2", "avx512f")))
#else
#define TRILBY_WIDE_VECTORS
#endif

namespace trilby::backends {

TRILBY_WIDE_VECTORS
void update(const SgdUpdate& factors, std::size_t count, float* __restrict parameters,
            const float* __restrict gradients, float* __restrict velocities) {
    const auto [learning_rate, momentum, decay] = factors;
    for (std::size_t i = 0; i < count; ++i) {
        const float gradient = gradients[i] + decay * parameters[i];
        velocities[i] = momentum * velocities[i] + gradient;
        parameters[i] -= learning_rate * (gradient + momentum * velocities[i]);
    }
}

TRILBY_WIDE_VECTORS
void update(const AdamwUpdate& factors, std::size_t count, float* __restrict parameters,
            const float* __restrict gradients, float* __restrict moments1,
            float* __restrict moments2) {
    const auto [beta1, beta2, keep, step_size, second_scale, epsilon] = factors;
    for (std::size_t i = 0; i < count; ++i) {
        const float gradient = gradients[i];
        moments1[i] = beta1 * moments1[i] + (1.0F - beta1) * gradient;
        moments2[i] = beta2 * moments2[i] + (1.0F - beta2) * gradient * gradient;
        const float denominator = std::sqrt(moments2[i]) * second_scale + epsilon;
        parameters[i] = keep * parameters[i] - step_size * moments1[i] / denominator;
    }
}

TRILBY_WIDE_VECTORS
void move_towards(float fraction, std::size_t count, float* __restrict averages,
                  const float* __restrict values) {
    for (std::size_t i = 0; i < count; ++i) {
        averages[i] += fraction * (values[i] - averages[i]);
    }
}

TRILBY_WIDE_VECTORS
double sum_of_squares(std::size_t count, const float* __restrict values) {
    // Lanes that are added only at the end, since vectors may not reorder a single sum.
    constexpr std::size_t lanes = 16;
    double sums[lanes] = {};
    std::size_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            const double value = values[i + lane];
            sums[lane] += value * value;
        }
    }
    double sum = 0.0;
    for (; i < count; ++i) {
        sum += static_cast<double>(values[i]) * static_cast<double>(values[i]);
    }
    for (const double lane : sums) {
        sum += lane;
    }
    return sum;
}

TRILBY_WIDE_VECTORS
void scale(float factor, std::size_t count, float* values) {
    for (std::size_t i = 0; i < count; ++i) {
        values[i] *= factor;
    }
}

}  // namespace trilby::backends
