// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/text/network.hpp"

#include <gmock/gmock.h>
#include <vector>

#include "backends/torch/text/generator.hpp"
#include "support/hidden_weights.hpp"

namespace trilby::backends {
namespace {

using torch::Tensor;
using train::text::Activation;
using train::text::Positions;
using train::text::Settings;

constexpr std::int64_t different_tokens = 7;

Settings small() {
    Settings settings;
    settings.context = 8;
    settings.layers = 2;
    settings.heads = 2;
    settings.width = 16;
    return settings;
}

/// The kinds of networks that a recipe can ask for.
std::vector<Settings> kinds() {
    std::vector<Settings> kinds(4, small());
    kinds[1].positions = Positions::learned;
    kinds[1].activation = Activation::gelu;
    kinds[2].query_key_norm = false;
    kinds[3].width = 64;  // wide enough for the kernel of attention
    return kinds;
}

/// A network whose layers do something, as after training.
std::unique_ptr<TextNetwork> network_with(const Settings& settings) {
    auto network = std::make_unique<TextNetwork>(settings, different_tokens, 1);
    const torch::NoGradGuard no_grad;
    for (Tensor& parameter : network->parameters()) {
        parameter.normal_(0.0, 0.3);
    }
    network->eval();
    return network;
}

Tensor some_tokens(std::int64_t batch, std::int64_t length) {
    return torch::arange(batch * length).view({batch, length}) * 5 % different_tokens;
}

TEST(TextNetwork, OnlyLayersBetweenEmbeddingAndHeadAreHidden) {
    Settings settings = small();
    settings.layers = 1;
    EXPECT_THAT(testing::hidden_weights_of(TextNetwork(settings, different_tokens, 1)),
                ::testing::ElementsAre("block_1.query_key_value.weight", "block_1.output.weight",
                                       "block_1.up.weight", "block_1.down.weight"));
}

TEST(TextNetwork, ALaterTokenDoesNotChangeEarlierScores) {
    for (const Settings& settings : kinds()) {
        const auto network = network_with(settings);
        const Tensor tokens = some_tokens(2, 8);
        Tensor changed = tokens.clone();
        changed.select(1, 5).fill_(0);
        const Tensor before = network->forward(tokens);
        const Tensor after = network->forward(changed);
        EXPECT_TRUE(torch::equal(before.narrow(1, 0, 5), after.narrow(1, 0, 5)));
        EXPECT_FALSE(torch::allclose(before.select(1, 5), after.select(1, 5)));
        EXPECT_FALSE(torch::allclose(before.select(1, 7), after.select(1, 7)));
    }
}

TEST(TextNetwork, KnowsTheOrderOfEarlierTokens) {
    for (const Settings& settings : kinds()) {
        const auto network = network_with(settings);
        const Tensor one = network->forward(torch::tensor({{1, 2, 3, 4}}))[0][3];
        const Tensor other = network->forward(torch::tensor({{2, 1, 3, 4}}))[0][3];
        EXPECT_FALSE(torch::allclose(one, other));
    }
}

TEST(TextNetwork, StartsAtTheLossOfAGuess) {
    TextNetwork network(small(), different_tokens, 1);
    const Tensor loss = torch::nn::functional::cross_entropy(
        network.forward(some_tokens(4, 8)).flatten(0, 1), some_tokens(4, 8).flatten());
    EXPECT_NEAR(loss.item<double>(), std::log(different_tokens), 0.05);
}

TEST(TextNetwork, WeightsFollowFromTheSeed) {
    const auto first_weight = [](std::int64_t seed) {
        return TextNetwork(small(), different_tokens, seed).parameters().front();
    };
    EXPECT_TRUE(torch::equal(first_weight(1), first_weight(1)));
    EXPECT_FALSE(torch::equal(first_weight(1), first_weight(2)));
}

TEST(TextNetwork, ReadsPiecesWithAMemoryAsIfAtOnce) {
    for (const Settings& settings : kinds()) {
        const auto network = network_with(settings);
        const Tensor tokens = some_tokens(1, 8);
        TextMemory memory;
        std::vector<Tensor> pieces;
        for (const std::int64_t length : {3, 1, 1, 3}) {
            pieces.push_back(network->forward(tokens.narrow(1, memory.tokens, length), &memory));
        }
        EXPECT_TRUE(torch::allclose(torch::cat(pieces, 1), network->forward(tokens), 1e-4, 1e-4));
    }
}

class TextGeneratorTest : public ::testing::Test {
  protected:
    [[nodiscard]] TextGenerator generator(const train::text::SamplingSettings& settings,
                                          std::uint64_t seed = 1) const {
        return {*network_, torch::kCPU, settings, seed};
    }
    /// The scores after `tokens`, without a memory.
    [[nodiscard]] Tensor scores_after(const std::vector<std::int64_t>& tokens) const {
        const torch::NoGradGuard no_grad;
        const auto input = torch::tensor(tokens, torch::kInt64).unsqueeze(0);
        return network_->forward(input)[0][input.size(1) - 1];
    }

    std::unique_ptr<TextNetwork> network_ = network_with(small());
};

TEST_F(TextGeneratorTest, AtTemperature0ItTakesTheHighestScoreOfTheNetwork) {
    auto generating = generator({.temperature = 0.0});
    std::vector<std::int64_t> text{1, 2};
    generating.read(text);
    while (text.size() < 8) {
        const auto expected = scores_after(text).argmax().item<std::int64_t>();
        text.push_back(generating.next());
        EXPECT_EQ(text.back(), expected);
    }
}

TEST_F(TextGeneratorTest, BeyondTheContextItRemembersTheLastHalf) {
    auto generating = generator({});
    std::vector<std::int64_t> text{1, 2, 3};
    generating.read(text);
    while (text.size() < 9) {  // one more than the context
        text.push_back(generating.next());
    }
    const std::vector<std::int64_t> last_half(text.end() - 4, text.end());
    EXPECT_TRUE(torch::allclose(generating.scores(), scores_after(last_half), 1e-4, 1e-4));
    text.push_back(generating.next());
    const std::vector<std::int64_t> with_one_more(text.end() - 5, text.end());
    EXPECT_TRUE(torch::allclose(generating.scores(), scores_after(with_one_more), 1e-4, 1e-4));
}

TEST_F(TextGeneratorTest, ReadsATextThatIsLongerThanTheContext) {
    auto generating = generator({});
    std::vector<std::int64_t> text(100, 2);
    text.back() = 5;
    generating.read(text);
    EXPECT_TRUE(torch::allclose(generating.scores(), scores_after({2, 2, 2, 5}), 1e-4, 1e-4));
}

TEST_F(TextGeneratorTest, FollowsFromTheSeed) {
    const auto text = [&](std::uint64_t seed) {
        auto generating = generator({}, seed);
        generating.read(std::vector<std::int64_t>{1});
        std::vector<std::int64_t> tokens;
        for (int i = 0; i < 30; ++i) {
            tokens.push_back(generating.next());
        }
        return tokens;
    };
    EXPECT_EQ(text(3), text(3));
    EXPECT_NE(text(3), text(4));
}

}  // namespace
}  // namespace trilby::backends
