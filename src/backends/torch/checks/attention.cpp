// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <fmt/format.h>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "backends/torch/checking/attend.hpp"
#include "backends/torch/checking/attention_shapes.hpp"
#include "backends/torch/checking/product_types.hpp"
#include "backends/torch/checking/reference.hpp"
#include "backends/torch/checks/checks.hpp"
#include "validate/precision.hpp"

namespace trilby::backends {
namespace {

using torch::Tensor;
using validate::Rounding;

/// A way to compute attention on the device.
struct Kernel {
    const char* name;
    Tensor (*attend)(const AttentionInputs& in);
};
constexpr std::array kernels{Kernel{"attention", attend},
                             Kernel{"attention by products", attend_by_products}};

struct AttentionRounding {
    double values;  ///< half of the distance from 1 to the next number of the type
    double sums;    ///< the same of the type in which products are added
    Rounding of_sums;
};

AttentionRounding rounding_of(torch::ScalarType type, torch::Device device) {
    const torch::ScalarType sums = type_of_sums(type, device);
    return {roundoff_of(type), roundoff_of(sums),
            sums == type ? Rounding::to_nearest : Rounding::any};
}

/// One attention of the sweep.
struct Attention {
    torch::ScalarType type;
    AttentionShape shape;
    Visible visible;
    Kernel kernel;

