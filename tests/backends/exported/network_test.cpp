// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/exported/network.hpp"

#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "backends/exported/training_steps.hpp"

namespace trilby::backends {
namespace {

using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

const std::filesystem::path models = TRILBY_TEST_MODELS;

Result<std::shared_ptr<ExportedNetwork>> try_to_load(const std::string& name) {
    const auto file = pt2::File::open(models / (name + ".pt2"));
    return file ? ExportedNetwork::load(*file, name) : std::unexpected(file.error());
}

/// For models whose operators every LibTorch has.
std::shared_ptr<ExportedNetwork> load(const std::string& name) {
    const auto network = try_to_load(name);
    EXPECT_TRUE(network) << network.error().message;
    return *network;
}

/// Whether a model is refused because it is for a newer LibTorch.
bool is_too_new(const Result<std::shared_ptr<ExportedNetwork>>& network) {
    return !network && network.error().message.contains("which this LibTorch does not have");
}

safetensors::File results_of(const std::string& name) {
    return safetensors::File::open(models / (name + ".safetensors")).value();
}

class ExportedModelTest : public ::testing::TestWithParam<const char*> {};

/// Other versions of LibTorch than that of the export round differently.
/// tests/system/pt2-vs-python compares the bits.
TEST_P(ExportedModelTest, TrainsAsInPython) {
    torch::set_num_threads(1);
    const auto network = try_to_load(GetParam());
    if (is_too_new(network)) {
        GTEST_SKIP() << network.error().message;
    }
    ASSERT_TRUE(network) << network.error().message;
    const auto expected = results_of(GetParam());
    const auto found = trilby::testing::train_steps(**network, expected);
    int compared = 0;
    for (const safetensors::TensorInfo& info : expected.tensors()) {
        if (info.name.starts_with("x.") || info.name.starts_with("y.")) {
            continue;
        }
        ASSERT_TRUE(found.contains(info.name)) << info.name;
        const torch::Tensor wanted = trilby::testing::read_tensor(expected, info.name);
        EXPECT_TRUE(torch::allclose(found.at(info.name), wanted, 1e-4, 1e-5)) << info.name;
        ++compared;
    }
    EXPECT_GT(compared, 10);
}

INSTANTIATE_TEST_SUITE_P(Models, ExportedModelTest,
                         ::testing::Values("mlp", "cnn", "gpt", "lstm", "custom"));

TEST(ExportedNetworkTest, ParametersHaveTheirNamesInPython) {
    std::vector<std::string> names;
    for (const auto& parameter : load("mlp")->named_parameters()) {
        names.push_back(parameter.key());
    }
    EXPECT_THAT(names, UnorderedElementsAre("net.0.weight", "net.0.bias", "net.3.weight",
                                            "net.3.bias", "net.5.weight", "net.5.bias"));
}

TEST(ExportedNetworkTest, TiedParametersAreOneTensor) {
    const auto network = try_to_load("gpt");
    if (is_too_new(network)) {
        GTEST_SKIP() << network.error().message;
    }
    ASSERT_TRUE(network) << network.error().message;
    const auto parameters = (*network)->named_parameters();
    EXPECT_TRUE(parameters["head.weight"].is_same(parameters["token.weight"]));
}

TEST(ExportedNetworkTest, EvaluationChangesNoBuffer) {
    const auto network = load("cnn");
    network->eval();
    const torch::Tensor before = network->named_buffers()["blocks.0.bn1.running_mean"].clone();
    const torch::Tensor count =
        network->named_buffers()["blocks.0.bn1.num_batches_tracked"].clone();
    static_cast<void>(network->forward({torch::randn({4, 1, 16, 16})}));
    EXPECT_TRUE(before.equal(network->named_buffers()["blocks.0.bn1.running_mean"]));
    EXPECT_TRUE(count.equal(network->named_buffers()["blocks.0.bn1.num_batches_tracked"]));
    network->train();
    static_cast<void>(network->forward({torch::randn({4, 1, 16, 16})}));
    EXPECT_FALSE(before.equal(network->named_buffers()["blocks.0.bn1.running_mean"]));
    EXPECT_FALSE(count.equal(network->named_buffers()["blocks.0.bn1.num_batches_tracked"]));
}

std::shared_ptr<ExportedNetwork> load_with(const std::string& name,
                                           const ExportedNetworkOptions& options) {
    return ExportedNetwork::load(pt2::File::open(models / (name + ".pt2")).value(), name, options)
        .value();
}

TEST(ExportedNetworkTest, FrozenPartsStayInEvaluation) {
    const auto network = load_with("cnn", {.frozen = {"blocks.0"}});
    const auto mean_of = [&](const std::string& block) {
        return network->named_buffers()[block + ".bn1.running_mean"].clone();
    };
    const torch::Tensor frozen = mean_of("blocks.0");
    const torch::Tensor other = mean_of("blocks.1");
    network->train();
    static_cast<void>(network->forward({torch::randn({4, 1, 16, 16})}));
    EXPECT_TRUE(torch::equal(mean_of("blocks.0"), frozen));
    EXPECT_FALSE(torch::equal(mean_of("blocks.1"), other));
}

TEST(ExportedNetworkTest, ANewHeadHasItsOutputsAndFollowsFromTheSeed) {
    torch::manual_seed(3);
    const auto network = load_with("mlp", {.head_outputs = 5});
    EXPECT_EQ(network->forward({torch::zeros({2, 8})}).sizes(), (std::vector<std::int64_t>{2, 5}));
    EXPECT_TRUE(torch::equal(network->named_parameters()["net.0.weight"],
                             load("mlp")->named_parameters()["net.0.weight"]));
    torch::manual_seed(3);
    const auto again = load_with("mlp", {.head_outputs = 5});
    EXPECT_TRUE(torch::equal(again->named_parameters()["net.5.weight"],
                             network->named_parameters()["net.5.weight"]));
}

TEST(ExportedNetworkTest, AdaptersAloneAreTrainedAndAddNothingAtFirst) {
    const auto network = load_with("mlp", {.adapter_rank = 2, .adapter_scale = 3.0});
    const torch::Tensor x = torch::randn({4, 8});
    network->eval();
    const auto plain = load("mlp");
    plain->eval();
    EXPECT_TRUE(torch::equal(network->forward({x}), plain->forward({x})));
    std::vector<std::string> trained;
    for (const auto& parameter : network->named_parameters()) {
        if (parameter.value().requires_grad()) {
            trained.push_back(parameter.key());
        }
    }
    EXPECT_THAT(trained, UnorderedElementsAre("net.0.weight_lora_a", "net.0.weight_lora_b",
                                              "net.3.weight_lora_a", "net.3.weight_lora_b",
                                              "net.5.weight_lora_a", "net.5.weight_lora_b"));
    const torch::NoGradGuard no_gradients;
    auto parameters = network->named_parameters();
    parameters["net.0.weight_lora_b"].fill_(0.5);
    plain->named_parameters()["net.0.weight"].add_(
        3.0 * torch::full({32, 2}, 0.5).mm(parameters["net.0.weight_lora_a"]));
    EXPECT_TRUE(torch::allclose(network->forward({x}), plain->forward({x}), 1e-5, 1e-6));
}

TEST(ExportedNetworkTest, InputsThatItWasNotExportedForAreNamed) {
    const auto network = load("cnn");
    EXPECT_TRUE(network->check_inputs({torch::zeros({5, 1, 16, 16})}));
    const auto wrong = network->check_inputs({torch::zeros({5, 3, 16, 16})});
    ASSERT_FALSE(wrong);
    EXPECT_THAT(wrong.error().message, HasSubstr("takes any x 1 x 16 x 16"));
    EXPECT_THAT(wrong.error().message, HasSubstr("the data give 5 x 3 x 16 x 16"));
    EXPECT_FALSE(network->check_inputs({torch::zeros({5, 1, 16, 16}, torch::kInt64)}));
    EXPECT_THAT(network->check_inputs({}).error().message,
                HasSubstr("takes 1 tensor, and the data give 0"));
}

}  // namespace
}  // namespace trilby::backends
