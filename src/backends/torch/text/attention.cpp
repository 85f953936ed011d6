// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/text/attention.hpp"

#include <ATen/Parallel.h>
#include <cmath>
#include <limits>

#include "backends/torch/recorded/recorder.hpp"
#include "backends/torch/text/attention_kernel.hpp"
#include "backends/torch/text/lanes.hpp"

namespace trilby::backends {
namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::Variable;
using torch::autograd::variable_list;

// ---- With LibTorch's operations

/// What is added to the scores of `keys` tokens for the last `queries` of them.
Tensor causal_mask(std::int64_t queries, std::int64_t keys, const Tensor& like) {
    return torch::full({queries, keys}, -std::numeric_limits<float>::infinity(), like.options())
        .triu_(keys - queries + 1);
}

/// Queries or keys as they are compared; N x tokens x heads x width.
Tensor prepared(const Tensor& rows, const AttentionSettings& settings) {
    Tensor x = rows;
    if (settings.is_normalized) {
        x = x * (x.square().mean(-1, /*keepdim=*/true) + normalization_epsilon).rsqrt();
    }
    if (settings.cosines.defined()) {
        const Tensor cosines = settings.cosines.unsqueeze(1);
        const Tensor sines = settings.sines.unsqueeze(1);
        const auto halves = x.chunk(2, -1);
        x = torch::cat(
            {halves[0] * cosines - halves[1] * sines, halves[0] * sines + halves[1] * cosines}, -1);
    }
    return x;
}

// ---- With the kernel

bool fits_kernel(const Tensor& all) {
    static const bool is_fast = has_lanes();
    return is_fast && !calls_are_recorded() && all.device().is_cpu() &&
           all.scalar_type() == torch::kFloat32 && all.size(4) % attention_width_step == 0;
}

/// The rows of one head of one example in N x tokens x heads x width.
template <class Number>
Rows<Number> rows_of(const Tensor& t, std::int64_t example, std::int64_t head) {
    return {t.data_ptr<float>() + example * t.stride(0) + head * t.stride(2), t.stride(1)};
}

/// The same of the queries (0), keys (1) or values (2) in N x tokens x 3 x heads x width. Views of
/// the tensor would take longer than the computation.
template <class Number>
Rows<Number> rows_of(const Tensor& all, std::int64_t kind, std::int64_t example,
                     std::int64_t head) {
    return {all.data_ptr<float>() + example * all.stride(0) + kind * all.stride(2) +
                head * all.stride(3),
            all.stride(1)};
}

AttentionHead head_of(const Tensor& all, const AttentionSettings& settings) {
    const auto numbers = [](const Tensor& t) {
        return t.defined() ? t.data_ptr<float>() : nullptr;
    };
    return {.tokens = all.size(1),
            .width = all.size(4),
            .is_normalized = settings.is_normalized,
            .cosines = numbers(settings.cosines),
            .sines = numbers(settings.sines)};
}

HeadInput input_of(const Tensor& all, std::int64_t example, std::int64_t head) {
    return {.queries = rows_of<const float>(all, 0, example, head),
            .keys = rows_of<const float>(all, 1, example, head),
            .values = rows_of<const float>(all, 2, example, head)};
}

/// Calls `compute` with the example and the number of each head, in parallel.
void for_each_head(const Tensor& all, const auto& compute) {
    const std::int64_t heads = all.size(3);
    at::parallel_for(0, all.size(0) * heads, 1, [&](std::int64_t first, std::int64_t last) {
        for (std::int64_t i = first; i < last; ++i) {
            compute(i / heads, i % heads);
        }
    });
}

class KernelAttention : public torch::autograd::Function<KernelAttention> {
  public:
    static Variable forward(AutogradContext* context, const Tensor& all,
                            const AttentionSettings& settings) {
        const AttentionHead head = head_of(all, settings);
        const Tensor output = torch::empty({all.size(0), all.size(1), all.size(3), all.size(4)});
        const Tensor log_sums = torch::empty({all.size(0), all.size(3), all.size(1)});
        for_each_head(all, [&](std::int64_t example, std::int64_t number) {
            attend(head, input_of(all, example, number), rows_of<float>(output, example, number),
                   log_sums.data_ptr<float>() + (example * all.size(3) + number) * all.size(1));
        });
        context->save_for_backward({all, output, log_sums, settings.cosines, settings.sines});
        context->saved_data["is_normalized"] = settings.is_normalized;
        return output;
    }

