// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/network.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace trilby::train {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const Shape image{1, 28, 28};

std::string error_of(const std::vector<Layer>& layers, const Shape& input = image) {
    const auto shapes = check_classifier(layers, input, 10);
    return shapes ? std::string() : shapes.error().message;
}

TEST(Network, ShapesFlowThroughEveryKindOfLayer) {
    const std::vector<Layer> layers{Conv2d{.channels = 8, .kernel = 3, .stride = 2, .padding = 1},
                                    BatchNorm{},
                                    Relu{},
                                    MaxPool2d{.kernel = 3},
                                    Dropout{},
                                    Flatten{},
                                    Linear{.features = 10}};
    const auto shapes = check_classifier(layers, image, 10);
    ASSERT_TRUE(shapes) << shapes.error().message;
    EXPECT_THAT(*shapes, ElementsAre(image, Shape{8, 14, 14}, Shape{8, 14, 14}, Shape{8, 14, 14},
                                     Shape{8, 4, 4}, Shape{8, 4, 4}, Shape{128}, Shape{10}));
}

TEST(Network, GlobalAveragePoolLeavesOneNumberPerChannel) {
    const auto shapes =
        infer_shapes(std::vector<Layer>{Conv2d{.channels = 5}, GlobalAveragePool{}}, image);
    ASSERT_TRUE(shapes);
    EXPECT_EQ(shapes->back(), Shape{5});
}

TEST(Network, ParametersAreCountedAsLibTorchDoes) {
    const std::vector<Layer> layers{Conv2d{.channels = 8, .kernel = 3, .bias = false}, BatchNorm{},
                                    Flatten{}, Linear{.features = 10}};
    const auto shapes = infer_shapes(layers, image);
    ASSERT_TRUE(shapes);
    EXPECT_EQ(count_parameters(layers, *shapes), 8 * 9 + 2 * 8 + 10 * (8 * 26 * 26 + 1));
}

TEST(Network, AResidualBlockKeepsTheShapeAndHasTwoConvolutions) {
    const std::vector<Layer> layers{Conv2d{.channels = 8}, Residual{}};
    const auto shapes = infer_shapes(layers, image);
    ASSERT_TRUE(shapes);
    EXPECT_EQ(shapes->back(), (Shape{8, 26, 26}));
    EXPECT_EQ(parameter_count(layers[1], shapes->back()), 2 * (8 * 8 * 9 + 2 * 8));
}

TEST(Network, MismatchReportsBothLayersAndBothShapes) {
    EXPECT_EQ(error_of({Conv2d{.channels = 4, .padding = 1}, Linear{.features = 10}}),
              "layer 2 (linear): takes a vector, but receives 4 x 28 x 28 from layer 1 (conv2d)");
    EXPECT_EQ(error_of({Flatten{}, Conv2d{.channels = 4}}),
              "layer 2 (conv2d): takes channels x height x width, but receives 784 from layer 1 "
              "(flatten)");
    EXPECT_EQ(error_of({Flatten{}, Residual{}}),
              "layer 2 (residual): takes channels x height x width, but receives 784 from layer 1 "
              "(flatten)");
    EXPECT_EQ(error_of({Conv2d{.channels = 4, .kernel = 29}}),
              "layer 1 (conv2d): a kernel of 29 x 29 with padding 0 does not fit its input "
              "1 x 28 x 28 from the data");
    EXPECT_THAT(error_of({MaxPool2d{}, MaxPool2d{}, MaxPool2d{}, MaxPool2d{}, MaxPool2d{}}),
                HasSubstr("layer 5 (max_pool2d): a window of 2 x 2 does not fit its input "
                          "1 x 1 x 1 from layer 4"));
}

TEST(Network, AReluOfWhatAnotherOneGaveIsNotComputed) {
    const std::vector<Layer> layers{
        Conv2d{.channels = 4}, Relu{}, Relu{}, Residual{}, Flatten{}, Dropout{}, Relu{},
        Linear{.features = 5}, Relu{}};
    EXPECT_THAT(execution_order(layers), ElementsAre(0, 1, 3, 4, 5, 7, 8));
    const std::vector<Layer> pooled{Relu{}, MaxPool2d{}, Relu{}, BatchNorm{}, Relu{}};
    EXPECT_THAT(execution_order(pooled), ElementsAre(1, 0, 3, 4));
}

TEST(Network, EndMustBeOneNumberPerClass) {
    EXPECT_EQ(error_of({Flatten{}, Linear{.features = 12}}),
              "the network ends with 12, expected 10, one number per class");
}

TEST(Network, SizesThatWouldOverflowAreRefused) {
    EXPECT_THAT(
        error_of({Conv2d{.channels = 65'536, .padding = 1024}, Flatten{}, Linear{.features = 10}}),
        HasSubstr("too many"));
    EXPECT_THAT(error_of({Flatten{}, Linear{.features = 65'536}, Linear{.features = 65'536}}),
                HasSubstr("layer 3 (linear): its output 65536 or its 4295032832 weights"));
}

}  // namespace
}  // namespace trilby::train
