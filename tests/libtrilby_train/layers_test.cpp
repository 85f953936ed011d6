// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <cstdint>
#include <gmock/gmock.h>
#include <vector>

#include <trilby/layers.hpp>

namespace trilby {
namespace {

/// A width that suits the kernels, and one that does not.
class LayersTest : public ::testing::TestWithParam<std::int64_t> {
  protected:
    LayersTest() { torch::manual_seed(1); }
    static torch::Tensor numbers(torch::IntArrayRef shape) {
        return torch::randn(shape).requires_grad_();
    }
};

INSTANTIATE_TEST_SUITE_P(Widths, LayersTest, ::testing::Values(32, 6));

TEST_P(LayersTest, NormalizedRowsHaveMeanZeroAndVarianceOne) {
    const torch::Tensor x = numbers({5, GetParam()});
    const torch::Tensor y = normalized(x);
    EXPECT_LT(y.mean(1).abs().max().item<double>(), 1e-5);
    EXPECT_NEAR(y.var(1, /*unbiased=*/false).mean().item<double>(), 1.0, 1e-3);
    y.square().sum().backward();
    EXPECT_TRUE(x.grad().defined());
}

TEST_P(LayersTest, SquaredReluIsTheSquareOfWhatIsPositive) {
    const torch::Tensor x = numbers({5, GetParam()});
    EXPECT_TRUE(torch::equal(squared_relu(x), x.relu().square()));
    squared_relu(x).sum().backward();
    EXPECT_TRUE(torch::allclose(x.grad(), 2 * x.relu()));
}

TEST_P(LayersTest, CausalAttentionDoesNotSeeLaterTokens) {
    const torch::NoGradGuard no_grad;
    const torch::Tensor all = torch::randn({2, 7, 3, 2, GetParam()});
    const torch::Tensor attended = causal_attention(all, {.is_normalized = true});
    EXPECT_EQ(attended.sizes().vec(), (std::vector<std::int64_t>{2, 7, 2, GetParam()}));
    const torch::Tensor first = causal_attention(all.narrow(1, 0, 4), {.is_normalized = true});
    EXPECT_TRUE(torch::allclose(attended.narrow(1, 0, 4), first, 1e-4, 1e-5));
}

}  // namespace
}  // namespace trilby
