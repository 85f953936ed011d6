// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/images/folder.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/made_images.hpp"
#include "support/temporary_folder.hpp"

namespace trilby::train::images {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::made_png;
using ::testing::Not;

class ImagesFolder : public ::testing::Test {
  protected:
    /// Gray images of one value.
    void add(const std::string& folder, int count, std::uint8_t value) const {
        for (int i = 0; i < count; ++i) {
            folder_.write(fmt::format("{}/{:02}.png", folder, i), made_png(9, 7, value));
        }
    }
    [[nodiscard]] Settings settings() const {
        return {.path = folder_.path().string(),
                .side = 4,
                .channels = 1,
                .layers = {Flatten{}, Linear{.features = 2}}};
    }
    static Result<PreparedData> prepared(const Settings& settings) {
        Recipe recipe{.name = "made", .task = settings};
        recipe.places["data.side"] = "my.toml:3:1";
        recipe.places["data.channels"] = "my.toml:4:1";
        return prepare(settings, recipe, std::nullopt);
    }

    testing::TemporaryFolder folder_;
};

TEST_F(ImagesFolder, BecomesArraysWithItsClassesAndParts) {
    add("cat", 10, 255);
    add("dog", 20, 0);
    const auto data = prepared(settings());
    ASSERT_TRUE(data) << data.error().message;
    EXPECT_EQ(data->parts, (data::Parts{{0, 24}, {24, 27}, {27, 30}}));
    EXPECT_EQ(data->arrays.layout_of("images").shape, (Shape{30, 4, 4, 1}));
    const Schema schema = parse_schema(data->schema).value();
    EXPECT_THAT(schema.classes, ElementsAre("cat", "dog"));
    EXPECT_THAT(schema.mean, ElementsAre(8.0 / 24));
    const auto pixels = data->arrays.elements<std::uint8_t>("images");
    const auto labels = data->arrays.elements<std::int32_t>("labels");
    for (std::size_t i = 0; i < labels.size(); ++i) {
        EXPECT_THAT(pixels.subspan(i * 16, 16), Each(labels[i] == 0 ? 255 : 0)) << i;
    }
}

// Otherwise runs with other seeds could not be compared, and would learn each other's test images.
TEST_F(ImagesFolder, ItsOwnSeedChoosesThePartsAndNotThatOfTheTraining) {
    for (int i = 0; i < 30; ++i) {
        folder_.write(fmt::format("{}/{:02}.png", i < 10 ? "cat" : "dog", i), made_png(9, 7, i));
    }
    const auto pixels_with = [&](std::int64_t training_seed, std::int64_t split_seed) {
        Recipe recipe{.name = "made"};
        recipe.training.seed = training_seed;
        Settings chosen = settings();
        chosen.split_seed = split_seed;
        const auto data = prepare(chosen, recipe, std::nullopt);
        EXPECT_TRUE(data) << data.error().message;
        const auto pixels = data->arrays.elements<std::uint8_t>("images");
        return std::vector<std::uint8_t>(pixels.begin(), pixels.end());
    };
    EXPECT_EQ(pixels_with(1, 1), pixels_with(2, 1));
    EXPECT_NE(pixels_with(1, 1), pixels_with(1, 2));
}

TEST_F(ImagesFolder, ComparesWithTheMostFrequentClass) {
    add("train/cat", 9, 255);
    add("train/dog", 20, 0);
    add("test/cat", 3, 255);
    add("test/dog", 1, 0);
    const auto data = prepared(settings());
    ASSERT_TRUE(data) << data.error().message;
    ASSERT_EQ(data->baselines.size(), 1U);
    EXPECT_EQ(data->baselines[0].name, "most frequent class");
    EXPECT_EQ(data->baselines[0].metrics.at("accuracy").content, 0.25);
    EXPECT_THAT(data->notes, Contains(HasSubstr("validation is 10 % of each class, test is a "
                                                "folder of its own; split_seed 1")));
}

TEST_F(ImagesFolder, LeavesOutDamagedImagesAndSaysSo) {
    add("cat", 10, 255);
    add("dog", 20, 0);
    folder_.write("cat/03.png", "not an image");
    folder_.write("cat/notes.txt", "");
    folder_.write("loose.png", "");
    const auto data = prepared(settings());
    ASSERT_TRUE(data) << data.error().message;
    EXPECT_EQ(data->parts.test.last, 29);
    EXPECT_EQ(data->arrays.layout_of("images").shape[0], 30);
    EXPECT_THAT(data->notes, Contains(HasSubstr("1 damaged image is left out; the first: image")));
    EXPECT_THAT(data->notes, Contains(HasSubstr("1 file is left out that is neither PNG nor")));
    EXPECT_THAT(data->notes, Contains("1 image is left out: it is not in the folder of a class"));
}

TEST_F(ImagesFolder, SaysWhichClassesHaveTooFewImages) {
    add("cat", 10, 255);
    add("dog", 2, 0);
    add("fox", 1, 0);
    folder_.write("owl/notes.txt", "");
    Settings three = settings();
    three.layers = {GlobalAveragePool{}, Linear{.features = 3}};
    const auto data = prepared(three);
    ASSERT_TRUE(data) << data.error().message;
    EXPECT_THAT(data->notes, Contains("class 'fox' has too few images to be tested"));
    EXPECT_THAT(data->notes, Contains("2 classes have too few images to be validated; the first: "
                                      "'dog'"));
    EXPECT_THAT(data->notes, Contains(HasSubstr("owl' has no images, so it is not a class")));
}

TEST_F(ImagesFolder, RefusesMoreImagesThanTheDiskHolds) {
    add("cat", 500, 255);
    add("dog", 500, 0);
    Settings huge = settings();
    huge.side = 1 << 20;
    huge.layers = {GlobalAveragePool{}, Linear{.features = 2}};
    const auto data = prepared(huge);
    ASSERT_FALSE(data);
    EXPECT_THAT(data.error().message, HasSubstr("cannot create a file of 1000 TiB in '"));
    EXPECT_THAT(data.error().message, HasSubstr("are free there"));
    EXPECT_THAT(data.error().hint, HasSubstr("set 'side' in [data] to fewer pixels"));
}

TEST_F(ImagesFolder, RefusesTwoChannels) {
    Settings strange = settings();
    strange.channels = 2;
    EXPECT_THAT(prepared(strange).error().message,
                HasSubstr("my.toml:4:1: [data]: 'channels' is 2, expected 1 (gray) or 3"));
}

TEST_F(ImagesFolder, SettingsSurviveARoundTripThroughTheRecipe) {
    Settings settings = this->settings();
    settings.fractions = {.validation = 0.2, .test = 0.3};
    const Recipe recipe{.name = "made", .task = settings};
    const auto parsed = parse_recipe(to_toml(recipe), "my.toml");
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(to_toml(*parsed), to_toml(recipe));
    EXPECT_EQ(std::get<Settings>(parsed->task).fractions.test, 0.3);
    EXPECT_THAT(to_toml(recipe), Not(HasSubstr("dataset")));
}

}  // namespace
}  // namespace trilby::train::images
