// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/images/choose.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "train/network.hpp"

namespace trilby::train::images {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

/// A folder of which only the names and counts matter.
data::ImageFolder made_folder(std::size_t images_per_class,
                              const std::vector<std::string>& classes = {"cat", "dog"}) {
    data::ImagePart training{.part = data::Part::training, .classes = {}};
    for (const std::string& name : classes) {
        training.classes.push_back({name, std::vector<std::filesystem::path>(images_per_class)});
    }
    return {.parts = {training}, .classes = classes};
}

Choice chosen(const data::ImageFolder& folder, std::uint32_t median_side, bool has_colors = true) {
    const data::ImageProfile profile{.first_damage = {},
                                     .widths = {},
                                     .heights = {},
                                     .median_side = median_side,
                                     .has_colors = has_colors};
    return *choose("photos/", folder, profile, {});
}

const Settings& settings_of(const Choice& choice) {
    return std::get<Settings>(choice.recipe.task);
}

TEST(ChooseForImages, MakesARecipeThatParsesAndFitsTheImages) {
    for (const std::uint32_t side : {20U, 28U, 32U, 70U, 500U}) {
        const Choice choice = chosen(made_folder(300), side);
        const auto parsed = parse_recipe(to_toml(choice.recipe), "r.toml");
        ASSERT_TRUE(parsed) << parsed.error().message;
        EXPECT_EQ(to_toml(*parsed), to_toml(choice.recipe));
        const Settings& settings = settings_of(choice);
        EXPECT_TRUE(check_classifier(settings.layers,
                                     {settings.channels, settings.side, settings.side}, 2));
    }
}

TEST(ChooseForImages, KeepsTinyImagesAndShrinksPhotos) {
    EXPECT_EQ(settings_of(chosen(made_folder(5000), 28)).side, 28);
    EXPECT_EQ(settings_of(chosen(made_folder(5000), 10)).side, 28);
    EXPECT_EQ(settings_of(chosen(made_folder(300), 400)).side, 128);
    EXPECT_EQ(settings_of(chosen(made_folder(10'000), 400)).side, 64);
}

TEST(ChooseForImages, TrainsLongerOnFewerImages) {
    EXPECT_GT(chosen(made_folder(50), 64).recipe.training.epochs, 50);
    EXPECT_LT(chosen(made_folder(100'000), 64).recipe.training.epochs, 5);
    EXPECT_LT(chosen(made_folder(50), 64).recipe.training.batch_size, 32);
}

TEST(ChooseForImages, MirrorsOnlyWhereThatKeepsTheClass) {
    EXPECT_TRUE(settings_of(chosen(made_folder(50), 64)).horizontal_flip);
    for (const std::vector<std::string>& classes : {std::vector<std::string>{"a", "b", "\xc3\x9f"},
                                                    {"0", "1", "10"},
                                                    {"Turn left", "stop"}}) {
        EXPECT_FALSE(settings_of(chosen(made_folder(50, classes), 64)).horizontal_flip);
    }
    EXPECT_THAT(chosen(made_folder(50, {"0", "1"}), 28).decisions,
                Contains(HasSubstr("not mirrored, because the classes' names are single")));
}

TEST(ChooseForImages, UsesColorsWhereThereAreAny) {
    EXPECT_EQ(settings_of(chosen(made_folder(50), 64, true)).channels, 3);
    EXPECT_EQ(settings_of(chosen(made_folder(50), 64, false)).channels, 1);
}

TEST(ChooseForImages, RefusesATarget) {
    const auto choice = choose("photos", made_folder(5), {}, {.target = "price"});
    ASSERT_FALSE(choice);
    EXPECT_THAT(choice.error().message, HasSubstr("images have no column 'price'"));
}

}  // namespace
}  // namespace trilby::train::images
