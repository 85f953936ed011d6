// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/text/attention.hpp"

#include <gtest/gtest.h>
#include <string>

namespace trilby::backends {
namespace {

using torch::Tensor;

struct Case {
    std::int64_t tokens;
    std::int64_t head_width;
    bool is_normalized;
    bool is_rotary;
};

AttentionSettings settings_of(const Case& c) {
    AttentionSettings settings{.is_normalized = c.is_normalized, .cosines = {}, .sines = {}};
    if (c.is_rotary) {
        const Tensor angles = torch::rand({c.tokens, c.head_width / 2}) * 6.0;
        settings.cosines = angles.cos();
        settings.sines = angles.sin();
    }
    return settings;
}

struct Attended {
    Tensor output;
    Tensor gradient;
};

/// The output, and the gradient of a sum of its numbers with different weights.
Attended with_gradient(const Tensor& all, const auto& attention) {
    const Tensor input = all.detach().clone().set_requires_grad(true);
    const Tensor output = attention(input);
    (output * torch::arange(output.numel()).view_as(output).sin()).sum().backward();
    return {output.detach(), input.grad()};
}

class AttentionTest : public ::testing::TestWithParam<Case> {};

TEST_P(AttentionTest, TheKernelComputesWhatLibTorchsOperationsDo) {
    torch::manual_seed(1);
    const Case& c = GetParam();
    const AttentionSettings settings = settings_of(c);
    const Tensor all = torch::randn({2, c.tokens, 3, 3, c.head_width});
    const Attended kernel =
        with_gradient(all, [&](const Tensor& x) { return causal_attention(x, settings); });
    const Attended operations = with_gradient(all, [&](const Tensor& x) {
        SeenTokens none;
        return causal_attention_after(x, settings, none);
    });
    EXPECT_TRUE(torch::allclose(kernel.output, operations.output, 1e-5, 1e-5));
    EXPECT_TRUE(torch::allclose(kernel.gradient, operations.gradient, 1e-4, 1e-4));
}

INSTANTIATE_TEST_SUITE_P(Shapes, AttentionTest,
                         ::testing::Values(Case{1, 32, true, true}, Case{3, 32, false, false},
                                           Case{16, 32, true, false}, Case{17, 64, false, true},
                                           Case{50, 96, true, true}, Case{64, 32, true, true}));

/// Tables for eight tokens and heads of 32.
AttentionSettings made_tables(std::int64_t rows, std::int64_t columns) {
    const Tensor angles = torch::rand({rows, columns}) * 6.0;
    return {.is_normalized = false, .cosines = angles.cos(), .sines = angles.sin()};
}

TEST(Attention, TablesNeedNotBeContiguous) {
    torch::manual_seed(1);
    const Tensor all = torch::randn({2, 8, 3, 1, 32});
    const AttentionSettings plain = made_tables(8, 16);
    const AttentionSettings strided{.is_normalized = false,
                                    .cosines = plain.cosines.t().contiguous().t(),
                                    .sines = plain.sines.t().contiguous().t()};
    EXPECT_TRUE(torch::equal(causal_attention(all, strided), causal_attention(all, plain)));
}

TEST(Attention, TablesThatDoNotFitAreRefused) {
    const Tensor all = torch::randn({2, 8, 3, 1, 32});
    AttentionSettings without_sines = made_tables(8, 16);
    without_sines.sines.reset();
    AttentionSettings doubles = made_tables(8, 16);
    doubles.cosines = doubles.cosines.to(torch::kFloat64);
    for (const AttentionSettings& settings :
         {made_tables(7, 16), made_tables(9, 16), made_tables(8, 15), without_sines, doubles}) {
        EXPECT_THROW((void)causal_attention(all, settings), c10::Error);
    }
    EXPECT_THROW((void)causal_attention(all.squeeze(3), {}), c10::Error);
    EXPECT_THROW((void)causal_attention(all.narrow(2, 0, 2), {}), c10::Error);
}

TEST(Attention, LargeScoresStayFinite) {
    const Tensor all = torch::full({1, 20, 3, 1, 32}, 1000.0F);
    const Attended result =
        with_gradient(all, [](const Tensor& x) { return causal_attention(x, {}); });
    EXPECT_TRUE(torch::allclose(result.output, torch::full({1, 20, 1, 32}, 1000.0F)));
    EXPECT_TRUE(result.gradient.isfinite().all().item<bool>());
}

TEST(Attention, InPiecesItIsTheSameAsAtOnce) {
    torch::manual_seed(1);
    const Tensor all = torch::randn({1, 10, 3, 2, 32});
    SeenTokens seen;
    const Tensor first = causal_attention_after(all.narrow(1, 0, 6), {}, seen);
    const Tensor second = causal_attention_after(all.narrow(1, 6, 4), {}, seen);
    EXPECT_TRUE(
        torch::allclose(torch::cat({first, second}, 1), causal_attention(all, {}), 1e-5, 1e-5));
}

}  // namespace
}  // namespace trilby::backends
