// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/examination.hpp"

#include <gmock/gmock.h>

#include "backends/torch/weight_copies.hpp"
#include "support/silent_host.hpp"
#include "support/small_image_task.hpp"

namespace trilby::backends {
namespace {

/// A loss with very large gradients.
class SteepTask : public testing::SmallImageTask {
  public:
    std::int64_t count(data::Part) const override { return 8; }
    Batch batch(std::span<const std::int64_t> chosen, std::uint64_t) const override {
        return made_batch(static_cast<std::int64_t>(chosen.size()), 0);
    }
    torch::Tensor loss(const Batch& batch) override {
        return torch::nn::functional::cross_entropy(network_->forward(batch[0]), batch[1]) * 1e6;
    }
};

train::Recipe clipping_recipe() {
    return {.name = "made",
            .task = train::images::Settings{},
            .training = {.epochs = 1, .batch_size = 8},
            .optimizer = {
                .kind = train::OptimizerSettings::Kind::sgd, .clip_norm = 1e-3, .momentum = 0.0}};
}

class ExaminationTest : public ::testing::Test {
  protected:
    Result<train::Examination> examination() {
        return examine(task_, {recipe_, torch::kCPU, {}}, context_);
    }
    trilby_host host_ = testing::silent_host();
    JobContext context_{host_, {}};
    train::Recipe recipe_ = clipping_recipe();
    SteepTask task_;
};

TEST_F(ExaminationTest, TimesStepsThatClipTheirGradients) {
    const torch::Tensor weight = task_.network().parameters().front();
    const torch::Tensor before = weight.detach().clone();
    const auto examined = examination();
    ASSERT_TRUE(examined) << examined.error().message;
    EXPECT_GT(examined->seconds_per_step, 0.0);
    EXPECT_LT((weight - before).abs().max().item<double>(), 1e-3);
}

TEST_F(ExaminationTest, EndsWhenItIsCancelled) {
    host_.is_cancelled = [](void*) { return 1; };
    const auto examined = examination();
    ASSERT_FALSE(examined);
    EXPECT_EQ(examined.error().code, ErrorCode::interrupted);
}

}  // namespace
}  // namespace trilby::backends
