// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/images/network.hpp"

#include <gmock/gmock.h>

#include "support/hidden_weights.hpp"
#include "train/network.hpp"

namespace trilby::backends {
namespace {

using train::Shape;

std::int64_t count_parameters(const torch::nn::Sequential& network) {
    std::int64_t total = 0;
    for (const torch::Tensor& parameter : network->parameters()) {
        total += parameter.numel();
    }
    return total;
}

TEST(ImageNetwork, HasTheShapesAndParametersOfItsLayers) {
    const std::vector<train::Layer> layers{
        train::Conv2d{.channels = 4, .kernel = 3, .stride = 2, .padding = 1},
        train::BatchNorm{},
        train::Relu{},
        train::Residual{},
        train::MaxPool2d{},
        train::Flatten{},
        train::Linear{.features = 5}};
    const auto shapes = train::infer_shapes(layers, {3, 9, 9});
    ASSERT_TRUE(shapes);
    torch::nn::Sequential network = make_image_network(layers, *shapes, 1);
    EXPECT_EQ(count_parameters(network), train::count_parameters(layers, *shapes));
    EXPECT_EQ(network->forward(torch::zeros({2, 3, 9, 9})).sizes(),
              (std::vector<std::int64_t>{2, 5}));
}

TEST(ImageNetwork, OnlyLayersBetweenTheFirstAndTheLastAreHidden) {
    const std::vector<train::Layer> layers{train::Conv2d{.channels = 4}, train::Residual{},
                                           train::Flatten{}, train::Linear{.features = 3}};
    const auto shapes = train::infer_shapes(layers, {1, 6, 6}).value();
    EXPECT_THAT(testing::hidden_weights_of(*make_image_network(layers, shapes, 1)),
                ::testing::ElementsAre("residual_2.body.0.weight", "residual_2.body.3.weight"));
}

TEST(ImageNetwork, LearnsWithAReluAfterAResidualBlockOrAnotherRelu) {
    const auto gradient = [](const std::vector<train::Layer>& layers) {
        const auto shapes = train::infer_shapes(layers, {1, 6, 6}).value();
        torch::nn::Sequential network = make_image_network(layers, shapes, 1);
        network->forward(torch::arange(72.0F).sin().view({2, 1, 6, 6})).square().sum().backward();
        return network->parameters().front().grad();
    };
    using namespace train;
    const torch::Tensor expected =
        gradient({Conv2d{.channels = 2}, Relu{}, Residual{}, Flatten{}, Linear{.features = 3}});
    EXPECT_TRUE(torch::equal(gradient({Conv2d{.channels = 2}, Relu{}, Relu{}, Residual{}, Relu{},
                                       Flatten{}, Relu{}, Linear{.features = 3}}),
                             expected));
}

TEST(ImageNetwork, AResidualBlockStartsByAddingNothing) {
    const std::vector<train::Layer> layers{train::Residual{}};
    torch::nn::Sequential network = make_image_network(layers, {Shape{2, 4, 4}, Shape{2, 4, 4}}, 1);
    const torch::Tensor input = torch::randn({3, 2, 4, 4});
    EXPECT_TRUE(torch::equal(network->forward(input), input.relu()));
    network->forward(input).square().sum().backward();
    EXPECT_TRUE(network->parameters().back().grad().ne(0).any().item<bool>());
}

}  // namespace
}  // namespace trilby::backends
