// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/images/network_design.hpp"

#include <gtest/gtest.h>

#include "train/network.hpp"

namespace trilby::train::images {
namespace {

TEST(DesignNetwork, FitsEveryUsualSizeAndNumberOfClasses) {
    for (const std::int64_t side : {8, 28, 32, 64, 96, 100, 128, 224}) {
        for (const std::int64_t channels : {1, 3}) {
            const Shape image{channels, side, side};
            const auto shapes = check_classifier(design_network(image, 7), image, 7);
            EXPECT_TRUE(shapes) << side << ": " << shapes.error().message;
        }
    }
}

TEST(DesignNetwork, LeavesAFewPixelsForTheMeanOfEachChannel) {
    for (const std::int64_t side : {28, 32, 64, 96, 128}) {
        const Shape image{3, side, side};
        const auto layers = design_network(image, 2);
        const auto shapes = infer_shapes(layers, image);
        ASSERT_TRUE(shapes);
        const auto pool = std::ranges::find_if(layers, [](const Layer& layer) {
            return std::holds_alternative<GlobalAveragePool>(layer);
        });
        const Shape& pooled = (*shapes)[static_cast<std::size_t>(pool - layers.begin())];
        EXPECT_GE(pooled[1], 3) << side;
        EXPECT_LE(pooled[1], 6) << side;
    }
}

TEST(CountMultiplications, CountsConvolutionsAndMatrices) {
    const std::vector<Layer> layers{Conv2d{.channels = 2, .kernel = 3, .padding = 1}, Residual{},
                                    MaxPool2d{}, Flatten{}, Linear{.features = 5}};
    EXPECT_EQ(count_multiplications(layers, {3, 4, 4}),
              16 * 2 * 3 * 9 + 2 * (16 * 2 * 2 * 9) + 8 * 5);
}

}  // namespace
}  // namespace trilby::train::images