    [[nodiscard]] std::string text() const {
        const char* const keys = visible == Visible::all      ? ""
                                 : visible == Visible::before ? ", causal"
                                                              : ", masked";
        return fmt::format("{} {}, {}{}", kernel.name, type_name(type), shape.text(), keys);
    }
};

/// Its inputs on the host. Heads that share keys have the same.
struct HostInputs {
    Tensor query;    ///< [batch, heads, rows, depth]
    Tensor key;      ///< [batch, key heads, keys, depth]
    Tensor value;    ///< the same
    Tensor visible;  ///< truth values [rows, keys]
};

/// Which keys each query sees; at least one.
Tensor visible_keys(CheckRun& run, const Attention& attention) {
    const std::int64_t rows = attention.shape.rows;
    const std::int64_t keys = attention.shape.keys;
    const Tensor all = torch::ones({rows, keys}, torch::kBool);
    switch (attention.visible) {
        case Visible::before:
            return all.tril();
        case Visible::masked:
            return run.integers({rows, keys}, torch::kInt64, 0, 2)
                .gt(0)
                .logical_or(
                    torch::arange(rows).remainder(keys).unsqueeze(1).eq(torch::arange(keys)));
        default:
            return all;
    }
}

Tensor compute(CheckRun& run, const std::string& what, const Attention& attention,
               const HostInputs& host) {
    const std::int64_t sharing = attention.shape.heads / attention.shape.key_heads;
    const auto for_each_head = [&](const Tensor& shared) {
        return run.on_device(shared).repeat_interleave(sharing, 1);
    };
    const AttentionInputs in{
        .query = run.on_device(host.query),
        .key = for_each_head(host.key),
        .value = for_each_head(host.value),
        .visible = attention.visible,
        .mask = attention.visible == Visible::masked ? run.on_device(host.visible) : Tensor()};
    return run.compute(what, [&] {
        const FullPartialSums full;
        return attention.kernel.attend(in);
    });
}

/// Large enough that the softmax of two scores is exactly 0 and 1 in the type in which it is
/// computed, if they differ by twice its square over the root of the depth. All sums are in the
/// range of float16.
std::int64_t code_size(torch::ScalarType type) {
    return type == torch::kFloat64 ? 256 : type == torch::kFloat16 ? 32 : 64;
}

/// The number of each key in binary, as vectors [keys, depth] of +-`size`. The product of a query
/// with its key is 0, because each digit of the query has a negative copy; that with any other key
/// is at most -2 `size`^2.
struct Codes {
    Tensor query;
    Tensor key;
};

Codes key_codes(const AttentionShape& shape, std::int64_t size) {
    const int digits = std::bit_width(static_cast<std::uint64_t>(shape.keys - 1));
    const Tensor numbers = torch::arange(shape.keys).unsqueeze(1);
    const Tensor bits =
        numbers.bitwise_right_shift(torch::arange(digits)).bitwise_and(1).mul(2 * size).sub(size);
    const Tensor same = torch::full({shape.keys, digits}, size, torch::kInt64);
    const Tensor rest = torch::zeros({shape.keys, shape.depth - 2 * digits}, torch::kInt64);
    return {torch::cat({bits, same, rest}, 1), torch::cat({bits, same.neg(), rest}, 1)};
}

/// Values that every device moves without a change, even if it multiplies them by one in TF32.
Tensor values_to_move(CheckRun& run, const AttentionShape& shape, torch::ScalarType type) {
    constexpr double least = 0x1p-12;
    const auto drawn = type == torch::kFloat32 ? torch::kFloat16 : type;
    const Tensor values = run.reals({shape.batch, shape.key_heads, shape.keys, shape.depth}, drawn);
    return values.masked_fill(values.abs().lt(least), 1).to(type);
}

/// A random visible key for each query [batch, heads, rows].
Tensor chosen_keys(CheckRun& run, const Attention& attention, const Tensor& visible) {
    const AttentionShape& shape = attention.shape;
    const std::vector<std::int64_t> sizes{shape.batch, shape.heads, shape.rows};
    if (attention.visible == Visible::masked) {
        const Tensor order = run.reals(visible.sizes(), torch::kFloat32, 0.5, 1);
        return order.mul(visible).argmax(-1).expand(sizes);
    }
    const Tensor count = visible.sum(-1);
    return run.reals(sizes, torch::kFloat64, 0, 1).mul(count).to(torch::kInt64).minimum(count - 1);
}

/// Each query attends to one key alone, so that the result is the value of this key to the bit.
void check_choice(CheckRun& run, const Attention& attention) {
    const AttentionShape& shape = attention.shape;
    const Codes codes = key_codes(shape, code_size(attention.type));
    const Tensor places = run.reals({shape.depth}, torch::kFloat64).argsort();
    const Tensor visible = visible_keys(run, attention);
    const Tensor chosen = chosen_keys(run, attention, visible);
    const Tensor query = codes.query.index_select(1, places).to(attention.type);
    const Tensor key = codes.key.index_select(1, places).to(attention.type);
    const HostInputs host{
        .query = query.index_select(0, chosen.reshape({-1}))
                     .view({shape.batch, shape.heads, shape.rows, shape.depth}),
        .key = key.expand({shape.batch, shape.key_heads, shape.keys, shape.depth}).contiguous(),
        .value = values_to_move(run, shape, attention.type),
        .visible = visible};
    const std::string what = attention.text() + ", one key for each query";
    const Tensor found = compute(run, what, attention, host);
    const Tensor values = host.value.repeat_interleave(shape.heads / shape.key_heads, 1);
    const Tensor index = chosen.unsqueeze(-1).expand(host.query.sizes());
    run.expect_same(what, found, values.gather(2, index));
}

/// The weights of one row of the output, which are the softmax of its scores.
struct Weights {
    std::vector<Wide> of_key;  ///< 0 if it is not visible
    double relative_error = 0;
    double norm = 0;
};

struct AttendedRow {
    std::vector<Wide> value;
    std::vector<Wide> bound;
};

/// A few rows of a head of attention by its definition: each is a weighted mean of the rows of
/// `value`. The queries and values were drawn evenly from -1 to 1.
class Head {
  public:
    Head(const Tensor& key, const Tensor& value, torch::ScalarType type,
         const AttentionRounding& rounding)
        : key_(values_of(key)),
          value_(values_of(value)),
          keys_(static_cast<std::size_t>(key.size(0))),
          depth_(static_cast<std::size_t>(key.size(1))),
          smallest_(smallest_normal_of(type)),
          rounding_(rounding) {}

    [[nodiscard]] AttendedRow attend(const std::vector<Wide>& query, const bool* visible) const {
        const Weights weights = weights_of(query, visible);
        AttendedRow row;
        for (std::size_t column = 0; column < depth_; ++column) {
            Wide value = 0;
            Wide magnitude = 0;
            for (std::size_t key = 0; key < keys_; ++key) {
                const Wide term = weights.of_key[key] * value_[key * depth_ + column];
                value += term;
                magnitude += std::abs(term);
            }
            row.value.push_back(value);
            row.bound.push_back(bound_of(weights, value, magnitude));
        }
        return row;
    }

