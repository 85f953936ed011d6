// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/model_catalog.hpp"

#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>

#include "support/temporary_folder.hpp"

namespace trilby::train {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::SizeIs;

TEST(ModelCatalog, EveryEntryIsComplete) {
    for (const Publication& model : models()) {
        ASSERT_THAT(model.files, SizeIs(1)) << model.name;
        const PublishedFile& file = model.files.front();
        EXPECT_THAT(std::string(file.sha256), MatchesRegex("[0-9a-f]{64}")) << model.name;
        EXPECT_GT(file.size_bytes, 0U) << model.name;
        EXPECT_THAT(std::string(model.summary), HasSubstr("million parameters")) << model.name;
        EXPECT_THAT(std::string(model.license), AnyOf("Apache-2.0", "MIT", "BSD-3-Clause"))
            << model.name;
    }
}

TEST(ModelCatalog, SourcesAreCommitsThatCannotMove) {
    for (const Publication& model : models()) {
        EXPECT_THAT(std::string(model.source_url), MatchesRegex("https://.*/[0-9a-f]{40}/"))
            << model.name;
    }
}

TEST(ModelCatalog, NamesAndDigestsAreDistinct) {
    std::set<std::string_view> distinct;
    for (const Publication& model : models()) {
        distinct.insert(model.name);
        distinct.insert(model.files.front().sha256);
    }
    EXPECT_THAT(distinct, SizeIs(2 * models().size()));
}

TEST(ModelCatalog, UnknownNameSuggestsASimilarOneAndListsAll) {
    const auto found = find_model("resnet81");
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, ErrorCode::usage);
    EXPECT_THAT(found.error().message, HasSubstr("did you mean 'resnet18'?"));
    for (const Publication& model : models()) {
        EXPECT_THAT(found.error().hint, HasSubstr(std::string(model.name)));
    }
}

TEST(ModelCatalog, ModelIsInTheUsersFolderOnceItIsFetched) {
    const trilby::testing::TemporaryFolder home;
    const Publication& model = **find_model("resnet18");
    ::setenv("XDG_DATA_HOME", home.path().c_str(), 1);
    const auto before = locate_model(model);
    home.write("trilby/models/resnet18/model.safetensors", "x");
    const auto after = locate_model(model);
    const auto fetched = fetched_folder(model_kind, model);
    ::unsetenv("XDG_DATA_HOME");
    ASSERT_FALSE(before);
    EXPECT_EQ(before.error().code, ErrorCode::no_input);
    EXPECT_EQ(before.error().hint, "'trilby model fetch resnet18'");
    ASSERT_TRUE(after);
    EXPECT_EQ(*after, home / "trilby/models/resnet18");
    EXPECT_EQ(*after, fetched);
}

}  // namespace
}  // namespace trilby::train
