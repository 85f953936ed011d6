// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/text/attention_kernel.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <memory>

#include "backends/torch/text/lanes.hpp"

namespace trilby::backends {
namespace {

/// Queries that are computed together, so that a key is loaded once for all of them.
constexpr std::int64_t block = 4;

std::int64_t padded(std::int64_t tokens) {
    return (tokens + lane_count - 1) / lane_count * lane_count;
}

/// A matrix of our own, whose numbers are not set at first.
struct Matrix {
    Matrix(std::int64_t rows, std::int64_t columns)
        : width(columns),
          numbers(
              std::make_unique_for_overwrite<float[]>(static_cast<std::size_t>(rows * columns))) {}

    [[nodiscard]] float* operator[](std::int64_t row) { return numbers.get() + row * width; }
    [[nodiscard]] const float* operator[](std::int64_t row) const {
        return numbers.get() + row * width;
    }
    [[nodiscard]] InputRows rows() const { return {numbers.get(), width}; }

    std::int64_t width;
    std::unique_ptr<float[]> numbers;
};

/// `rows` as width x padded(tokens), the padding 0.
Matrix transposed(const AttentionHead& head, const InputRows& rows) {
    Matrix columns(head.width, padded(head.tokens));
    for (std::int64_t i = 0; i < head.width; ++i) {
        for (std::int64_t token = 0; token < head.tokens; ++token) {
            columns[i][token] = rows[token][i];
        }
        std::fill(columns[i] + head.tokens, columns[i] + columns.width, 0.0F);
    }
    return columns;
}

TRILBY_INLINE float inverse_root_mean_square(const float* row, std::int64_t width) {
    const float mean = dot(row, row, width) / static_cast<float>(width);
    return 1.0F / std::sqrt(mean + normalization_epsilon);
}

/// Turns the pairs of one row by `direction` (1 or -1) times the angles of `token`.
TRILBY_INLINE void turn(const AttentionHead& head, std::int64_t token, float direction,
                        float* row) {
    const std::int64_t half = head.width / 2;
    for (std::int64_t i = 0; i < half; i += lane_count) {
        Lanes x;
        Lanes y;
        Lanes cosine;
        Lanes sine;
        load(x, row + i);
        load(y, row + half + i);
        load(cosine, head.cosines + token * half + i);
        load(sine, head.sines + token * half + i);
        sine *= direction;
        store(row + i, x * cosine - y * sine);
        store(row + half + i, x * sine + y * cosine);
    }
}

/// Queries or keys as they are compared: normalized and turned.
TRILBY_INLINE Matrix prepared(const AttentionHead& head, const InputRows& rows) {
    Matrix result(head.tokens, head.width);
    for (std::int64_t token = 0; token < head.tokens; ++token) {
        const float factor =
            head.is_normalized ? inverse_root_mean_square(rows[token], head.width) : 1.0F;
        for (std::int64_t i = 0; i < head.width; i += lane_count) {
            Lanes x;
            load(x, rows[token] + i);
            store(result[token] + i, x * factor);
        }
        if (head.cosines != nullptr) {
            turn(head, token, 1.0F, result[token]);
        }
    }
    return result;
}

/// Gradients of prepared() rows to those of `rows`, in place.
TRILBY_INLINE void prepare_backward(const AttentionHead& head, const InputRows& rows,
                                    const OutputRows& gradients) {
    for (std::int64_t token = 0; token < head.tokens; ++token) {
        if (head.cosines != nullptr) {
            turn(head, token, -1.0F, gradients[token]);
        }
        if (!head.is_normalized) {
            continue;
        }
        const float factor = inverse_root_mean_square(rows[token], head.width);
        const float along = dot(rows[token], gradients[token], head.width) * factor * factor /
                            static_cast<float>(head.width);
        for (std::int64_t i = 0; i < head.width; i += lane_count) {
            Lanes x;
            Lanes gradient;
            load(x, rows[token] + i);
            load(gradient, gradients[token] + i);
            store(gradients[token] + i, (gradient - x * along) * factor);
        }
    }
}

/// The queries first..last-1, at most a block. Beyond the last, the last is repeated.
struct Block {
    std::int64_t first = 0;
    std::int64_t last = 0;

