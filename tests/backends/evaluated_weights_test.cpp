// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/evaluated_weights.hpp"

#include <gtest/gtest.h>
#include <limits>

#include "backends/torch/epoch_loss.hpp"

namespace trilby::backends {
namespace {

/// A weight, the mean of a batch norm, and its counter of batches.
NamedTensors made_weights(torch::ScalarType type = torch::kFloat32) {
    return {{"weight", torch::full({2, 3}, 1.0, type)},
            {"running_mean", torch::full({3}, 1.0, type)},
            {"num_batches_tracked", torch::zeros({}, torch::kInt64)}};
}

void fill(const NamedTensors& tensors, double value) {
    for (auto [name, tensor] : tensors) {
        tensor.fill_(value);
    }
}

double first_of(const NamedTensors& tensors, std::size_t i) {
    return tensors[i].second.flatten()[0].item<double>();
}

class AverageOf : public ::testing::TestWithParam<torch::ScalarType> {};

TEST_P(AverageOf, WeightsIsTheFormula) {
    const NamedTensors weights = made_weights(GetParam());
    WeightAverage average(weights, 0.9);
    double expected = 1.0;
    for (int step = 0; step < 200; ++step) {
        fill(weights, step + 2);
        average.update(step);
        const double decay = WeightAverage::decay_at(step, 0.9);
        expected = decay * expected + (1.0 - decay) * (step + 2);
    }
    EXPECT_NEAR(first_of(average.values(), 0), expected, 1e-4);
    EXPECT_NEAR(first_of(average.values(), 1), expected, 1e-4);
}

INSTANTIATE_TEST_SUITE_P(ByOwnLoopsAndLibTorch, AverageOf,
                         ::testing::Values(torch::kFloat32, torch::kFloat64),
                         [](const auto& type) { return std::string(c10::toString(type.param)); });

TEST(WeightAverage, HasTheCountersOfTheNetwork) {
    const NamedTensors weights = made_weights();
    WeightAverage average(weights, 0.9);
    fill(weights, 7);
    average.update(0);
    EXPECT_EQ(first_of(average.values(), 2), 7);
}

TEST(WeightAverage, HasTheMasksOfTheNetwork) {
    const torch::Tensor mask = torch::tensor({0.0F, -std::numeric_limits<float>::infinity()});
    const NamedTensors weights{{"weight", torch::ones({2})}, {"mask", mask}};
    WeightAverage average(weights, 0.9);
    average.update(0);
    EXPECT_TRUE(torch::equal(average.values()[1].second, mask));
}

TEST(WeightAverage, ForgetsTheFirstWeightsSooner) {
    EXPECT_DOUBLE_EQ(WeightAverage::decay_at(0, 0.999), 0.1);
    EXPECT_DOUBLE_EQ(WeightAverage::decay_at(90, 0.999), 0.91);
    EXPECT_DOUBLE_EQ(WeightAverage::decay_at(1'000'000, 0.999), 0.999);
}

TEST(ExchangedWeights, AreTakenBackAndStayInTheirMemory) {
    const NamedTensors weights = made_weights();
    NamedTensors others = copies_of(weights);
    fill(others, 5);
    const void* memory = weights[0].second.data_ptr();
    {
        const ExchangedWeights exchanged(tensors_of(weights), tensors_of(others));
        EXPECT_EQ(first_of(weights, 0), 5);
    }
    EXPECT_EQ(first_of(weights, 0), 1);
    EXPECT_EQ(weights[0].second.data_ptr(), memory);
}

/// A network of one weight, and what is evaluated of it.
struct Evaluated {
    explicit Evaluated(const train::LoopSettings& settings)
        : weights(*network, settings, train::find_metric("accuracy")) {}

    void end_epoch(std::int64_t epoch, double accuracy) {
        set(static_cast<double>(epoch));
        weights.update(epoch);
        const auto exchanged = weights.for_validation();
        weights.offer(epoch, {{"accuracy", {accuracy}}});
    }
    void set(double value) {
        const torch::NoGradGuard no_grad;
        network->weight.fill_(value);
    }
    [[nodiscard]] double weight() const { return network->weight.flatten()[0].item<double>(); }

    torch::nn::Linear network{torch::nn::LinearOptions(1, 1).bias(false)};
    EvaluatedWeights weights;
};

TEST(EvaluatedWeights, AreTheBestOnesForATest) {
    Evaluated run({});
    run.end_epoch(1, 0.5);
    run.end_epoch(2, 0.7);
    run.end_epoch(3, 0.7);
    run.end_epoch(4, 0.6);
    EXPECT_EQ(run.weights.best_epoch().epoch, 2);
    {
        const auto exchanged = run.weights.for_test();
        EXPECT_EQ(run.weight(), 2);
    }
    EXPECT_EQ(run.weight(), 4);
}

TEST(EvaluatedWeights, AreTheLastOnesIfTheRecipeSaysSo) {
    Evaluated run({.keep_best = false});
    run.end_epoch(1, 0.7);
    run.end_epoch(2, 0.5);
    EXPECT_EQ(run.weights.for_test(), nullptr);
    EXPECT_EQ(run.weights.best_epoch().epoch, 1);
    EXPECT_TRUE(run.weights.state().empty());
}

TEST(EvaluatedWeights, AreAveragedForAValidationAndAsTheBestOnes) {
    Evaluated run({.average = 0.5});
    run.set(0);
    run.end_epoch(10, 0.5);  // keeps 0.5 of the first weight, which was random
    run.set(100);
    const double average = run.weights.state()[0].second.item<double>();
    EXPECT_NE(average, 10);
    const auto exchanged = run.weights.for_test();
    EXPECT_EQ(run.weight(), average);
}

TEST(EvaluatedWeights, HaveThePresentOnesAsBestBeforeTheFirstEpochEnds) {
    Evaluated run({});
    run.set(3);
    const NamedTensors state = run.weights.state();
    ASSERT_EQ(state.size(), 1U);
    EXPECT_EQ(state[0].first, "best.weight");
    EXPECT_EQ(first_of(state, 0), 3);
}

TEST(EvaluatedWeights, EndTheRunAfterThePatience) {
    Evaluated run({.patience = 2});
    run.end_epoch(1, 0.7);
    EXPECT_FALSE(run.weights.is_patience_over(2));
    EXPECT_TRUE(run.weights.is_patience_over(3));
}

TEST(EpochLoss, AddsUpMoreStepsThanWaitOnTheDevice) {
    EpochLoss loss(torch::kCPU);
    for (int step = 0; step < 3000; ++step) {
        loss.add(torch::tensor(static_cast<float>(step)), 2);
    }
    EXPECT_DOUBLE_EQ(loss.record().mean(), 1499.5);
    EXPECT_EQ(loss.record().examples, 6000);
}

}  // namespace
}  // namespace trilby::backends
