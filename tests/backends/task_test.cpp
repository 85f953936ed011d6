// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/task.hpp"

#include <gmock/gmock.h>

#include "train/images/data.hpp"

namespace trilby::backends {
namespace {

using ::testing::HasSubstr;

/// Sums of pixels, times a weight for each output.
struct Sums : torch::nn::Module {
    explicit Sums(std::int64_t outputs)
        : torch::nn::Module("Sums"), weight(register_parameter("weight", torch::ones({outputs}))) {}
    torch::Tensor forward(const torch::Tensor& images) const {
        return images.flatten(1).sum(1, /*keepdim=*/true) * weight;
    }
    torch::Tensor weight;
};

/// A network of a program, for images.
Network own_network(std::int64_t outputs) {
    const auto sums = std::make_shared<Sums>(outputs);
    return {sums, [sums](const Batch& inputs) { return sums->forward(inputs[0]); }};
}

class OwnPartsTest : public ::testing::Test {
  protected:
    [[nodiscard]] Result<std::unique_ptr<Task>> task(const OwnParts& own) const {
        const train::Recipe recipe{.name = "made", .task = train::images::Settings{}};
        return make_task(recipe, {document_, {{0, 2}, {2, 3}, {3, 4}}, images_}, torch::kCPU, own);
    }

    json::object document_ = to_json(train::images::Schema{.height = 2,
                                                           .width = 2,
                                                           .channels = 1,
                                                           .classes = {"a", "b", "c"},
                                                           .mean = {0.5},
                                                           .deviation = {0.5}});
    train::SharedArrays images_ =
        train::SharedArrays::reserve({{"images", train::ElementType::u8, {4, 2, 2, 1}},
                                      {"labels", train::ElementType::i32, {4}}})
            .value();
};

const std::vector<std::int64_t> both_examples{0, 1};

TEST_F(OwnPartsTest, TheNetworkReplacesThatOfTheRecipe) {
    const auto made = task({.network = own_network(3)}).value();
    EXPECT_EQ(made->network().name(), "Sums");
    // The scores of all classes are equal.
    EXPECT_NEAR(made->loss(made->batch(both_examples, 1)).item<double>(), std::log(3.0), 1e-6);
    EXPECT_NEAR(made->evaluate(data::Part::test).at("loss").content.value_or(0), std::log(3.0),
                1e-6);
}

TEST_F(OwnPartsTest, ANetworkForAnotherNumberOfClassesIsRefusedWithBothShapes) {
    const auto made = task({.network = own_network(10)});
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, ErrorCode::bad_data);
    EXPECT_EQ(made.error().message,
              "for inputs of 2 x 1 x 2 x 2, the network 'Sums' gives 2 x 10; expected 2 x 3: a "
              "score for each class of each image");
}

TEST_F(OwnPartsTest, ANetworkThatGivesNothingIsRefused) {
    const auto sums = std::make_shared<Sums>(3);
    const auto made = task({.network = {sums, [](const Batch&) { return torch::Tensor(); }}});
    ASSERT_FALSE(made);
    EXPECT_THAT(made.error().message, HasSubstr("gives nothing; expected 2 x 3"));
}

TEST_F(OwnPartsTest, TheLossReplacesThatOfTheTask) {
    const auto made = task({.network = own_network(3),
                            .loss =
                                [](const torch::Tensor& scores, const torch::Tensor& labels) {
                                    EXPECT_EQ(scores.size(0), labels.size(0));
                                    return scores.sum() * 0 + 7;
                                }})
                          .value();
    EXPECT_DOUBLE_EQ(made->loss(made->batch(both_examples, 1)).item<double>(), 7);
    EXPECT_DOUBLE_EQ(made->evaluate(data::Part::test).at("loss").content.value_or(0), 7);
}

}  // namespace
}  // namespace trilby::backends
