// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <fmt/format.h>

#include "backends/torch/checking/attend.hpp"
#include "backends/torch/checking/reference.hpp"
#include "backends/torch/checks/checks.hpp"
#include "validate/precision.hpp"

namespace trilby::backends {
namespace {

using torch::Tensor;

struct Attention {
    Tensor value;
    Tensor bound;
};

struct Sum {
    Wide value = 0;
    Wide magnitude = 0;

    void add(Wide term) {
        value += term;
        magnitude += std::abs(term);
    }
};

/// The weights of one row of the output, which are the softmax of its scores.
struct Weights {
    std::vector<Wide> of_key;
    double relative_error = 0;
};

/// One head of attention by its definition: every row is a weighted mean of the rows of `value`.
class Head {
  public:
    Head(const Tensor& query, const Tensor& key, const Tensor& value, bool is_causal,
         double roundoff)
        : query_(values_of(query)),
          key_(values_of(key)),
          value_(values_of(value)),
          rows_(query.size(0)),
          keys_(key.size(0)),
          depth_(query.size(1)),
          width_(value.size(1)),
          is_causal_(is_causal),
          roundoff_(roundoff) {}

    [[nodiscard]] Attention attend() const {
        std::vector<Wide> out;
        std::vector<Wide> bound;
        for (std::int64_t row = 0; row < rows_; ++row) {
            const Weights weights = weights_of(row);
            for (std::int64_t column = 0; column < width_; ++column) {
                const Sum mean = weighted_mean(weights, column);
                out.push_back(mean.value);
                bound.push_back(mean.magnitude * weights.relative_error);
            }
        }
        return {tensor_of(out, {rows_, width_}), tensor_of(bound, {rows_, width_})};
    }

  private:
    [[nodiscard]] Sum score(std::int64_t row, std::int64_t key) const {
        const Wide scale = 1 / std::sqrt(static_cast<Wide>(depth_));
        Sum sum;
        for (std::int64_t d = 0; d < depth_; ++d) {
            sum.add(query_[static_cast<std::size_t>(row * depth_ + d)] *
                    key_[static_cast<std::size_t>(key * depth_ + d)] * scale);
        }
        return sum;
    }

    [[nodiscard]] Weights weights_of(std::int64_t row) const {
        const std::int64_t visible = is_causal_ ? std::min(row + 1, keys_) : keys_;
        Weights weights;
        Wide largest_magnitude = 0;
        Wide total = 0;
        for (std::int64_t key = 0; key < visible; ++key) {
            const Sum sum = score(row, key);
            largest_magnitude = std::max(largest_magnitude, sum.magnitude);
            weights.of_key.push_back(std::exp(sum.value));
            total += weights.of_key.back();
        }
        for (Wide& weight : weights.of_key) {
            weight /= total;
        }
        weights.relative_error = relative_error(static_cast<double>(largest_magnitude), visible);
        return weights;
    }

    /// A score that is off by d changes a weight by a factor of at most exp(2d).
    [[nodiscard]] double relative_error(double largest_magnitude, std::int64_t visible) const {
        const double score_error =
            largest_magnitude * validate::sum_error(static_cast<double>(depth_) + 4, roundoff_);
        return std::expm1(2 * score_error) +
               validate::sum_error(2 * static_cast<double>(visible) + 16, roundoff_);
    }

    [[nodiscard]] Sum weighted_mean(const Weights& weights, std::int64_t column) const {
        Sum sum;
        for (std::size_t key = 0; key < weights.of_key.size(); ++key) {
            sum.add(
                weights.of_key[key] *
                value_[key * static_cast<std::size_t>(width_) + static_cast<std::size_t>(column)]);
        }
        return sum;
    }

    std::vector<Wide> query_;
    std::vector<Wide> key_;
    std::vector<Wide> value_;
    std::int64_t rows_;
    std::int64_t keys_;
    std::int64_t depth_;
    std::int64_t width_;
    bool is_causal_;
    double roundoff_;
};

void check_type(CheckRun& run, torch::ScalarType type, bool is_causal) {
    const std::int64_t heads = run.between(1, 3);
    const std::int64_t length = run.between(2, 40);
    const std::int64_t depth = 8 * run.between(1, 4);
    const Tensor query = run.reals({1, heads, length, depth}, type);
    const Tensor key = run.reals({1, heads, length, depth}, type);
    const Tensor value = run.reals({1, heads, length, depth}, type);
    const Tensor q = run.on_device(query);
    const Tensor k = run.on_device(key);
    const Tensor v = run.on_device(value);
    const std::string what =
        fmt::format("{}attention {}, {} heads {}x{}", is_causal ? "causal " : "", type_name(type),
                    heads, length, depth);
    const Tensor found = run.compute(what, [&] { return attend(q, k, v, is_causal); });
    for (std::int64_t head = 0; head < heads; ++head) {
        const Attention expected =
            Head(query[0][head], key[0][head], value[0][head], is_causal, roundoff_of(type))
                .attend();
        run.expect_close(what, found[0][head], expected.value, expected.bound);
    }
}

}  // namespace

void checks::attention(CheckRun& run) {
    while (run.next_round()) {
        for (const auto type : real_types()) {
            for (const bool is_causal : {false, true}) {
                run.where_supported("attention " + type_name(type),
                                    [&] { check_type(run, type, is_causal); });
            }
        }
    }
}

}  // namespace trilby::backends
