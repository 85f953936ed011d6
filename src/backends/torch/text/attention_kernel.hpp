// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Causal attention of one head on a CPU, in one pass over its queries. LibTorch 1.13 calls BLAS
/// for each head, and writes the scores of all pairs of tokens to memory several times.

#pragma once

#include <cstdint>

namespace trilby::backends {

/// A matrix of float32 whose columns are adjacent.
template <class Number>
struct Rows {
    Number* first = nullptr;
    std::int64_t stride = 0;  ///< from row to row, in elements

    [[nodiscard]] Number* operator[](std::int64_t row) const { return first + row * stride; }
};
using InputRows = Rows<const float>;
using OutputRows = Rows<float>;

/// What a head does to its queries and keys, and the size of all matrices, tokens x width.
struct AttentionHead {
    std::int64_t tokens = 0;
    std::int64_t width = 0;      ///< a multiple of attention_width_step
    bool is_normalized = false;  ///< divide by the root of the mean square
    /// tokens x (width / 2): the turn of a pair, a number and the one half a head after it; both
    /// null if nothing turns.
    const float* cosines = nullptr;
    const float* sines = nullptr;
};

inline constexpr std::int64_t attention_width_step = 32;
/// Is added to the mean square.
inline constexpr float normalization_epsilon = 1e-6F;

struct HeadInput {
    InputRows queries;
    InputRows keys;
    InputRows values;
};

struct HeadGradients {
    OutputRows queries;
    OutputRows keys;
    OutputRows values;
};

/// Writes the mean of the values up to each token, weighted by softmax(query * key / sqrt(width)).
/// `log_sums`, one per token, are what attend_backward() needs.
void attend(const AttentionHead& head, const HeadInput& input, const OutputRows& output,
            float* log_sums);

/// Writes the gradients of attend()'s input.
void attend_backward(const AttentionHead& head, const HeadInput& input, const InputRows& output,
                     const float* log_sums, const InputRows& output_gradients,
                     const HeadGradients& gradients);

}  // namespace trilby::backends
