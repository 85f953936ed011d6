// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/series/network.hpp"

#include <array>
#include <gmock/gmock.h>

#include "support/hidden_weights.hpp"

namespace trilby::backends {
namespace {

using train::series::NetworkKind;
using train::series::Settings;

Settings settings_for(NetworkKind kind) {
    Settings settings;
    settings.look_back = 12;
    settings.horizon = 5;
    settings.kind = kind;
    settings.patch_length = 4;
    settings.patch_stride = 3;
    settings.width = 8;
    settings.heads = 2;
    return settings;
}

torch::Tensor forecast(const Settings& settings, const torch::Tensor& past) {
    const torch::NoGradGuard no_grad;
    SeriesNetwork network(settings, past.size(1), /*seed=*/3);
    network.eval();
    return network.forward(past);
}

torch::Tensor made_past() {
    return torch::randn({4, 3, 12}, at::detail::createCPUGenerator(1));
}

const std::array all_kinds{NetworkKind::linear, NetworkKind::nlinear, NetworkKind::dlinear,
                           NetworkKind::patch_transformer};

TEST(SeriesNetwork, GivesTheHorizonOfEveryVariable) {
    for (const NetworkKind kind : all_kinds) {
        EXPECT_EQ(forecast(settings_for(kind), made_past()).sizes(),
                  (std::vector<std::int64_t>{4, 3, 5}));
    }
}

TEST(SeriesNetwork, OnlyLayersBetweenTheFirstAndTheLastAreHidden) {
    const auto hidden = [](NetworkKind kind) {
        Settings settings = settings_for(kind);
        settings.layers = 1;
        return testing::hidden_weights_of(SeriesNetwork(settings, /*variables=*/3, 1));
    };
    for (const NetworkKind kind :
         {NetworkKind::linear, NetworkKind::nlinear, NetworkKind::dlinear}) {
        EXPECT_THAT(hidden(kind), ::testing::IsEmpty());
    }
    EXPECT_THAT(hidden(NetworkKind::patch_transformer),
                ::testing::ElementsAre("forecaster.blocks.0.query_key_value.weight",
                                       "forecaster.blocks.0.attention_output.weight",
                                       "forecaster.blocks.0.widen.weight",
                                       "forecaster.blocks.0.narrow.weight"));
}

TEST(SeriesNetwork, IndividualMatricesStartAsTheSharedOne) {
    for (const NetworkKind kind : {NetworkKind::linear, NetworkKind::dlinear}) {
        Settings settings = settings_for(kind);
        const torch::Tensor shared = forecast(settings, made_past());
        settings.individual = true;
        EXPECT_TRUE(forecast(settings, made_past()).allclose(shared, 1e-5, 1e-6));
    }
}

TEST(SeriesNetwork, NormalizationFollowsLevelAndScaleOfTheWindow) {
    const torch::Tensor past = made_past();
    for (const NetworkKind kind : all_kinds) {
        const Settings settings = settings_for(kind);
        const torch::Tensor expected = forecast(settings, past) * 7.0 + 100.0;
        EXPECT_TRUE(forecast(settings, past * 7.0 + 100.0).allclose(expected, 1e-4, 1e-2))
            << static_cast<int>(kind);
    }
}

TEST(SeriesNetwork, NormalizationKeepsAConstantWindow) {
    for (const NetworkKind kind : {NetworkKind::linear, NetworkKind::nlinear}) {
        const torch::Tensor past = torch::full({1, 1, 12}, 42.0);
        EXPECT_TRUE(forecast(settings_for(kind), past).allclose(torch::full({1, 1, 5}, 42.0)));
    }
}

TEST(SeriesNetwork, NLinearFollowsAShiftWithoutNormalization) {
    Settings settings = settings_for(NetworkKind::nlinear);
    settings.normalize = false;
    const torch::Tensor line = torch::arange(12).to(torch::kFloat32).view({1, 1, 12});
    const torch::Tensor shifted = forecast(settings, line + 1000.0);
    EXPECT_TRUE(shifted.allclose(forecast(settings, line) + 1000.0));
    settings.kind = NetworkKind::linear;
    EXPECT_TRUE(forecast(settings, line).allclose(torch::full({1, 1, 5}, 5.5)))
        << "the weights start as the mean";
}

TEST(SeriesNetwork, WeightsFollowFromTheSeed) {
    const Settings settings = settings_for(NetworkKind::patch_transformer);
    const auto first_weight = [&](std::int64_t seed) {
        return SeriesNetwork(settings, 3, seed).parameters().front();
    };
    EXPECT_TRUE(first_weight(1).equal(first_weight(1)));
    EXPECT_FALSE(first_weight(1).equal(first_weight(2)));
}

}  // namespace
}  // namespace trilby::backends
