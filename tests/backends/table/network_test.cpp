// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/table/network.hpp"

#include <gmock/gmock.h>

#include "support/hidden_weights.hpp"

namespace trilby::backends {
namespace {

using train::table::EmbeddingKind;
using train::table::NumberInput;
using train::table::NumberPart;
using train::table::Schema;
using train::table::Settings;

/// Two numbers, of five bins and of one, and a category with three levels.
Schema made_schema() {
    return {
        .columns = {{.name = "x", .type = data::ColumnType::number},
                    {.name = "y", .type = data::ColumnType::number},
                    {.name = "c", .type = data::ColumnType::category, .levels = {"a", "b", "c"}}},
        .numbers = {{"x", NumberPart::value, {{0, -2}, {1, -1}, {2, 0}, {3, 1}, {4, 2}, {5, 3}}},
                    {"y", NumberPart::value, {{0, -1}, {1, 1}}}},
        .target = {.column = "t", .classes = {"no", "maybe", "yes"}}};
}

Settings small_settings(EmbeddingKind embedding) {
    Settings settings;
    settings.width = 16;
    settings.members = 4;
    settings.embedding_size = 3;
    settings.embedding = embedding;
    return settings;
}

torch::Tensor some_numbers() {
    return torch::tensor({{-1.5F, 0.0F}, {0.5F, 1.0F}, {9.0F, -9.0F}});
}

torch::Tensor some_codes() {
    return torch::tensor({{0}, {3}, {1}}, torch::kInt64);
}

TEST(TableNetwork, GivesEachMembersScoresOfEachClass) {
    for (const auto embedding :
         {EmbeddingKind::none, EmbeddingKind::piecewise_linear, EmbeddingKind::periodic}) {
        TableNetwork network(small_settings(embedding), made_schema(), 1);
        const torch::Tensor scores = network.forward(some_numbers(), some_codes());
        EXPECT_EQ(scores.sizes(), torch::IntArrayRef({4, 3, 3}));
        EXPECT_TRUE(scores.isfinite().all().item<bool>());
    }
}

TEST(TableNetwork, GivesOneNumberForANumber) {
    Schema schema = made_schema();
    schema.target.classes = {};
    TableNetwork network(small_settings(EmbeddingKind::none), schema, 1);
    EXPECT_EQ(network.forward(some_numbers(), some_codes()).sizes(), torch::IntArrayRef({4, 3, 1}));
}

TEST(TableNetwork, DoesNotNeedBothNumbersAndCategories) {
    Schema numbers = made_schema();
    numbers.columns.pop_back();
    TableNetwork of_numbers(small_settings(EmbeddingKind::piecewise_linear), numbers, 1);
    const torch::Tensor no_codes = torch::empty({3, 0}, torch::kInt64);
    EXPECT_EQ(of_numbers.forward(some_numbers(), no_codes).size(1), 3);
    Schema categories = made_schema();
    categories.numbers.clear();
    TableNetwork of_categories(small_settings(EmbeddingKind::piecewise_linear), categories, 1);
    EXPECT_EQ(of_categories.forward(torch::empty({3, 0}), some_codes()).size(1), 3);
}

TEST(TableNetwork, HasMembersThatDifferFromTheStart) {
    TableNetwork network(small_settings(EmbeddingKind::piecewise_linear), made_schema(), 1);
    const torch::Tensor scores = network.forward(some_numbers(), some_codes());
    EXPECT_GT((scores[0] - scores[1]).abs().max().item<double>(), 1e-3);
}

TEST(TableNetwork, FollowsFromTheSeed) {
    const Settings settings = small_settings(EmbeddingKind::piecewise_linear);
    const auto scores = [&](std::int64_t seed) {
        return TableNetwork(settings, made_schema(), seed).forward(some_numbers(), some_codes());
    };
    EXPECT_TRUE(scores(1).equal(scores(1)));
    EXPECT_FALSE(scores(1).equal(scores(2)));
}

TEST(TableNetwork, OnlyLayersBetweenEmbeddingAndHeadsAreHidden) {
    using ::testing::ElementsAre;
    const auto hidden = [](EmbeddingKind embedding) {
        return testing::hidden_weights_of(
            TableNetwork(small_settings(embedding), made_schema(), 1));
    };
    EXPECT_THAT(hidden(EmbeddingKind::piecewise_linear),
                ElementsAre("layer_1.weight", "layer_2.weight"));
    EXPECT_THAT(hidden(EmbeddingKind::periodic), ElementsAre("layer_1.weight", "layer_2.weight"));
    EXPECT_THAT(hidden(EmbeddingKind::none), ElementsAre("layer_2.weight"));
}

TEST(NumberEmbedding, EncodesHowFarANumberReachesIntoEachBin) {
    Settings settings = small_settings(EmbeddingKind::piecewise_linear);
    settings.embedding_size = 1;
    const auto embedding = make_number_embedding(settings, made_schema());
    const torch::NoGradGuard no_grad;
    auto parameters = embedding->named_parameters();
    parameters["encoding_weight"].fill_(1.0);  // the embedding is the sum of the encoding
    parameters["weight"].fill_(0.0);
    parameters["bias"].fill_(0.0);
    const torch::Tensor numbers =
        torch::tensor({{-2.0F, -1.0F}, {-0.5F, 0.0F}, {3.0F, 1.0F}, {4.0F, 3.0F}, {-3.0F, -3.0F}});
    const torch::Tensor expected =
        torch::tensor({{0.0F, 0.0F}, {1.5F, 0.5F}, {5.0F, 1.0F}, {6.0F, 2.0F}, {-1.0F, -1.0F}});
    EXPECT_TRUE(embedding->forward(numbers).allclose(expected));
}

TEST(SharedLinear, ScalesInputsAndOutputsOfEachMember) {
    torch::manual_seed(1);
    SharedLinear layer(torch::tensor({{1.0F, 1.0F}, {2.0F, -1.0F}}), 3);
    const torch::Tensor x = torch::tensor({{{0.5F, 1.5F}}});
    const torch::Tensor weight = layer.named_parameters()["weight"];
    const torch::Tensor bias = layer.named_parameters()["bias"];
    const torch::Tensor y = layer.forward(x);
    const torch::Tensor second = torch::tensor({1.0F, -1.5F}).matmul(weight.t()) + bias[1];
    EXPECT_TRUE(y[1][0].allclose(second));
    EXPECT_TRUE(bias[0].equal(bias[1]));
}

}  // namespace
}  // namespace trilby::backends
