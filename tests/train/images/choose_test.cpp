// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/images/choose.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/made_images.hpp"
#include "support/temporary_folder.hpp"
#include "train/network.hpp"

namespace trilby::train::images {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

class ChooseForImages : public ::testing::Test {
  protected:
    /// For a folder with one image many times.
    [[nodiscard]] Result<Choice> choose_for(std::size_t images_per_class, const std::string& image,
                                            const std::vector<std::string>& classes,
                                            const Wishes& wishes = {}) const {
        const std::vector<std::filesystem::path> files(images_per_class,
                                                       folder_.write("image", image));
        data::ImagePart training{.part = data::Part::training, .classes = {}};
        for (const std::string& name : classes) {
            training.classes.push_back({name, files});
        }
        return choose("photos/", {.parts = {training}, .classes = classes}, wishes);
    }
    [[nodiscard]] Choice chosen(std::size_t images_per_class, std::uint32_t side,
                                const std::vector<std::string>& classes = {"cat", "dog"}) const {
        return choose_for(images_per_class, testing::made_png(side, side + 9, 0), classes).value();
    }

    testing::TemporaryFolder folder_;
};

const Settings& settings_of(const Choice& choice) {
    return std::get<Settings>(choice.recipe.task);
}

TEST_F(ChooseForImages, MakesARecipeThatParsesAndFitsTheImages) {
    for (const std::uint32_t side : {20U, 28U, 32U, 70U, 500U}) {
        const Choice choice = chosen(300, side);
        const auto parsed = parse_recipe(to_toml(choice.recipe), "r.toml");
        ASSERT_TRUE(parsed) << parsed.error().message;
        EXPECT_EQ(to_toml(*parsed), to_toml(choice.recipe));
        const Settings& settings = settings_of(choice);
        EXPECT_TRUE(check_classifier(settings.layers,
                                     {settings.channels, settings.side, settings.side}, 2));
    }
}

TEST_F(ChooseForImages, KeepsTinyImagesAndShrinksPhotos) {
    EXPECT_EQ(settings_of(chosen(5000, 28)).side, 28);
    EXPECT_EQ(settings_of(chosen(5000, 10)).side, 28);
    EXPECT_EQ(settings_of(chosen(300, 400)).side, 128);
    EXPECT_EQ(settings_of(chosen(10'000, 400)).side, 64);
}

TEST_F(ChooseForImages, TrainsLongerOnFewerImages) {
    EXPECT_GT(chosen(50, 64).recipe.training.epochs, 50);
    EXPECT_LT(chosen(100'000, 64).recipe.training.epochs, 5);
    EXPECT_LT(chosen(50, 64).recipe.training.batch_size, 32);
}

TEST_F(ChooseForImages, CountsTheImagesThatAreForTraining) {
    EXPECT_THAT(chosen(50, 64).decisions, Contains(HasSubstr("epochs of 80 images")));
}

TEST_F(ChooseForImages, MirrorsOnlyWhereThatKeepsTheClass) {
    EXPECT_TRUE(settings_of(chosen(50, 64)).horizontal_flip);
    for (const std::vector<std::string>& classes : {std::vector<std::string>{"a", "b", "\xc3\x9f"},
                                                    {"0", "1", "10"},
                                                    {"Turn left", "stop"}}) {
        EXPECT_FALSE(settings_of(chosen(50, 64, classes)).horizontal_flip);
    }
    EXPECT_THAT(chosen(50, 28, {"0", "1"}).decisions,
                Contains(HasSubstr("not mirrored, because the classes' names are single")));
}

TEST_F(ChooseForImages, UsesColorsWhereThereAreAny) {
    EXPECT_EQ(settings_of(chosen(50, 64)).channels, 1);
    const std::string color = testing::made_jpeg(64, 64, {9, 8, 7});
    EXPECT_EQ(settings_of(choose_for(50, color, {"a", "b"}).value()).channels, 3);
}

TEST_F(ChooseForImages, DesignsTheNetworkForTheSettingsOfTheData) {
    const auto choice_with = [&](std::vector<std::string> changes) {
        return choose_for(300, testing::made_png(400, 400, 0), {"cat", "dog"},
                          {.data_changes = std::move(changes)})
            .value();
    };
    const Choice small = choice_with({"data.side=32", "data.channels = 3"});
    EXPECT_EQ(settings_of(small).side, 32);
    EXPECT_EQ(settings_of(small).shift_pixels, 2);
    EXPECT_GT(small.recipe.training.epochs, choice_with({}).recipe.training.epochs);
    EXPECT_THAT(small.decisions, Contains("images: squares of 32 x 32 pixels in colors, from a "
                                          "median of 400"));
    const Choice halves = choice_with({"data.test=0.4", "data.validation=0.1"});
    EXPECT_THAT(halves.decisions, Contains(HasSubstr("epochs of 300 images")));
    EXPECT_THAT(choice_with({"data.horizontal_flip=false", "data.shift_pixels=0"}).decisions,
                Contains("augmentation: not shifted, not mirrored"));
}

TEST_F(ChooseForImages, RefusesATarget) {
    const auto choice = choose_for(5, testing::made_png(8, 8, 0), {"a", "b"}, {.target = "price"});
    ASSERT_FALSE(choice);
    EXPECT_THAT(choice.error().message, HasSubstr("images have no column 'price'"));
}

TEST(ChooseForADataSet, MakesARecipeThatParsesAndFitsTheImages) {
    const auto choice = choose(**find_dataset("fashion-mnist"), {});
    ASSERT_TRUE(choice);
    const Settings& settings = settings_of(*choice);
    EXPECT_TRUE(parse_recipe(to_toml(choice->recipe), "r.toml"));
    EXPECT_TRUE(check_classifier(settings.layers, {1, 28, 28}, 10));
    EXPECT_EQ(settings.dataset, "fashion-mnist");
    EXPECT_EQ(settings.validation_examples, 5000);
    EXPECT_FALSE(choose(**find_dataset("fashion-mnist"), {.target = "label"}));
    const auto few =
        choose(**find_dataset("fashion-mnist"), {.data_changes = {"data.training_examples=1000"}});
    EXPECT_THAT(few.value().decisions, Contains(HasSubstr("epochs of 1,000 images")));
}

}  // namespace
}  // namespace trilby::train::images
