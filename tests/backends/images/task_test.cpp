// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/images/task.hpp"

#include <gtest/gtest.h>

#include "support/stopped_evaluation.hpp"

namespace trilby::backends {
namespace {

const train::images::Schema schema{.height = 4,
                                   .width = 4,
                                   .channels = 3,
                                   .classes = {"a", "b", "c"},
                                   .mean = {0.5, 0.25, 0.0},
                                   .deviation = {0.5, 0.25, 1.0}};
const data::Parts parts{{0, 6}, {6, 8}, {8, 10}};
const data::Parts long_parts{{0, 2001}, {2001, 2002}, {2002, 2003}};  // evaluated in three batches
const std::vector<train::Layer> layers{train::Conv2d{.channels = 4}, train::Flatten{},
                                       train::Linear{.features = 3}};

/// Images in colors; each of the second half is the mirror image of one of the first half.
train::SharedArrays made_images() {
    auto arrays = train::SharedArrays::reserve({{"images", train::ElementType::u8, {10, 4, 4, 3}},
                                                {"labels", train::ElementType::i32, {10}}})
                      .value();
    const auto images = arrays.elements<std::uint8_t>("images");
    const torch::Tensor pixels = torch::from_blob(images.data(), {10, 4, 4, 3}, torch::kUInt8);
    torch::manual_seed(1);
    pixels.slice(0, 0, 5).copy_(torch::randint(256, {5, 4, 4, 3}));
    pixels.slice(0, 5, 10).copy_(pixels.slice(0, 0, 5).flip(2));
    return arrays;
}

class ImageTaskTest : public ::testing::Test {
  protected:
    [[nodiscard]] std::unique_ptr<Task> task(const train::images::Settings& settings) const {
        const train::Recipe recipe{.name = "made", .task = settings};
        return make_task(settings, recipe, {document_, parts, arrays_}, torch::kCPU).value();
    }
    static torch::Tensor predicted(Task& task, data::Part part) {
        const torch::NoGradGuard no_grad;
        return task.predict(part, 0, task.count(part));
    }

    json::object document_ = to_json(schema);
    train::SharedArrays arrays_ = made_images();
};

TEST_F(ImageTaskTest, NormalizesEachChannel) {
    const auto images = task({.layers = layers});
    const std::vector<std::int64_t> examples{0};
    const Batch batch = images->batch(examples, 1);
    const auto pixels = arrays_.elements<std::uint8_t>("images");
    for (std::int64_t channel = 0; channel < 3; ++channel) {
        const auto at = static_cast<std::size_t>(channel);
        EXPECT_NEAR(batch[0][0][channel][0][0].item<double>(),
                    (pixels[at] / 255.0 - schema.mean[at]) / schema.deviation[at], 1e-5);
    }
}

TEST_F(ImageTaskTest, TakesImagesOfSeveralChannels) {
    const auto images =
        task({.horizontal_flip = true, .shift_pixels = 1, .cutout_pixels = 2, .layers = layers});
    const std::vector<std::int64_t> examples{0, 3};
    const Batch batch = images->batch(examples, 1);
    EXPECT_EQ(batch[0].sizes(), (std::vector<std::int64_t>{2, 3, 4, 4}));
    EXPECT_TRUE(std::isfinite(images->loss(batch).item<double>()));
}

TEST_F(ImageTaskTest, AnEvaluationEndsAfterTheBatchAtWhichItIsStopped) {
    const std::uint64_t images = 2003;
    const auto arrays =
        train::SharedArrays::reserve({{"images", train::ElementType::u8, {images, 4, 4, 3}},
                                      {"labels", train::ElementType::i32, {images}}})
            .value();
    const train::images::Settings settings{.layers = layers};
    const train::Recipe recipe{.name = "made", .task = settings};
    const auto task =
        make_task(settings, recipe, {document_, long_parts, arrays}, torch::kCPU).value();
    testing::expect_evaluation_stops_after_its_batch(*task);
}

TEST_F(ImageTaskTest, GivesAnImageAndItsMirrorImageTheSameScores) {
    const train::images::Settings flipping{.flip_at_test = true, .layers = layers};
    // Image 8 is the mirror image of 3, which is among the training images.
    const torch::Tensor mirrored = predicted(*task(flipping), data::Part::test)[0];
    const torch::Tensor straight = predicted(*task(flipping), data::Part::training)[3];
    EXPECT_TRUE(torch::allclose(mirrored, straight));
    const torch::Tensor plain = predicted(*task({.layers = layers}), data::Part::test)[0];
    EXPECT_FALSE(torch::allclose(mirrored, plain));
}

}  // namespace
}  // namespace trilby::backends
