// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/dataset_catalog.hpp"

#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temporary_folder.hpp"

namespace trilby::train {
namespace {

using ::testing::HasSubstr;

const Dataset& fashion_mnist() {
    return **find_dataset("fashion-mnist");
}

void write_files(const trilby::testing::TemporaryFolder& folder, const std::string& below) {
    for (const PublishedFile& file : fashion_mnist().files) {
        folder.write(below + std::string(file.name), "x");
    }
}

TEST(DatasetCatalog, EveryEntryIsComplete) {
    for (const Dataset& dataset : datasets()) {
        EXPECT_TRUE(dataset.source_url.starts_with("https://"));
        EXPECT_TRUE(dataset.source_url.ends_with('/'));
        ASSERT_EQ(dataset.files.size(), dataset.images ? 4U : 1U);
        for (const PublishedFile& file : dataset.files) {
            EXPECT_EQ(file.sha256.size(), 64U);
            EXPECT_GT(file.size_bytes, 0U);
        }
    }
}

TEST(DatasetCatalog, UnknownNameSuggestsASimilarOne) {
    const auto found = find_dataset("fashion-mnits");
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, ErrorCode::usage);
    EXPECT_THAT(found.error().message, HasSubstr("did you mean 'fashion-mnist'?"));
}

TEST(DatasetCatalog, PrefersFetchedFilesToTheDistributions) {
    const trilby::testing::TemporaryFolder home;
    ::setenv("XDG_DATA_HOME", home.path().c_str(), 1);
    write_files(home, "trilby/datasets/fashion-mnist/");
    const auto located = locate_dataset(fashion_mnist(), std::nullopt);
    const auto fetched = fetched_folder(dataset_kind, fashion_mnist());
    ::unsetenv("XDG_DATA_HOME");
    ASSERT_TRUE(located);
    EXPECT_EQ(*located, home / "trilby/datasets/fashion-mnist");
    EXPECT_EQ(*located, fetched);
}

TEST(DatasetCatalog, GivenFolderMustHoldEveryFile) {
    const trilby::testing::TemporaryFolder folder;
    write_files(folder, "");
    EXPECT_EQ(locate_dataset(fashion_mnist(), folder.path()).value(), folder.path());
    std::filesystem::remove(folder / "t10k-labels-idx1-ubyte.gz");
    std::filesystem::create_directory(folder / "t10k-labels-idx1-ubyte.gz");
    const auto located = locate_dataset(fashion_mnist(), folder.path());
    ASSERT_FALSE(located);
    EXPECT_EQ(located.error().code, ErrorCode::no_input);
    EXPECT_THAT(located.error().message, HasSubstr("t10k-labels-idx1-ubyte.gz"));
}

TEST(DatasetCatalog, AFileThatCannotBeFoundOutAboutIsNotMissing) {
    const trilby::testing::TemporaryFolder folder;
    write_files(folder, "");
    const auto file = folder / "t10k-labels-idx1-ubyte.gz";
    std::filesystem::remove(file);
    std::filesystem::create_symlink(file, file);
    const auto located = locate_dataset(fashion_mnist(), folder.path());
    ASSERT_FALSE(located);
    EXPECT_EQ(located.error().code, ErrorCode::io);
    EXPECT_THAT(located.error().message, HasSubstr("cannot read"));
}

}  // namespace
}  // namespace trilby::train
