// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <fmt/format.h>
#include <torch/version.h>

#include "backends/torch/checks/checks.hpp"
#include "backends/torch/checks/reference.hpp"
#include "validate/precision.hpp"

namespace trilby::backends {
namespace {

using torch::Tensor;

/// LibTorch's own, fused where the device has such a kernel.
Tensor attend_on_device(const Tensor& query, const Tensor& key, const Tensor& value,
                        bool is_causal) {
#if TORCH_VERSION_MAJOR >= 2
    return at::scaled_dot_product_attention(query, key, value, {}, 0.0, is_causal);
#else
    return std::get<0>(
        at::_scaled_dot_product_attention(query, key, value, {}, 0.0, false, is_causal));
#endif
}

struct Expected {
    Tensor value;
    Tensor bound;
};

/// One head by the definition: every row is a mean of `value`, weighted by the softmax of the
/// scores. A score that is off by d changes a weight by a factor of at most exp(2d).
Expected attend(const Tensor& query, const Tensor& key, const Tensor& value, bool is_causal,
                double roundoff) {
    const std::int64_t rows = query.size(0);
    const std::int64_t keys = key.size(0);
    const std::int64_t depth = query.size(1);
    const std::int64_t width = value.size(1);
    const auto q = values_of(query);
    const auto k = values_of(key);
    const auto v = values_of(value);
    const Wide scale = 1 / std::sqrt(static_cast<Wide>(depth));
    std::vector<Wide> out(static_cast<std::size_t>(rows * width));
    std::vector<Wide> bound(out.size());
    for (std::int64_t i = 0; i < rows; ++i) {
        const std::int64_t visible = is_causal ? std::min(i + 1, keys) : keys;
        std::vector<Wide> weight(static_cast<std::size_t>(visible));
        Wide largest_magnitude = 0;
        Wide total = 0;
        for (std::int64_t j = 0; j < visible; ++j) {
            Wide score = 0;
            Wide magnitude = 0;
            for (std::int64_t d = 0; d < depth; ++d) {
                const Wide term = q[static_cast<std::size_t>(i * depth + d)] *
                                  k[static_cast<std::size_t>(j * depth + d)] * scale;
                score += term;
                magnitude += std::abs(term);
            }
            largest_magnitude = std::max(largest_magnitude, magnitude);
            total += weight[static_cast<std::size_t>(j)] = std::exp(score);
        }
        const auto score_error = static_cast<double>(largest_magnitude) *
                                 validate::sum_error(static_cast<double>(depth) + 4, roundoff);
        const double weight_error =
            std::expm1(2 * score_error) +
            validate::sum_error(2 * static_cast<double>(visible) + 16, roundoff);
        for (std::int64_t c = 0; c < width; ++c) {
            Wide sum = 0;
            Wide magnitude = 0;
            for (std::int64_t j = 0; j < visible; ++j) {
                const Wide term = weight[static_cast<std::size_t>(j)] / total *
                                  v[static_cast<std::size_t>(j * width + c)];
                sum += term;
                magnitude += std::abs(term);
            }
            out[static_cast<std::size_t>(i * width + c)] = sum;
            bound[static_cast<std::size_t>(i * width + c)] = magnitude * weight_error;
        }
    }
    return {tensor_of(out, {rows, width}), tensor_of(bound, {rows, width})};
}

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
    const Tensor found = run.compute(what, [&] { return attend_on_device(q, k, v, is_causal); });
    for (std::int64_t head = 0; head < heads; ++head) {
        const Expected expected =
            attend(query[0][head], key[0][head], value[0][head], is_causal, roundoff_of(type));
        run.expect_close(what, found[0][head], expected.value, expected.bound);
    }
}

}  // namespace

void check_attention(CheckRun& run) {
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