    /// The number of visible keys, in whole lanes.
    [[nodiscard]] std::int64_t keys() const { return padded(last); }
    [[nodiscard]] std::array<const float*, block> of(const InputRows& rows) const {
        const auto row = [&](std::int64_t i) { return rows[std::min(first + i, last - 1)]; };
        return {row(0), row(1), row(2), row(3)};
    }
};

/// The rows of a block of scores. Here and below, pointers are copied to local variables: the
/// compiler would read those in memory again after every store.
std::array<float*, block> rows_of(Matrix& scores) {
    return {scores[0], scores[1], scores[2], scores[3]};
}

/// scores = rows * columns, for the visible keys.
TRILBY_INLINE void multiply(const Block& queries, const InputRows& rows, std::int64_t width,
                            const Matrix& columns, Matrix& scores) {
    const std::array<const float*, block> row = queries.of(rows);
    const std::array<float*, block> score = rows_of(scores);
    const std::int64_t stride = columns.width;
    for (std::int64_t key = 0; key < queries.keys(); key += lane_count) {
        const float* column = columns[0] + key;
        std::array<Lanes, block> sums{};
        for (std::int64_t i = 0; i < width; ++i) {
            Lanes x;
            load(x, column + i * stride);
#pragma GCC unroll block
            for (std::size_t query = 0; query < block; ++query) {
                sums[query] += row[query][i] * x;
            }
        }
#pragma GCC unroll block
        for (std::size_t query = 0; query < block; ++query) {
            store(score[query] + key, sums[query]);
        }
    }
}

/// output = weights * rows: of each query, over the visible keys.
TRILBY_INLINE void combine(const Block& queries, Matrix& weights, InputRows rows,
                           std::int64_t width, const OutputRows& output) {
    const std::array<float*, block> weight = rows_of(weights);
    for (std::int64_t i = 0; i < width; i += lane_count) {
        std::array<Lanes, block> sums{};
        for (std::int64_t key = 0; key < queries.last; ++key) {
            Lanes row;
            load(row, rows[key] + i);
#pragma GCC unroll block
            for (std::size_t query = 0; query < block; ++query) {
                sums[query] += weight[query][key] * row;
            }
        }
        for (std::int64_t query = queries.first; query < queries.last; ++query) {
            store(output[query] + i, sums[static_cast<std::size_t>(query - queries.first)]);
        }
    }
}

/// output += the transpose of weights * rows: to each visible key, from the queries.
TRILBY_INLINE void spread(const Block& queries, Matrix& weights, const InputRows& rows,
                          std::int64_t width, OutputRows output) {
    const std::array<float*, block> weight = rows_of(weights);
    const std::array<const float*, block> row = queries.of(rows);
    const std::int64_t keys = queries.last;
    for (std::int64_t i = 0; i < width; i += lane_count) {
        std::array<Lanes, block> x;
#pragma GCC unroll block
        for (std::size_t query = 0; query < block; ++query) {
            load(x[query], row[query] + i);
        }
        for (std::int64_t key = 0; key < keys; ++key) {
            Lanes sum;
            load(sum, output[key] + i);
#pragma GCC unroll block
            for (std::size_t query = 0; query < block; ++query) {
                sum += weight[query][key] * x[query];
            }
            store(output[key] + i, sum);
        }
    }
}

constexpr IntegerLanes counting{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

/// All bits of the lanes from `key` that are after `query`.
TRILBY_INLINE void after(IntegerLanes& mask, std::int64_t query, std::int64_t key) {
    mask = counting > static_cast<std::int32_t>(query - key);
}

/// Scores of one query to weights that sum to 1; keys after the query get 0. Returns the logarithm
/// of the sum of the exponentials.
TRILBY_INLINE float to_weights(float* scores, std::int64_t query, std::int64_t keys, float scale) {
    Lanes largest = Lanes{} - std::numeric_limits<float>::max();
    for (std::int64_t key = 0; key < keys; key += lane_count) {
        Lanes x;
        IntegerLanes is_hidden;
        load(x, scores + key);
        after(is_hidden, query, key);
        x = is_hidden ? Lanes{} - std::numeric_limits<float>::max() : x * scale;
        largest = x > largest ? x : largest;
        store(scores + key, x);
    }
    const float most = largest_of(largest);
    Lanes sums{};
    for (std::int64_t key = 0; key < keys; key += lane_count) {
        Lanes x;
        load(x, scores + key);
        x -= most;
        exponential(x);
        sums += x;
        store(scores + key, x);
    }
    const float sum = sum_of(sums);
    for (std::int64_t key = 0; key < keys; key += lane_count) {
        Lanes x;
        load(x, scores + key);
        store(scores + key, x / sum);
    }
    return most + std::log(sum);
}

/// The same weights again, from the logarithm of the sum.
TRILBY_INLINE void to_known_weights(float* scores, std::int64_t query, std::int64_t keys,
                                    float scale, float log_sum) {
    for (std::int64_t key = 0; key < keys; key += lane_count) {
        Lanes x;
        IntegerLanes is_hidden;
        load(x, scores + key);
        after(is_hidden, query, key);
        x = x * scale - log_sum;
        exponential(x);
        store(scores + key, is_hidden ? Lanes{} : x);
    }
}

/// The gradients of scores, in place of those of the weights.
TRILBY_INLINE void to_score_gradients(float* gradients, const float* weights, std::int64_t keys,
                                      float scale, float mean) {
    for (std::int64_t key = 0; key < keys; key += lane_count) {
        Lanes gradient;
        Lanes weight;
        load(gradient, gradients + key);
        load(weight, weights + key);
        store(gradients + key, weight * (gradient - mean) * scale);
    }
}

float scale_of(const AttentionHead& head) {
    return 1.0F / std::sqrt(static_cast<float>(head.width));
}

/// The rows of a block that has fewer queries.
void clear_missing(const Block& queries, Matrix& rows) {
    std::fill(rows[queries.last - queries.first], rows[block], 0.0F);
}

void clear(const AttentionHead& head, const OutputRows& rows) {
    for (std::int64_t token = 0; token < head.tokens; ++token) {
        std::fill_n(rows[token], head.width, 0.0F);
    }
}

}  // namespace

TRILBY_FOR_EACH_CPU
void attend(const AttentionHead& head, const HeadInput& input, const OutputRows& output,
            float* log_sums) {
    const Matrix queries = prepared(head, input.queries);
    const Matrix keys = transposed(head, prepared(head, input.keys).rows());
    Matrix weights(block, padded(head.tokens));
    for (std::int64_t first = 0; first < head.tokens; first += block) {
        const Block some{first, std::min(first + block, head.tokens)};
        multiply(some, queries.rows(), head.width, keys, weights);
        for (std::int64_t query = some.first; query < some.last; ++query) {
            log_sums[query] =
                to_weights(weights[query - first], query, some.keys(), scale_of(head));
        }
        combine(some, weights, input.values, head.width, output);
    }
}

TRILBY_FOR_EACH_CPU
void attend_backward(const AttentionHead& head, const HeadInput& input, const InputRows& output,
                     const float* log_sums, const InputRows& output_gradients,
                     const HeadGradients& gradients) {
    const Matrix queries = prepared(head, input.queries);
    const Matrix keys = prepared(head, input.keys);
    const Matrix key_columns = transposed(head, keys.rows());
    const Matrix value_columns = transposed(head, input.values);
    Matrix weights(block, padded(head.tokens));
    Matrix changes(block, padded(head.tokens));
    clear(head, gradients.keys);
    clear(head, gradients.values);
    for (std::int64_t first = 0; first < head.tokens; first += block) {
        const Block some{first, std::min(first + block, head.tokens)};
        multiply(some, queries.rows(), head.width, key_columns, weights);
        multiply(some, output_gradients, head.width, value_columns, changes);
        for (std::int64_t query = some.first; query < some.last; ++query) {
            to_known_weights(weights[query - first], query, some.keys(), scale_of(head),
                             log_sums[query]);
            to_score_gradients(changes[query - first], weights[query - first], some.keys(),
                               scale_of(head),
                               dot(output[query], output_gradients[query], head.width));
        }
        clear_missing(some, weights);
        clear_missing(some, changes);
        combine(some, changes, keys.rows(), head.width, gradients.queries);
        spread(some, changes, queries.rows(), head.width, gradients.keys);
        spread(some, weights, output_gradients, head.width, gradients.values);
    }
    prepare_backward(head, input.queries, gradients.queries);
    prepare_backward(head, input.keys, gradients.keys);
}

}  // namespace trilby::backends