  private:
    [[nodiscard]] Weights weights_of(const std::vector<Wide>& query, const bool* visible) const {
        Weights weights;
        Wide largest_error = 0;
        Wide largest_score = 0;
        Wide total = 0;
        for (std::size_t key = 0; key < keys_; ++key) {
            const Score score = visible[key] ? score_of(query, key) : Score{};
            weights.of_key.push_back(visible[key] ? std::exp(score.value) : 0);
            largest_error = std::max(largest_error, score.error);
            largest_score = std::max(largest_score, std::abs(score.value));
            total += weights.of_key.back();
        }
        Wide squares = 0;
        for (Wide& weight : weights.of_key) {
            weight /= total;
            squares += weight * weight;
        }
        weights.norm = static_cast<double>(std::sqrt(squares));
        // The score is rounded when it is stored, scaled and masked, and twice as much when the
        // largest one is subtracted.
        weights.relative_error = relative_error(
            static_cast<double>(largest_error + 6 * rounding_.values * largest_score));
        return weights;
    }

    struct Score {
        Wide value = 0;
        Wide error = 0;  ///< before it is stored
    };

    /// Both operands may be scaled, and rounded, before they are multiplied.
    [[nodiscard]] Score score_of(const std::vector<Wide>& query, std::size_t key) const {
        const Wide scale = 1 / std::sqrt(static_cast<Wide>(depth_));
        Wide value = 0;
        Wide magnitude = 0;
        Wide squares = 0;
        for (std::size_t d = 0; d < depth_; ++d) {
            const Wide factor = key_[key * depth_ + d] * scale;
            value += query[d] * factor;
            magnitude += std::abs(query[d] * factor);
            squares += factor * factor;
        }
        const double norm = static_cast<double>(std::sqrt(squares));
        return {value, 2 * rounding_.values * magnitude +
                           validate::random_sum_error(static_cast<double>(depth_), rounding_.sums,
                                                      norm, rounding_.of_sums)};
    }

    /// A score that is off by d changes a weight by a factor of at most exp(2d). Exponentials,
    /// their sum and what scales both are rounded in the type of the sums, and a weight up to four
    /// times in that of the values.
    [[nodiscard]] double relative_error(double score_error) const {
        return std::expm1(2 * score_error) +
               validate::sum_error(2 * static_cast<double>(keys_) + 16, rounding_.sums) +
               4 * rounding_.values;
    }

    [[nodiscard]] Wide bound_of(const Weights& weights, Wide value, Wide magnitude) const {
        const double keys = static_cast<double>(keys_);
        const double of_sum =
            (1 + weights.relative_error) *
            validate::random_sum_error(keys, rounding_.sums, weights.norm, rounding_.of_sums);
        const Wide of_weights = weights.relative_error * magnitude;
        const Wide of_small_weights = 2 * keys * rounding_.values * smallest_;
        return (of_weights + of_sum) * (1 + rounding_.values) + std::abs(value) * rounding_.values +
               of_small_weights + smallest_;
    }

