// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/precision_choice.hpp"

#include <gmock/gmock.h>
#include <stdexcept>

#include "backends/torch/autocast.hpp"
#include "backends/torch/named_tensors.hpp"
#include "backends/torch/training_step.hpp"
#include "backends/torch/weight_copies.hpp"
#include "support/silent_host.hpp"
#include "support/small_image_task.hpp"

namespace trilby::backends {
namespace {

using ::testing::HasSubstr;
using train::Precision;

constexpr std::int64_t examples = 20;

class SmallTask : public testing::SmallImageTask {
  public:
    std::int64_t count(data::Part) const override { return examples; }
    Batch batch(std::span<const std::int64_t> chosen, std::uint64_t) const override {
        sizes.push_back(chosen.size());
        return made_batch(static_cast<std::int64_t>(chosen.size()), 0);
    }
    torch::Tensor loss(const Batch& batch) override {
        const torch::Tensor scores = network_->forward(batch[0]);
        types.push_back(scores.scalar_type());
        if (refuses_bfloat16 && types.back() == torch::kBFloat16) {
            throw std::runtime_error("not implemented for 'BFloat16'");
        }
        return torch::nn::functional::cross_entropy(scores.to(torch::kFloat32), batch[1]);
    }

    bool refuses_bfloat16 = false;
    std::vector<torch::ScalarType> types;    ///< of the scores, by step
    mutable std::vector<std::size_t> sizes;  ///< of the batches
};

train::Recipe recipe_of(std::int64_t epochs) {
    return {.name = "made",
            .task = train::images::Settings{},
            .training = {.epochs = epochs, .batch_size = 8}};
}

class PrecisionChoice : public ::testing::Test {
  protected:
    std::optional<train::PrecisionUse> choice(const train::Recipe& recipe) {
        return choose_precision(task_, {recipe, torch::kCPU, no_trial_}, context_);
    }
    trilby_host host_ = testing::silent_host();
    JobContext context_{host_, {}};
    SmallTask task_;
    std::optional<std::string> no_trial_;
};

TEST_F(PrecisionChoice, ComputesTheFirstAndTheLastBatchOfAnEpochInBothPrecisions) {
    const train::TrialTimes times = time_precisions(task_, recipe_of(1), context_);
    EXPECT_GT(times.float32, 0.0);
    EXPECT_GT(times.bfloat16, 0.0);
    const auto types = {task_.types[0], task_.types[1], task_.types[2], task_.types[3]};
    EXPECT_THAT(types, ::testing::ElementsAre(torch::kFloat32, torch::kFloat32, torch::kBFloat16,
                                              torch::kBFloat16));
    EXPECT_THAT(std::vector(task_.sizes.begin(), task_.sizes.begin() + 4),
                ::testing::ElementsAre(4, 8, 4, 8));
}

/// The bits of a step and of all that it changes.
Tensors step_in_float32(SmallTask& task) {
    task.network().train();
    TrainingStep step(task, /*batch_size=*/8, /*graph=*/nullptr);
    const std::vector<std::int64_t> chosen{0, 1, 2, 3, 4, 5, 6, 7};
    const Gradients gradients = step.compute(task.batch(chosen, 1), /*seed=*/5);
    Tensors bits = gradients.parameters;
    bits.push_back(gradients.loss);
    for (const auto& [name, tensor] : copies_of(state_of(task.network()))) {
        bits.push_back(tensor);
    }
    return bits;
}

TEST_F(PrecisionChoice, MeasuresOneRoundIfItIsCancelledAtOnce) {
    host_.is_cancelled = [](void*) { return 1; };
    const train::TrialTimes times = time_precisions(task_, recipe_of(1), context_);
    EXPECT_GT(times.float32, 0.0);
    EXPECT_GT(times.bfloat16, 0.0);
    EXPECT_EQ(task_.sizes.size(), 6U);  // 4 of them to warm up
}

TEST_F(PrecisionChoice, ATrialChangesNothing) {
    SmallTask without;
    (void)time_precisions(task_, recipe_of(1), context_);
    const Tensors after = step_in_float32(task_);
    const Tensors expected = step_in_float32(without);
    ASSERT_EQ(after.size(), expected.size());
    for (std::size_t i = 0; i < after.size(); ++i) {
        EXPECT_TRUE(torch::equal(after[i], expected[i])) << i;
    }
}

TEST_F(PrecisionChoice, IsThatOfTheRecipe) {
    train::Recipe recipe = recipe_of(1000);
    recipe.training.precision = Precision::bfloat16;
    EXPECT_EQ(choice(recipe)->name, Precision::bfloat16);
    recipe.training.precision = Precision::float32;
    EXPECT_EQ(choice(recipe)->name, Precision::float32);
    EXPECT_TRUE(task_.types.empty()) << "there was a trial";
}

TEST_F(PrecisionChoice, IsFloat32WithoutATrialInAShortRun) {
    EXPECT_EQ(choice(recipe_of(10))->name, Precision::float32);
    EXPECT_TRUE(task_.types.empty()) << "there was a trial";
}

TEST_F(PrecisionChoice, IsFloat32IfTheTrialEndedAWorker) {
    no_trial_ = "the trial of bfloat16 failed: it crashed";
    const auto use = choice(recipe_of(1000));
    EXPECT_EQ(use->name, Precision::float32);
    EXPECT_EQ(use->reason, *no_trial_);
}

TEST_F(PrecisionChoice, IsFloat32IfALibraryRefuses) {
    if (!has_bfloat16(torch::kCPU)) {
        GTEST_SKIP() << "this CPU has no instructions for bfloat16";
    }
    task_.refuses_bfloat16 = true;
    const auto use = choice(recipe_of(1000));
    EXPECT_EQ(use->name, Precision::float32);
    EXPECT_THAT(use->reason, HasSubstr("not implemented for 'BFloat16'"));
}

TEST_F(PrecisionChoice, DoesNotExistForOtherKindsOfData) {
    train::Recipe recipe = recipe_of(1000);
    recipe.task = train::table::Settings{};
    EXPECT_EQ(choice(recipe), std::nullopt);
}

TEST(Autocast, EndsWithItsScope) {
    const auto a = torch::ones({4, 4});
    {
        const Autocast autocast(Precision::bfloat16, torch::kCPU);
        EXPECT_EQ(a.matmul(a).scalar_type(), torch::kBFloat16);
    }
    EXPECT_EQ(a.matmul(a).scalar_type(), torch::kFloat32);
}

}  // namespace
}  // namespace trilby::backends
