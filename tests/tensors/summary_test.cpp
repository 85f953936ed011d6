// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "tensors/summary.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temporary_folder.hpp"
#include "tensors/made_files.hpp"

namespace trilby::tensors {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using trilby::testing::bytes_entry;
using trilby::testing::file_with;

const std::string model = file_with(R"({"__metadata__":{"modelspec.license":"MIT","format":"pt"},)"
                                    R"("w":{"dtype":"F16","shape":[2,2],"data_offsets":[3,11]},)" +
                                        bytes_entry("b", 0, 3) + "}",
                                    "0123456789a");

class SummaryTest : public ::testing::Test {
  protected:
    trilby::testing::TemporaryFolder folder_;
};

TEST_F(SummaryTest, AFileHasTensorsTotalsAndMetadata) {
    const auto summary = summarize(folder_.write("any-name", model));
    ASSERT_TRUE(summary) << summary.error().message;
    EXPECT_EQ(summary->format, ModelFormat::safetensors);
    EXPECT_EQ(summary->bytes, model.size());
    EXPECT_EQ(summary->parameters, 7U);
    EXPECT_EQ(summary->license, "MIT");
    EXPECT_THAT(summary->metadata,
                ElementsAre(Pair("format", "pt"), Pair("modelspec.license", "MIT")));
    ASSERT_EQ(summary->types.size(), 2U);
    EXPECT_EQ(summary->types[0].dtype, "F16");
    EXPECT_EQ(summary->types[0].parameters, 4U);
    EXPECT_EQ(summary->types[0].bytes, 8U);
    EXPECT_EQ(summary->types[1].bytes, 3U);
    ASSERT_EQ(summary->tensors.size(), 2U);
    EXPECT_EQ(summary->tensors[0].name, "w");
    EXPECT_THAT(summary->tensors[0].shape, ElementsAre(2, 2));
    EXPECT_FALSE(summary->tensors[0].file);
}

TEST_F(SummaryTest, AnIndexStandsForAllItsFiles) {
    folder_.write("1.st", model);
    folder_.write("2.st", file_with(R"({"__metadata__":{"format":"np","other":"x"},)" +
                                        bytes_entry("c", 0, 1) + "}",
                                    "x"));
    const auto index = folder_.write(
        "any.json",
        R"({"metadata":{"format":"index"},"weight_map":{"w":"1.st","b":"1.st","c":"2.st"}})");
    const auto summary = summarize(index);
    ASSERT_TRUE(summary) << summary.error().message;
    EXPECT_EQ(summary->format, ModelFormat::sharded_safetensors);
    EXPECT_EQ(summary->parameters, 8U);
    ASSERT_EQ(summary->files.size(), 2U);
    EXPECT_EQ(summary->files[0].name, "1.st");
    EXPECT_EQ(summary->files[0].tensors, 2U);
    EXPECT_EQ(summary->tensors[2].file, "2.st");
    EXPECT_THAT(
        summary->metadata,
        ElementsAre(Pair("format", "index"), Pair("modelspec.license", "MIT"), Pair("other", "x")));
}

TEST_F(SummaryTest, OfAFolderTheIndexOrTheOnlyFileIsRead) {
    folder_.write("config.json", "{}");
    folder_.write("model.safetensors", model);
    EXPECT_EQ(summarize(folder_.path())->path, folder_ / "model.safetensors");
    folder_.write("another.safetensors", model);
    EXPECT_THAT(summarize(folder_.path()).error().message,
                HasSubstr("has 2 safetensors files and no index"));
    EXPECT_THAT(summarize(folder_.path()).error().hint, HasSubstr("another.safetensors"));
    folder_.write("model.safetensors.index.json",
                  R"({"weight_map":{"w":"model.safetensors","b":"model.safetensors"}})");
    EXPECT_EQ(summarize(folder_.path())->format, ModelFormat::sharded_safetensors);
}

TEST_F(SummaryTest, AFolderWithoutModelsIsAnError) {
    const auto summary = summarize(folder_.path());
    ASSERT_FALSE(summary);
    EXPECT_EQ(summary.error().code, ErrorCode::bad_data);
    EXPECT_THAT(summary.error().message, HasSubstr("has no file that ends in .safetensors"));
    EXPECT_EQ(summarize(folder_ / "none").error().code, ErrorCode::no_input);
}

TEST_F(SummaryTest, OtherFormatsAreNamed) {
    const auto other = summarize(folder_.write("model.safetensors", "GGUF\3"));
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().code, ErrorCode::bad_data);
    EXPECT_THAT(other.error().message,
                HasSubstr("seems to be a GGUF file, which Trilby cannot read yet"));
    EXPECT_THAT(summarize(folder_.write("noise", "xyz")).error().message,
                HasSubstr("not a model in a format that Trilby knows"));
    EXPECT_THAT(summarize(folder_.write("empty", "")).error().message,
                HasSubstr("not a model in a format that Trilby knows"));
}

}  // namespace
}  // namespace trilby::tensors
