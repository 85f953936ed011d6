// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The arithmetic of optimizers on a CPU, in one pass over memory, which limits their speed. Plain
/// code, compiled with flags of its own for the widest vectors of the processor.

#pragma once

#include <cstddef>

namespace trilby::backends {

/// velocity = momentum * velocity + gradient + decay * parameter, then a step along
/// gradient + decay * parameter + momentum * velocity (Nesterov).
struct SgdUpdate {
    float learning_rate = 0.0F;
    float momentum = 0.0F;
    float decay = 0.0F;
};
void update(const SgdUpdate& factors, std::size_t count, float* parameters, const float* gradients,
            float* velocities);

/// Moments decay towards the gradient and its square; the step goes along their quotient.
struct AdamwUpdate {
    float beta1 = 0.0F;
    float beta2 = 0.0F;
    float keep = 1.0F;          ///< what decoupled weight decay leaves of a parameter
    float step_size = 0.0F;     ///< learning rate / bias correction of the first moment
    float second_scale = 1.0F;  ///< 1 / square root of the bias correction of the second moment
    float epsilon = 0.0F;
};
void update(const AdamwUpdate& factors, std::size_t count, float* parameters,
            const float* gradients, float* moments1, float* moments2);

/// average += fraction * (value - average)
void move_towards(float fraction, std::size_t count, float* averages, const float* values);

[[nodiscard]] double sum_of_squares(std::size_t count, const float* values);

void scale(float factor, std::size_t count, float* values);

}  // namespace trilby::backends
