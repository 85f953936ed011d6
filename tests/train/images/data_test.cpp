// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/images/data.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temporary_folder.hpp"
#include "train/made_dataset.hpp"

namespace trilby::train::images {
namespace {

using data::idx;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using trilby::testing::made_dataset;
using trilby::testing::write_made_dataset;

class ImagesData : public ::testing::Test {
  protected:
    void SetUp() override { write_made_dataset(folder_); }

    PreparedData prepared(const Settings& settings = {.validation_examples = 1}) {
        return prepare_dataset(made_dataset, folder_.path(), settings).value();
    }
    std::string fill_error() {
        PreparedData data = prepared();
        const auto filled = data.fill(data.arrays);
        return filled ? std::string() : filled.error().message;
    }

    trilby::testing::TemporaryFolder folder_;
};

TEST_F(ImagesData, FilesFollowEachOther) {
    PreparedData data = prepared();
    ASSERT_TRUE(data.fill(data.arrays));
    EXPECT_THAT(data.arrays.elements<std::uint8_t>("images"),
                ElementsAre('a', 'b', 'c', 'd', 'e', 'f'));
    EXPECT_THAT(data.arrays.elements<std::int32_t>("labels"), ElementsAre(0, 2, 1));
    EXPECT_EQ(data.arrays.layout_of("images").shape, (Shape{3, 1, 2, 1}));
}

TEST_F(ImagesData, TheEndOfTheTrainingImagesValidates) {
    EXPECT_EQ(prepared().parts, (data::Parts{{0, 1}, {1, 2}, {2, 3}}));
}

TEST_F(ImagesData, PartsCanBeLimited) {
    const data::Parts limited =
        prepared({.validation_examples = 1, .training_examples = 5, .test_examples = 1}).parts;
    EXPECT_EQ(limited, (data::Parts{{0, 1}, {1, 2}, {2, 3}}));
}

TEST_F(ImagesData, SwappedFilesAreReportedWithBothShapes) {
    std::filesystem::rename(folder_ / "a.gz", folder_ / "x");
    std::filesystem::rename(folder_ / "c.gz", folder_ / "a.gz");
    std::filesystem::rename(folder_ / "x", folder_ / "c.gz");
    EXPECT_THAT(fill_error(), HasSubstr("a.gz' holds an array of 1 x 1 x 2, expected 2 x 1 x 2"));
}

TEST_F(ImagesData, LabelOutsideTheClassesIsReported) {
    folder_.write("d.gz", idx({1}, "\3"));
    EXPECT_THAT(fill_error(), HasSubstr("d.gz': label 0 is 3, expected 0 to 2"));
}

TEST_F(ImagesData, SchemaSurvivesARoundTrip) {
    const json::object document = prepared().schema;
    const Schema schema = parse_schema(document).value();
    EXPECT_EQ(schema.shape(), (Shape{1, 1, 2}));
    EXPECT_THAT(schema.classes, ElementsAre("ankle", "boot", "coat"));
    EXPECT_THAT(schema.deviation, ElementsAre(0.5));
}

TEST_F(ImagesData, ImpossibleSchemasAreRefused) {
    const std::vector<std::pair<const char*, const char*>> changes{
        {"height", "0"},   {"width", "-1"}, {"channels", "2"},    {"channels", "-1"},
        {"classes", "[]"}, {"mean", "[]"},  {"deviation", "[0]"}, {"deviation", "[1,1]"}};
    for (const auto& [key, value] : changes) {
        json::object document = prepared().schema;
        document[key] = json::parse(value, "test").value();
        EXPECT_FALSE(parse_schema(document)) << key << ' ' << value;
        document.erase(key);
        EXPECT_FALSE(parse_schema(document)) << key;
    }
}

}  // namespace
}  // namespace trilby::train::images
