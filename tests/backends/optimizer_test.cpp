// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/optimizers/optimizer.hpp"

#include <cmath>
#include <gmock/gmock.h>
#include <tuple>

#include "backends/torch/named_tensors.hpp"
#include "backends/torch/optimizers/clipping.hpp"
#include "backends/torch/optimizers/elements.hpp"
#include "backends/torch/optimizers/muon.hpp"

namespace trilby::backends {
namespace {

using train::OptimizerSettings;
using Kind = OptimizerSettings::Kind;
using ::testing::ElementsAre;
using ::testing::Pair;

constexpr double learning_rate = 0.01;
constexpr int steps = 20;

/// Parameters of all roles, in both orders of memory, and one of several pieces.
std::vector<Parameter> made_parameters() {
    torch::manual_seed(3);
    return {
        {"conv.weight", torch::randn({8, 4, 3, 3}).contiguous(torch::MemoryFormat::ChannelsLast),
         ParameterRole::hidden_weight},
        {"conv.bias", torch::randn({8}), ParameterRole::vector},
        {"words.weight", torch::randn({300, 200}), ParameterRole::embedding},
        {"hidden.weight", torch::randn({24, 10}), ParameterRole::hidden_weight},
        {"head.weight", torch::randn({5, 24}), ParameterRole::outer_weight},
        {"scale", torch::randn({}), ParameterRole::vector}};
}

/// Contiguous, so that the convolution's are in another order than the convolution.
Tensors gradients_at(int step, const std::vector<Parameter>& parameters) {
    torch::manual_seed(static_cast<std::uint64_t>(100 + step));
    Tensors gradients;
    for (const Parameter& parameter : parameters) {
        gradients.push_back(torch::randn(parameter.tensor.sizes()));
    }
    return gradients;
}

/// The parameters after some steps, in one type of elements: own loops are for float32.
Tensors trained(const OptimizerSettings& settings, torch::ScalarType type) {
    std::vector<Parameter> parameters = made_parameters();
    for (Parameter& parameter : parameters) {
        parameter.tensor = parameter.tensor.to(type);
    }
    const auto optimizer = make_optimizer(settings, parameters);
    for (int step = 0; step < steps; ++step) {
        Tensors gradients = gradients_at(step, parameters);
        for (torch::Tensor& gradient : gradients) {
            gradient = gradient.to(type);
        }
        optimizer->step(gradients, learning_rate, step);
    }
    return tensors_of(parameters);
}

/// The same steps by LibTorch's optimizer, with weight decay where it belongs.
template <class Reference, class Options>
Tensors trained_by(const Options& options, double weight_decay) {
    const std::vector<Parameter> parameters = made_parameters();
    std::vector<torch::optim::OptimizerParamGroup> groups;
    for (const Parameter& parameter : parameters) {
        auto own = std::make_unique<Options>(options);
        own->weight_decay(parameter.decays() ? weight_decay : 0.0);
        groups.emplace_back(Tensors{parameter.tensor}, std::move(own));
    }
    Reference reference(groups, options);
    for (int step = 0; step < steps; ++step) {
        const Tensors gradients = gradients_at(step, parameters);
        for (std::size_t i = 0; i < parameters.size(); ++i) {
            torch::Tensor tensor = parameters[i].tensor;
            tensor.mutable_grad() = gradients[i];
        }
        reference.step();
    }
    return tensors_of(parameters);
}

void expect_close(const Tensors& a, const Tensors& b, double tolerance) {
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
        EXPECT_TRUE(torch::allclose(a[i].to(torch::kFloat64), b[i].to(torch::kFloat64), tolerance,
                                    tolerance))
            << "tensor " << i;
    }
}

TEST(Optimizer, SgdIsThatOfLibTorch) {
    const OptimizerSettings settings{.kind = Kind::sgd, .weight_decay = 0.1, .momentum = 0.9};
    const auto options = torch::optim::SGDOptions(learning_rate).momentum(0.9).nesterov(true);
    expect_close(trained(settings, torch::kFloat32),
                 trained_by<torch::optim::SGD>(options, settings.weight_decay), 1e-5);
}

TEST(Optimizer, AdamWIsThatOfLibTorch) {
    const OptimizerSettings settings{
        .kind = Kind::adamw, .weight_decay = 0.1, .beta1 = 0.8, .beta2 = 0.95};
    const auto options = torch::optim::AdamWOptions(learning_rate).betas({0.8, 0.95});
    expect_close(trained(settings, torch::kFloat32),
                 trained_by<torch::optim::AdamW>(options, settings.weight_decay), 1e-5);
}

class EveryOptimizer : public ::testing::TestWithParam<Kind> {
  protected:
    OptimizerSettings settings_{.kind = GetParam(), .weight_decay = 0.1};
};

TEST_P(EveryOptimizer, ComputesTheSameWithLoopsOfItsOwnAndOfLibTorch) {
    expect_close(trained(settings_, torch::kFloat32), trained(settings_, torch::kFloat64), 1e-4);
}

TEST_P(EveryOptimizer, ComputesTheSameBitsWithAnyNumberOfThreads) {
    at::set_num_threads(1);
    const Tensors alone = trained(settings_, torch::kFloat32);
    at::set_num_threads(3);
    const Tensors together = trained(settings_, torch::kFloat32);
    at::set_num_threads(1);
    for (std::size_t i = 0; i < alone.size(); ++i) {
        EXPECT_TRUE(torch::equal(alone[i], together[i])) << "tensor " << i;
    }
}

TEST_P(EveryOptimizer, ContinuesFromItsState) {
    std::vector<Parameter> parameters = made_parameters();
    const auto first = make_optimizer(settings_, parameters);
    first->step(gradients_at(0, parameters), learning_rate, 0);
    const auto second = make_optimizer(settings_, parameters);
    const NamedTensors saved = first->state();
    const NamedTensors restored = second->state();
    ASSERT_EQ(saved.size(), restored.size());
    for (std::size_t i = 0; i < saved.size(); ++i) {
        EXPECT_EQ(saved[i].first, restored[i].first);
        torch::Tensor to = restored[i].second;
        to.copy_(saved[i].second);
    }
    std::vector<Parameter> copies = parameters;
    second->step(gradients_at(1, parameters), learning_rate, 1);
    const Tensors resumed = tensors_of(parameters);
    parameters = made_parameters();
    const auto whole = make_optimizer(settings_, parameters);
    whole->step(gradients_at(0, parameters), learning_rate, 0);
    whole->step(gradients_at(1, parameters), learning_rate, 1);
    for (std::size_t i = 0; i < resumed.size(); ++i) {
        EXPECT_TRUE(torch::equal(resumed[i], parameters[i].tensor)) << "tensor " << i;
    }
}

INSTANTIATE_TEST_SUITE_P(All, EveryOptimizer, ::testing::Values(Kind::sgd, Kind::adamw, Kind::muon),
                         [](const auto& kind) {
                             return std::string(kind.param == Kind::sgd     ? "Sgd"
                                                : kind.param == Kind::adamw ? "AdamW"
                                                                            : "Muon");
                         });

TEST(Optimizer, WeightDecayLeavesVectorsAndEmbeddings) {
    const OptimizerSettings settings{.kind = Kind::adamw, .weight_decay = 0.5};
    const std::vector<Parameter> before = made_parameters();
    const std::vector<Parameter> after = made_parameters();
    make_optimizer(settings, after)->step(zeros_like(tensors_of(after)), learning_rate, 0);
    for (std::size_t i = 0; i < after.size(); ++i) {
        EXPECT_EQ(torch::equal(before[i].tensor, after[i].tensor), !after[i].decays())
            << after[i].name;
    }
}

/// The least and the greatest singular value.
std::pair<double, double> singular_values(const torch::Tensor& matrix) {
    const torch::Tensor values = std::get<1>(torch::svd(matrix.to(torch::kFloat64)));
    return {values.min().item<double>(), values.max().item<double>()};
}

TEST(Muon, OrthogonalizesMatricesOfAnyShapeAndSize) {
    torch::manual_seed(5);
    for (const auto& [rows, columns, size] :
         {std::tuple{64, 64, 1.0}, {16, 144, 1e-3}, {300, 50, 1e3}, {1, 40, 1.0}}) {
        const auto [least, greatest] =
            singular_values(orthogonalized(torch::randn({rows, columns}) * size));
        // A square random matrix has singular values near 0, which five iterations do not lift.
        EXPECT_GT(least, rows == columns ? 0.0 : 0.5) << rows;
        EXPECT_LT(greatest, 1.3) << rows;
    }
}

/// As published: all products are with the whole matrix.
torch::Tensor orthogonalized_as_published(const torch::Tensor& matrix) {
    torch::Tensor x = matrix / matrix.norm();
    for (int i = 0; i < 5; ++i) {
        const torch::Tensor square = x.mm(x.t());
        x = 3.4445 * x + (-4.7750 * square + 2.0315 * square.mm(square)).mm(x);
    }
    return x;
}

TEST(Muon, ComputesWhatIsPublished) {
    torch::manual_seed(5);
    const torch::Tensor matrix = torch::randn({32, 48});
    EXPECT_TRUE(
        torch::allclose(orthogonalized(matrix), orthogonalized_as_published(matrix), 1e-3, 1e-4));
    EXPECT_TRUE(torch::allclose(orthogonalized(matrix.t()), orthogonalized_as_published(matrix).t(),
                                1e-3, 1e-4));
}

TEST(Muon, KeepsTheDirectionsOfAMatrix) {
    torch::manual_seed(5);
    const torch::Tensor matrix = torch::randn({20, 60});
    const auto [u, values, v] = torch::svd(matrix);
    const torch::Tensor inner = u.t().mm(orthogonalized(matrix)).mm(v);
    EXPECT_LT((inner - inner.diag().diag()).abs().max().item<double>(), 1e-4);
}

TEST(Muon, MovesHiddenMatricesAlongOrthogonalDirectionsAndTheRestAsAdamW) {
    const std::vector<Parameter> before = made_parameters();
    const std::vector<Parameter> after = made_parameters();
    const std::vector<Parameter> by_adamw = made_parameters();
    make_optimizer({.kind = Kind::muon}, after)->step(gradients_at(0, after), learning_rate, 0);
    make_optimizer({.kind = Kind::adamw}, by_adamw)->step(gradients_at(0, after), learning_rate, 0);
    for (std::size_t i = 0; i < after.size(); ++i) {
        if (after[i].role == ParameterRole::hidden_weight) {
            const torch::Tensor change = (after[i].tensor - before[i].tensor).flatten(1);
            const auto [least, greatest] = singular_values(change);
            EXPECT_LT(greatest / least, 2.5) << after[i].name;
        } else {
            EXPECT_TRUE(torch::equal(after[i].tensor, by_adamw[i].tensor)) << after[i].name;
        }
    }
}

TEST(Muon, HasUpdatesOfTheSizeOfAdamWs) {
    const torch::Tensor before = torch::zeros({64, 256});
    std::vector<Parameter> parameters{{"weight", before.clone(), ParameterRole::hidden_weight}};
    const auto optimizer = make_optimizer({.kind = Kind::muon}, parameters);
    optimizer->step(gradients_at(0, parameters), learning_rate, 0);
    const double size = parameters[0].tensor.square().mean().sqrt().item<double>();
    EXPECT_NEAR(size, 0.2 * learning_rate, 0.05 * learning_rate);
}

double norm_of(const Tensors& tensors) {
    double sum = 0.0;
    for (const torch::Tensor& tensor : tensors) {
        sum += tensor.to(torch::kFloat64).square().sum().item<double>();
    }
    return std::sqrt(sum);
}

class Clipping : public ::testing::TestWithParam<torch::ScalarType> {
  protected:
    Clipping() {
        for (torch::Tensor& gradient : gradients_) {
            gradient = gradient.to(GetParam());
        }
    }
    Tensors gradients_ = gradients_at(0, made_parameters());
};

TEST_P(Clipping, ScalesGradientsToTheNorm) {
    const torch::Tensor direction = gradients_[0] / gradients_[0].norm();
    clip_to_norm(gradients_, 2.0);
    EXPECT_NEAR(norm_of(gradients_), 2.0, 1e-5);
    EXPECT_TRUE(torch::allclose(gradients_[0] / gradients_[0].norm(), direction));
}

TEST_P(Clipping, LeavesSmallGradients) {
    const Tensors before = gradients_at(0, made_parameters());
    clip_to_norm(gradients_, 1e6);
    for (std::size_t i = 0; i < before.size(); ++i) {
        EXPECT_TRUE(torch::equal(gradients_[i], before[i].to(GetParam()))) << "tensor " << i;
    }
}

INSTANTIATE_TEST_SUITE_P(ByOwnLoopsAndLibTorch, Clipping,
                         ::testing::Values(torch::kFloat32, torch::kFloat64),
                         [](const auto& type) { return std::string(c10::toString(type.param)); });

struct NetworkWithAllRoles : torch::nn::Module {
    NetworkWithAllRoles() {
        register_module("words", torch::nn::Embedding(10, 4));
        register_parameter("position", torch::zeros({8, 4}));
        register_module("norm", torch::nn::LayerNorm(torch::nn::LayerNormOptions({4})));
        register_module("hidden", torch::nn::Linear(4, 6));
        register_module("head", torch::nn::Linear(6, 10));
    }
};

std::vector<std::pair<std::string, ParameterRole>> roles_of(const torch::nn::Module& network) {
    std::vector<std::pair<std::string, ParameterRole>> roles;
    for (const Parameter& parameter : parameters_of(network)) {
        roles.emplace_back(parameter.name, parameter.role);
    }
    return roles;
}

TEST(Parameters, OfALanguageModelKnowTheirRoles) {
    EXPECT_THAT(roles_of(NetworkWithAllRoles()),
                ElementsAre(Pair("position", ParameterRole::vector),
                            Pair("words.weight", ParameterRole::embedding),
                            Pair("norm.weight", ParameterRole::vector),
                            Pair("norm.bias", ParameterRole::vector),
                            Pair("hidden.weight", ParameterRole::hidden_weight),
                            Pair("hidden.bias", ParameterRole::vector),
                            Pair("head.weight", ParameterRole::outer_weight),
                            Pair("head.bias", ParameterRole::vector)));
}

TEST(Parameters, TheFirstAndTheLastLayerOfAnImageNetworkAreOuter) {
    const torch::nn::Sequential network(torch::nn::Conv2d(1, 8, 3), torch::nn::Conv2d(8, 8, 3),
                                        torch::nn::Linear(8, 3));
    const auto parameters = parameters_of(*network);
    EXPECT_EQ(parameters.at(0).role, ParameterRole::outer_weight);
    EXPECT_EQ(parameters.at(2).role, ParameterRole::hidden_weight);
    EXPECT_EQ(parameters.at(4).role, ParameterRole::outer_weight);
}

TEST(Parameters, AreInTheOrderOfTheNetwork) {
    const NetworkWithAllRoles network;
    const Tensors expected = network.parameters();
    const Tensors found = tensors_of(parameters_of(network));
    ASSERT_EQ(found.size(), expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
        EXPECT_TRUE(found[i].is_same(expected[i])) << i;
    }
}

TEST(Parameters, OfALayerWithTwoNamesAreThereOnce) {
    torch::nn::Module network;
    const torch::nn::Linear layer(3, 2);
    network.register_module("first", layer);
    network.register_module("second", layer);
    const auto parameters = parameters_of(network);
    ASSERT_EQ(parameters.size(), 2U);
    EXPECT_EQ(parameters[0].name, "first.weight");
    EXPECT_EQ(count_parameters(network), 3 * 2 + 2);
}

}  // namespace
}  // namespace trilby::backends
