// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/image_data.hpp"

#include <array>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "support/temporary_folder.hpp"
#include "train/made_dataset.hpp"

namespace trilby::train {
namespace {

using data::idx;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using trilby::testing::made_dataset;
using trilby::testing::write_made_dataset;

class ImageDataTest : public ::testing::Test {
  protected:
    void SetUp() override { write_made_dataset(folder_); }

    std::string fill_error() {
        const auto memory = reserve_images(layout_of(made_dataset));
        const auto filled = fill_images(*memory, made_dataset, folder_.path());
        return filled ? std::string() : filled.error().message;
    }

    trilby::testing::TemporaryFolder folder_;
};

TEST_F(ImageDataTest, PartsAreFoundWhereTheLayoutSays) {
    const ImageLayout layout = layout_of(made_dataset);
    const auto memory = reserve_images(layout);
    ASSERT_TRUE(memory);
    ASSERT_TRUE(fill_images(*memory, made_dataset, folder_.path()));
    const auto images = MappedImages::map(memory->get(), layout);
    ASSERT_TRUE(images);
    EXPECT_THAT(images->training_images(), ElementsAre('a', 'b', 'c', 'd'));
    EXPECT_THAT(images->test_images(), ElementsAre('e', 'f'));
    EXPECT_THAT(images->training_labels(), ElementsAre(0, 2));
    EXPECT_THAT(images->test_labels(), ElementsAre(1));
}

TEST_F(ImageDataTest, FilledMemoryCannotBeChanged) {
    const auto memory = reserve_images(layout_of(made_dataset));
    ASSERT_TRUE(fill_images(*memory, made_dataset, folder_.path()));
    EXPECT_EQ(::pwrite(memory->get(), "x", 1, 0), -1);
    EXPECT_EQ(::ftruncate(memory->get(), 0), -1);
}

TEST_F(ImageDataTest, MemoryOfAnotherSizeIsNotMapped) {
    ImageLayout layout = layout_of(made_dataset);
    const auto memory = reserve_images(layout);
    layout.training_count = 3;
    const auto images = MappedImages::map(memory->get(), layout);
    ASSERT_FALSE(images);
    EXPECT_EQ(images.error().code, ErrorCode::bad_data);
    EXPECT_FALSE(MappedImages::map(-1, layout));
}

TEST_F(ImageDataTest, SwappedFilesAreReportedWithBothShapes) {
    std::filesystem::rename(folder_ / "a.gz", folder_ / "x");
    std::filesystem::rename(folder_ / "c.gz", folder_ / "a.gz");
    std::filesystem::rename(folder_ / "x", folder_ / "c.gz");
    EXPECT_THAT(fill_error(), HasSubstr("a.gz' holds an array of 1 x 1 x 2, expected 2 x 1 x 2"));
}

TEST_F(ImageDataTest, LabelOutsideTheClassesIsReported) {
    folder_.write("d.gz", idx({1}, "\3"));
    EXPECT_THAT(fill_error(), HasSubstr("d.gz': label 0 is 3, expected 0 to 2"));
}

TEST_F(ImageDataTest, LayoutSurvivesARoundTrip) {
    const ImageLayout layout = layout_of(made_dataset);
    const auto parsed = parse_image_layout(to_json(layout));
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->total_bytes(), layout.total_bytes());
    EXPECT_EQ(parsed->pixel_mean, 0.25);
    EXPECT_EQ(parsed->pixel_deviation, 0.5);
    for (const char* key : {"training_count", "width", "classes", "pixel_mean"}) {
        json::object damaged = to_json(layout);
        damaged[key] = -1;
        const bool is_count = std::string_view(key) != "pixel_mean";
        EXPECT_EQ(parse_image_layout(damaged).has_value(), !is_count) << key;
        damaged.erase(key);
        EXPECT_FALSE(parse_image_layout(damaged)) << key;
    }
}

}  // namespace
}  // namespace trilby::train