    std::vector<Wide> key_;
    std::vector<Wide> value_;
    std::size_t keys_;
    std::size_t depth_;
    double smallest_;
    AttentionRounding rounding_;
};

/// The host computes only a few rows of one head, at a random place.
void check_rows(CheckRun& run, const std::string& what, const Attention& attention,
                const HostInputs& host, const Tensor& found) {
    const AttentionShape& shape = attention.shape;
    const std::int64_t count = std::min<std::int64_t>(8, shape.rows);
    const std::int64_t first = run.between(0, shape.rows - count);
    const std::int64_t head = run.between(0, shape.heads - 1);
    const std::int64_t batch = run.between(0, shape.batch - 1);
    const std::int64_t key_head = head / (shape.heads / shape.key_heads);
    const Head reference(host.key[batch][key_head], host.value[batch][key_head], attention.type,
                         rounding_of(attention.type, run.device()));
    std::vector<Wide> values;
    std::vector<Wide> bounds;
    for (std::int64_t row = first; row < first + count; ++row) {
        const AttendedRow expected =
            reference.attend(values_of(host.query[batch][head][row]),
                             host.visible[row].contiguous().data_ptr<bool>());
        values.insert(values.end(), expected.value.begin(), expected.value.end());
        bounds.insert(bounds.end(), expected.bound.begin(), expected.bound.end());
    }
    run.expect_close(fmt::format("{}, from row {} of head {}", what, first, head),
                     found[batch][head].narrow(0, first, count),
                     tensor_of(values, {count, shape.depth}),
                     tensor_of(bounds, {count, shape.depth}));
}

void check_reals(CheckRun& run, const Attention& attention) {
    const AttentionShape& shape = attention.shape;
    const std::vector<std::int64_t> keys{shape.batch, shape.key_heads, shape.keys, shape.depth};
    const HostInputs host{
        .query = run.reals({shape.batch, shape.heads, shape.rows, shape.depth}, attention.type),
        .key = run.reals(keys, attention.type),
        .value = run.reals(keys, attention.type),
        .visible = visible_keys(run, attention)};
    const Tensor found = compute(run, attention.text(), attention, host);
    check_rows(run, attention.text(), attention, host, found);
}

/// A bound for sums that are rounded to a 16-bit type would accept any result of long sums.
bool has_useful_bound(torch::ScalarType type, torch::Device device) {
    return c10::elementSize(type_of_sums(type, device)) > 2;
}

void require_attention(torch::ScalarType type, torch::Device device) {
    const Tensor zeros = torch::zeros({1, 1, 2, 32}, torch::TensorOptions(device).dtype(type));
    (void)attend({zeros, zeros, zeros});
    (void)attend_by_products({zeros, zeros, zeros});
}

/// Computes one shape after the other in every type of the device: first the known shapes, then
/// random ones.
class AttentionSweep {
  public:
    explicit AttentionSweep(CheckRun& run)
        : limits_(sweep_limits(run.device().is_cpu(), run.seconds(), run.memory_bytes())),
          known_(known_attention_shapes(limits_)) {
        for (const auto type : real_types()) {
            run.where_supported("attention " + type_name(type), [&] {
                require_attention(type, run.device());
                types_.push_back(type);
            });
        }
    }

    void check_next(CheckRun& run) {
        if (types_.empty()) {
            return;
        }
        const Attention attention = next(run);
        check_choice(run, attention);
        if (has_useful_bound(attention.type, run.device())) {
            check_reals(run, attention);
        }
        shapes_.insert(attention.shape);
    }

    void report(CheckRun& run) const {
        run.add_covered(
            fmt::format("{} shape{} of attention", shapes_.size(), shapes_.size() == 1 ? "" : "s"));
    }

  private:
    [[nodiscard]] Attention next(CheckRun& run) const {
        const std::size_t turn = run.round() / types_.size();
        SplitMix64 random(run.bits());
        AttentionShape shape =
            turn < known_.size() ? known_[turn] : random_attention_shape(random, limits_);
        for (std::int64_t* side : {&shape.batch, &shape.rows, &shape.keys}) {
            *side = run.size(*side);
        }
        const std::int64_t last = shape.rows == shape.keys ? 2 : 1;
        constexpr std::array choices{Visible::all, Visible::masked, Visible::before};
        return {.type = types_[run.round() % types_.size()],
                .shape = shape,
                .visible = choices.at(static_cast<std::size_t>(run.between(0, last))),
                .kernel = kernels.at(static_cast<std::size_t>(run.between(0, 1)))};
    }

    SweepLimits limits_;
    std::vector<AttentionShape> known_;
    std::vector<torch::ScalarType> types_;
    std::set<AttentionShape> shapes_;  ///< that were computed
};

}  // namespace

void checks::attention(CheckRun& run) {
    std::optional<AttentionSweep> sweep;
    while (run.next_round()) {
        if (!sweep) {
            sweep.emplace(run);
        }
        sweep->check_next(run);
    }
    if (sweep) {
        sweep->report(run);
    }
}

}  // namespace trilby::backends
