// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/image_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temporary_folder.hpp"

namespace trilby::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class ImageFolderTest : public ::testing::Test {
  protected:
    void add(std::string_view name) const { folder_.write(name, "x"); }
    [[nodiscard]] Result<ImageFolder> list() const { return list_images(folder_.path()); }
    testing::TemporaryFolder folder_;
};

TEST_F(ImageFolderTest, TakesEachFolderAsAClass) {
    add("dog/2.JPG");
    add("dog/1.png");
    add("cat/more/3.jpeg");
    add("cat/notes.txt");
    add("cat/.hidden.png");
    add("README.md");
    const auto found = list();
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_THAT(found->classes, ElementsAre("cat", "dog"));
    ASSERT_THAT(found->parts, SizeIs(1));
    EXPECT_THAT(found->parts[0].classes[1].files,
                ElementsAre(folder_ / "dog/1.png", folder_ / "dog/2.JPG"));
    EXPECT_EQ(found->other_files, 2U);
}

TEST_F(ImageFolderTest, TakesFoldersNamedAfterPartsAsParts) {
    for (const char* name : {"test/a/1.png", "train/a/1.png", "train/b/1.png", "val/b/1.png"}) {
        add(name);
    }
    const auto found = list();
    ASSERT_TRUE(found) << found.error().message;
    ASSERT_THAT(found->parts, SizeIs(3));
    EXPECT_EQ(found->parts[0].part, Part::training);
    EXPECT_EQ(found->parts[1].part, Part::validation);
    EXPECT_EQ(found->parts[2].part, Part::test);
    EXPECT_THAT(found->parts[0].classes, SizeIs(2));
}

TEST_F(ImageFolderTest, CountsTheFilesOutsideOfTheFoldersOfClasses) {
    for (const char* name : {"1.png", "README.md", "train/2.jpg", "train/list.txt", "train/a/1.png",
                             "train/b/1.png", "test/3.png", "test/4.png"}) {
        add(name);
    }
    const auto found = list();
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_EQ(found->stray_images, 4U);
    EXPECT_EQ(found->other_files, 2U);
    EXPECT_THAT(found->parts, SizeIs(1));  // no class has images for the test
}

TEST_F(ImageFolderTest, TakesPartsByTheirUsualNamesInAnyCase) {
    for (const char* name : {"TEST/a/1.png", "Train/a/1.png", "Train/b/1.png", "dev/a/1.png"}) {
        add(name);
    }
    const auto found = list();
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_THAT(found->classes, ElementsAre("a", "b"));
    EXPECT_THAT(found->parts, SizeIs(3));
}

TEST_F(ImageFolderTest, TakesATrainForAClassBesideOtherVehicles) {
    for (const char* name : {"bus/1.png", "car/1.png", "train/1.png"}) {
        add(name);
    }
    const auto found = list();
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_THAT(found->classes, ElementsAre("bus", "car", "train"));
}

TEST_F(ImageFolderTest, RefusesOtherFoldersBesideParts) {
    for (const char* name : {"pred/1.png", "test/a/1.png", "train/a/1.png", "train/b/1.png"}) {
        add(name);
    }
    EXPECT_THAT(list().error().message, HasSubstr("'pred'"));
}

TEST_F(ImageFolderTest, ListsEachFolderOfAClassOnce) {
    for (const char* name : {"cat/1.png", "cat/more/2.png", "dog/1.png"}) {
        add(name);
    }
    std::filesystem::create_directory_symlink(".", folder_ / "cat/same");
    std::filesystem::create_directory_symlink("..", folder_ / "cat/up");
    std::filesystem::create_directory_symlink("more", folder_ / "cat/zebra");
    const auto found = list();
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_THAT(found->parts[0].classes[0].files,
                ElementsAre(folder_ / "cat/1.png", folder_ / "cat/more/2.png"));
}

TEST_F(ImageFolderTest, TellsWhichFoldersHaveNoImages) {
    for (const char* name : {"cat/1.png", "dog/1.png", "fox/notes.txt"}) {
        add(name);
    }
    EXPECT_THAT(list()->empty_folders, ElementsAre(folder_ / "fox"));
    EXPECT_THAT(list()->classes, ElementsAre("cat", "dog"));
}

TEST_F(ImageFolderTest, FollowsLinksToTheFoldersOfClasses) {
    for (const char* name : {"far/a/1.png", "far/b/1.png", "near/notes.txt"}) {
        add(name);
    }
    for (const char* name : {"a", "b"}) {
        std::filesystem::create_directory_symlink(folder_ / "far" / name, folder_ / "near" / name);
    }
    EXPECT_TRUE(is_image_folder(folder_ / "near"));
    const auto found = list_images(folder_ / "near");
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_THAT(found->classes, ElementsAre("a", "b"));
}

TEST_F(ImageFolderTest, RefusesAClassWithoutTrainingImages) {
    for (const char* name : {"test/c/1.png", "train/a/1.png", "train/b/1.png"}) {
        add(name);
    }
    EXPECT_THAT(list().error().message, HasSubstr("no training images of 'c'"));
}

TEST_F(ImageFolderTest, RefusesLessThanTwoClasses) {
    add("a/1.png");
    EXPECT_THAT(list().error().message, HasSubstr("1 class, expected at least 2"));
}

TEST_F(ImageFolderTest, IsRecognizedByImagesBelowItsFolders) {
    EXPECT_FALSE(is_image_folder(folder_.path()));
    add("1.png");
    EXPECT_FALSE(is_image_folder(folder_.path()));
    add("train/a/1.png");
    EXPECT_TRUE(is_image_folder(folder_.path()));
    EXPECT_FALSE(is_image_folder(folder_ / "no such folder"));
}

}  // namespace
}  // namespace trilby::data
