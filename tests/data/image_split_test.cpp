// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/image_split.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>

namespace trilby::data {
namespace {

constexpr SplitFractions tenths{.validation = 0.1, .test = 0.1};

using ::testing::ElementsAre;
using ::testing::HasSubstr;

ImageClass made_class(const std::string& name, int count, const std::string& folder = "") {
    ImageClass one{.name = name, .files = {}};
    for (int i = 0; i < count; ++i) {
        one.files.emplace_back(fmt::format("{}{}/{}.png", folder, name, i));
    }
    return one;
}

ImageFolder made_folder(std::vector<ImagePart> parts) {
    return {.parts = std::move(parts), .classes = {"a", "b"}};
}

/// The number of images of a class in a part.
std::int64_t count(const SplitImages& split, const Range& part, std::int32_t label) {
    return std::count(split.labels.begin() + part.first, split.labels.begin() + part.last, label);
}

TEST(SplitImages, TakesTheSameFractionOfEachClass) {
    const ImageFolder folder =
        made_folder({{Part::training, {made_class("a", 100), made_class("b", 40)}}});
    const auto split = split_images(folder, tenths, 1);
    ASSERT_TRUE(split) << split.error().message;
    EXPECT_EQ(split->parts.training, (Range{0, 112}));
    EXPECT_EQ(split->parts.validation, (Range{112, 126}));
    EXPECT_EQ(split->parts.test, (Range{126, 140}));
    for (const Range& part : {split->parts.validation, split->parts.test}) {
        EXPECT_EQ(count(*split, part, 0), 10);
        EXPECT_EQ(count(*split, part, 1), 4);
    }
}

TEST(SplitImages, UsesEachFileOnceWithItsLabel) {
    const ImageFolder folder =
        made_folder({{Part::training, {made_class("a", 30), made_class("b", 7)}}});
    const auto split = split_images(folder, tenths, 1);
    ASSERT_TRUE(split);
    EXPECT_EQ(std::set(split->files.begin(), split->files.end()).size(), 37U);
    for (std::size_t i = 0; i < split->files.size(); ++i) {
        EXPECT_EQ(split->files[i].parent_path(), split->labels[i] == 0 ? "a" : "b");
    }
}

TEST(SplitImages, FollowsFromTheSeed) {
    const ImageFolder folder =
        made_folder({{Part::training, {made_class("a", 50), made_class("b", 50)}}});
    EXPECT_EQ(split_images(folder, tenths, 1)->files, split_images(folder, tenths, 1)->files);
    EXPECT_NE(split_images(folder, tenths, 1)->files, split_images(folder, tenths, 2)->files);
}

TEST(SplitImages, KeepsThePartsOfTheFolder) {
    const ImageFolder folder = made_folder(
        {{Part::training, {made_class("a", 20, "train/"), made_class("b", 20, "train/")}},
         {Part::test, {made_class("b", 3, "test/")}}});
    const auto split = split_images(folder, tenths, 1);
    ASSERT_TRUE(split) << split.error().message;
    EXPECT_EQ(split->parts.test.size(), 3);
    EXPECT_EQ(count(*split, split->parts.test, 1), 3);
    EXPECT_EQ(split->parts.validation.size(), 4);
    EXPECT_EQ(split->parts.training.size(), 36);
}

TEST(SplitImages, GivesEachPartAnImageOfASmallClass) {
    const ImageFolder folder =
        made_folder({{Part::training, {made_class("a", 1), made_class("b", 3)}}});
    const auto split = split_images(folder, tenths, 1);
    ASSERT_TRUE(split) << split.error().message;
    EXPECT_EQ(split->parts.training.size(), 2);
    EXPECT_EQ(count(*split, split->parts.validation, 1), 1);
    EXPECT_EQ(count(*split, split->parts.test, 1), 1);
}

TEST(SplitImages, RefusesClassesThatAreTooSmallForThreeParts) {
    const ImageFolder folder =
        made_folder({{Part::training, {made_class("a", 2), made_class("b", 2)}}});
    EXPECT_THAT(split_images(folder, tenths, 1).error().message,
                HasSubstr("no images are left for validation"));
}

TEST(KeepOnly, ShrinksThePartsOfRemovedFiles) {
    SplitImages images{.files = {"0", "1", "2", "3", "4", "5"},
                       .labels = {0, 1, 0, 1, 0, 1},
                       .parts = {{0, 3}, {3, 5}, {5, 6}}};
    const std::vector<std::size_t> kept{1, 2, 4, 5};
    ASSERT_TRUE(keep_only(kept, images));
    EXPECT_THAT(images.files, ElementsAre("1", "2", "4", "5"));
    EXPECT_THAT(images.labels, ElementsAre(1, 0, 0, 1));
    EXPECT_EQ(images.parts, (Parts{{0, 2}, {2, 3}, {3, 4}}));
}

TEST(KeepOnly, RefusesAPartWithoutImages) {
    SplitImages images{
        .files = {"0", "1", "2"}, .labels = {0, 1, 0}, .parts = {{0, 1}, {1, 2}, {2, 3}}};
    const std::vector<std::size_t> kept{0, 2};
    EXPECT_THAT(keep_only(kept, images).error().message, HasSubstr("left for validation"));
}

}  // namespace
}  // namespace trilby::data
