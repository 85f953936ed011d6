// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/text/fused_layers.hpp"

#include <gtest/gtest.h>

namespace trilby::backends {
namespace {

using torch::Tensor;

/// Output and gradient of two layers are alike for rows of this width.
void expect_alike(std::int64_t width, const auto& layer, const auto& reference) {
    torch::manual_seed(1);
    const Tensor x = torch::randn({3, 5, width}) * 2.0 + 1.0;
    const Tensor factors = torch::randn({3, 5, width});
    const Tensor a = x.clone().set_requires_grad(true);
    const Tensor b = x.clone().set_requires_grad(true);
    const Tensor outputs = layer(a);
    const Tensor expected = reference(b);
    EXPECT_TRUE(torch::allclose(outputs, expected, 1e-5, 1e-5));
    (outputs * factors).sum().backward();
    (expected * factors).sum().backward();
    EXPECT_TRUE(torch::allclose(a.grad(), b.grad(), 1e-4, 1e-5));
}

// 128 numbers in a row are for the kernels, 7 are for LibTorch's operations.

TEST(FusedLayers, NormalizeAsLibTorchDoes) {
    for (const std::int64_t width : {7, 16, 128}) {
        expect_alike(width, normalized,
                     [&](const Tensor& x) { return at::layer_norm(x, {width}); });
    }
}

TEST(FusedLayers, SquareWhatIsPositive) {
    for (const std::int64_t width : {7, 16, 128}) {
        expect_alike(width, squared_relu, [](const Tensor& x) { return x.relu().square(); });
    }
}

TEST(FusedLayers, TakeViews) {
    const Tensor x = torch::randn({32, 4}).t();
    EXPECT_TRUE(torch::allclose(normalized(x), at::layer_norm(x, {32}), 1e-5, 1e-5));
}

TEST(FusedLayers, AConstantRowIsNormalizedTo0) {
    EXPECT_TRUE(torch::equal(normalized(torch::full({2, 32}, 5.0F)), torch::zeros({2, 32})));
}

}  // namespace
}  // namespace trilby::backends