    static variable_list backward(AutogradContext* context, variable_list given) {
        const variable_list saved = context->get_saved_variables();
        const Tensor& all = saved[0];
        const Tensor& output = saved[1];
        const Tensor& log_sums = saved[2];
        const Tensor output_gradients = given[0].contiguous();
        const AttentionHead head =
            head_of(all, {.is_normalized = context->saved_data["is_normalized"].toBool(),
                          .cosines = saved[3],
                          .sines = saved[4]});
        const Tensor gradients = torch::empty_like(all);
        for_each_head(all, [&](std::int64_t example, std::int64_t number) {
            attend_backward(
                head, input_of(all, example, number), rows_of<const float>(output, example, number),
                log_sums.data_ptr<float>() + (example * all.size(3) + number) * all.size(1),
                rows_of<const float>(output_gradients, example, number),
                {.queries = rows_of<float>(gradients, 0, example, number),
                 .keys = rows_of<float>(gradients, 1, example, number),
                 .values = rows_of<float>(gradients, 2, example, number)});
        });
        return {gradients, Variable()};
    }
};

/// The kernel reads a table without a look at its shape.
void check_table(const char* name, const Tensor& table, const Tensor& all) {
    TORCH_CHECK(table.defined(), "causal_attention: there are cosines or sines, but no ", name);
    const bool fits =
        table.dim() == 2 && table.size(0) == all.size(1) && 2 * table.size(1) == all.size(4);
    TORCH_CHECK(fits, "causal_attention: the ", name, " are ", table.sizes(), ", expected [",
                all.size(1), ", ", all.size(4), " / 2]: tokens x (width of a head / 2)");
    TORCH_CHECK(table.scalar_type() == torch::kFloat32 || table.scalar_type() == all.scalar_type(),
                "causal_attention: the ", name, " are ", table.scalar_type(), ", expected Float");
    TORCH_CHECK(table.device() == all.device(), "causal_attention: the ", name, " are on ",
                table.device(), ", the queries on ", all.device());
}

void check_input(const Tensor& all, const AttentionSettings& settings) {
    TORCH_CHECK(all.dim() == 5 && all.size(2) == 3, "causal_attention: the input is ", all.sizes(),
                ", expected examples x tokens x 3 x heads x width of a head");
    if (settings.cosines.defined() || settings.sines.defined()) {
        check_table("cosines", settings.cosines, all);
        check_table("sines", settings.sines, all);
    }
}

AttentionSettings with_contiguous_tables(const AttentionSettings& settings) {
    const auto contiguous = [](const Tensor& table) {
        return table.defined() ? table.contiguous() : table;
    };
    return {.is_normalized = settings.is_normalized,
            .cosines = contiguous(settings.cosines),
            .sines = contiguous(settings.sines)};
}

}  // namespace

Tensor causal_attention(const Tensor& all, const AttentionSettings& settings) {
    check_input(all, settings);
    if (fits_kernel(all)) {
        return KernelAttention::apply(all.contiguous(), with_contiguous_tables(settings));
    }
    SeenTokens none;
    return causal_attention_after(all, settings, none);
}

Tensor causal_attention_after(const Tensor& all, const AttentionSettings& settings,
                              SeenTokens& seen) {
    const auto by_head = [](const Tensor& rows) { return rows.transpose(1, 2); };
    const Tensor queries = by_head(prepared(all.select(2, 0), settings));
    const Tensor keys = by_head(prepared(all.select(2, 1), settings));
    const Tensor values = by_head(all.select(2, 2));
    seen.keys = seen.keys.defined() ? torch::cat({seen.keys, keys}, 2) : keys;
    seen.values = seen.values.defined() ? torch::cat({seen.values, values}, 2) : values;
    const double scale = 1.0 / std::sqrt(static_cast<double>(all.size(4)));
    const Tensor scores = torch::matmul(queries * scale, seen.keys.transpose(2, 3)) +
                          causal_mask(queries.size(2), seen.keys.size(2), queries);
    return by_head(torch::matmul(scores.softmax(-1), seen.values));
}

}  // namespace trilby::backends
