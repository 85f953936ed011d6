// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/images/check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "train/made_dataset.hpp"

namespace trilby::train::images {
namespace {

using ::testing::HasSubstr;
using trilby::testing::made_dataset;

Recipe made_recipe(const Settings& settings) {
    Recipe recipe{.name = "made", .task = settings};
    recipe.places["data.validation_examples"] = "my.toml:4:1";
    recipe.places["network.layers[0]"] = "my.toml:9:5";
    return recipe;
}

const Schema two_classes{.height = 28,
                         .width = 28,
                         .channels = 1,
                         .classes = {"a", "b"},
                         .mean = {0.5},
                         .deviation = {0.5}};

TEST(ImagesCheck, AnUnknownDataSetIsAnErrorInTheRecipe) {
    const Settings settings{.dataset = "fashion-mnits"};
    const auto found = dataset_of(settings, made_recipe(settings));
    EXPECT_EQ(found.error().code, ErrorCode::bad_data);
    EXPECT_THAT(found.error().message, HasSubstr("made: unknown data set 'fashion-mnits'"));
}

TEST(ImagesCheck, SomeImagesMustBeLeftForTraining) {
    const Settings settings{.validation_examples = made_dataset.images->training_count};
    EXPECT_THAT(check_counts(settings, made_dataset, made_recipe(settings)).error().message,
                HasSubstr("my.toml:4:1: [data]: 'validation_examples' is 2, expected at most 1"));
    EXPECT_TRUE(check_counts({.validation_examples = 1}, made_dataset, {}));
}

TEST(ImagesCheck, AShiftMustBeSmallerThanTheImages) {
    const Settings settings{.shift_pixels = 28, .layers = {Flatten{}, Linear{.features = 2}}};
    EXPECT_THAT(check_network(settings, two_classes, made_recipe(settings)).error().message,
                HasSubstr("28 x 28"));
}

TEST(ImagesCheck, ACutoutMustBeSmallerThanTheImages) {
    const Settings settings{.cutout_pixels = 28, .layers = {Flatten{}, Linear{.features = 2}}};
    EXPECT_THAT(check_network(settings, two_classes, made_recipe(settings)).error().message,
                HasSubstr("'cutout_pixels' is 28, but the images are 28 x 28"));
}

TEST(ImagesCheck, TheNetworkMustEndInOneNumberPerClass) {
    const Settings settings{.layers = {Linear{.features = 3}}};
    EXPECT_THAT(check_network(settings, two_classes, made_recipe(settings)).error().message,
                HasSubstr("my.toml:9:5"));
    EXPECT_TRUE(check_network({.layers = {Flatten{}, Linear{.features = 2}}}, two_classes, {}));
}

}  // namespace
}  // namespace trilby::train::images
