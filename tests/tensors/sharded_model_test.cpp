// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temporary_folder.hpp"
#include "tensors/made_files.hpp"
#include <trilby/safetensors.hpp>

namespace trilby::safetensors {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using trilby::testing::bytes_entry;
using trilby::testing::file_with;

class ShardedModelTest : public ::testing::Test {
  protected:
    void SetUp() override {
        folder_.write("1.safetensors", file_with("{" + bytes_entry("a", 0, 4) + "}", "1234"));
        folder_.write(
            "2.safetensors",
            file_with("{" + bytes_entry("b", 0, 2) + "," + bytes_entry("c", 2, 4) + "}", "5678"));
    }
    Result<ShardedModel> open(std::string_view index) {
        return ShardedModel::open(folder_.write("model.safetensors.index.json", index));
    }
    /// The error for an index with these entries of weight_map.
    std::string refused(std::string_view entries) {
        const auto model = open(fmt::format(R"({{"weight_map":{{{}}}}})", entries));
        return model ? "it is read" : model.error().message;
    }

    trilby::testing::TemporaryFolder folder_;
};

TEST_F(ShardedModelTest, ReadsEveryFileOfTheIndex) {
    const auto model = open(
        R"({"metadata":{"total_size":8,"license":"mit"},
            "weight_map":{"c":"2.safetensors","a":"1.safetensors","b":"2.safetensors"}})");
    ASSERT_TRUE(model) << model.error().message;
    EXPECT_THAT(model->metadata(),
                ElementsAre(MetadataEntry{"total_size", "8"}, MetadataEntry{"license", "mit"}));
    ASSERT_EQ(model->files().size(), 2U);
    EXPECT_NE(model->files()[0].find("a"), nullptr);
    EXPECT_NE(model->files()[1].find("c"), nullptr);
}

TEST_F(ShardedModelTest, WhatIsNotAnIndexIsRefused) {
    for (const auto& [index, why] : std::vector<std::pair<const char*, const char*>>{
             {"", "not valid JSON"},
             {"[]", "expected an object"},
             {"{}", "key 'weight_map' is missing"},
             {R"({"weight_map":[]})", "expected an object"},
             {R"({"weight_map":{}})", "weight_map is empty"},
             {R"({"weight_map":{"a":1}})", "the file of tensor 'a' is not a string"}}) {
        const auto model = open(index);
        ASSERT_FALSE(model) << index;
        EXPECT_EQ(model.error().code, ErrorCode::bad_data) << index;
        EXPECT_THAT(model.error().message, HasSubstr(why)) << index;
    }
    EXPECT_EQ(ShardedModel::open(folder_ / "none").error().code, ErrorCode::no_input);
}

TEST_F(ShardedModelTest, IndexAndFilesMustAgree) {
    EXPECT_THAT(refused(R"("a":"2.safetensors")"),
                HasSubstr("tensor 'a' is not in '2.safetensors'"));
    EXPECT_THAT(refused(R"("b":"2.safetensors")"),
                HasSubstr("tensor 'c' is not listed for '2.safetensors'"));
    EXPECT_THAT(refused(R"("a":"1.safetensors","b":"3.safetensors")"), HasSubstr("cannot read"));
}

TEST_F(ShardedModelTest, FilesStayInTheFolder) {
    folder_.write("inner/x", "");
    std::filesystem::create_symlink("../1.safetensors", folder_ / "inner/link");
    for (const char* file : {"../1.safetensors", "/etc/passwd", "inner/../../x", "", "."}) {
        EXPECT_NE(refused(fmt::format(R"("a":"{}")", file)), "it is read") << file;
    }
    const auto index = folder_.write("inner/index.json", R"({"weight_map":{"a":"link"}})");
    EXPECT_THAT(ShardedModel::open(index).error().message,
                HasSubstr("link that leads out of the folder"));
}

}  // namespace
}  // namespace trilby::safetensors
