// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/idx_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/made_idx.hpp"
#include "data/source.hpp"
#include "data/summary.hpp"
#include "support/temporary_folder.hpp"

namespace trilby::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using trilby::testing::TemporaryFolder;

class IdxFolderTest : public ::testing::Test {
  protected:
    /// Four images to train and two to test, of 2 x 3 pixels.
    IdxFolderTest() {
        folder_.write("train-images-idx3-ubyte.gz",
                      gzip(idx({4, 3, 2}, "abcdefghijklmnopqrstuvwx")));
        folder_.write("train-labels-idx1-ubyte.gz", gzip(idx({4}, "\7\2\7\5")));
        folder_.write("t10k-images-idx3-ubyte", idx({2, 3, 2}, "ABCDEFGHIJKL"));
        folder_.write("t10k-labels-idx1-ubyte", idx({2}, "\2\5"));
    }
    /// The message of the error after a file has other content.
    [[nodiscard]] std::string error_with(std::string_view name, std::string_view content) const {
        folder_.write(name, content);
        const auto opened = open_idx_folder(folder_.path());
        return opened ? "" : opened.error().message;
    }

    TemporaryFolder folder_;
};

TEST_F(IdxFolderTest, HasTheImagesAndLabelsOfBothParts) {
    EXPECT_EQ(source_at(folder_.path()).value(), Source::idx_folder);
    const auto folder = open_idx_folder(folder_.path());
    ASSERT_TRUE(folder) << folder.error().message;
    EXPECT_EQ(folder->height, 3);
    EXPECT_EQ(folder->width, 2);
    EXPECT_THAT(folder->classes, ElementsAre("2", "5", "7"));
    ASSERT_EQ(folder->parts.size(), 2U);
    EXPECT_THAT(folder->parts[0].counts, ElementsAre(1, 1, 2));
    EXPECT_THAT(folder->parts[1].counts, ElementsAre(1, 1, 0));
    EXPECT_EQ(folder->parts[0].size(), 4U);
    EXPECT_THAT(read_idx_labels(*folder, folder->parts[0]).value(), ElementsAre(2, 0, 2, 1));
    EXPECT_THAT(read_idx_labels(*folder, folder->parts[1]).value(), ElementsAre(0, 1));
    std::vector<std::string> images;
    const auto read = read_idx_images(*folder, folder->parts[1], [&](std::size_t, auto pixels) {
        images.emplace_back(pixels.begin(), pixels.end());
    });
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_THAT(images, ElementsAre("ABCDEF", "GHIJKL"));
}

TEST_F(IdxFolderTest, MayLackTheTestPart) {
    std::filesystem::remove(folder_ / "t10k-images-idx3-ubyte");
    EXPECT_THAT(open_idx_folder(folder_.path()).error().message,
                HasSubstr("has no file t10k-images-idx3-ubyte"));
    std::filesystem::remove(folder_ / "t10k-labels-idx1-ubyte");
    const auto folder = open_idx_folder(folder_.path());
    ASSERT_TRUE(folder) << folder.error().message;
    EXPECT_EQ(folder->parts.size(), 1U);
}

TEST_F(IdxFolderTest, MayHaveOtherNames) {
    const TemporaryFolder folder;
    folder.write("emnist-letters-train-images-idx3-ubyte", idx({2, 1, 2}, "abcd"));
    folder.write("emnist-letters-train-labels-idx1-ubyte", idx({2}, "\1\2"));
    folder.write("emnist-letters-test-images.idx3-ubyte", idx({1, 1, 2}, "ef"));
    folder.write("emnist-letters-test-labels.idx1-ubyte", idx({1}, "\1"));
    const auto opened = open_idx_folder(folder.path());
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_EQ(opened->parts.size(), 2U);
    folder.write("emnist-digits-train-images-idx3-ubyte", idx({1, 1, 2}, "ef"));
    EXPECT_THAT(open_idx_folder(folder.path()).error().message, HasSubstr("has several files"));
}

TEST_F(IdxFolderTest, TakesAFileThatIsThereTwiceOnce) {
    folder_.write("train-labels-idx1-ubyte", idx({4}, "\1\2\1\2"));
    folder_.write("train-images.idx3-ubyte/train-images.idx3-ubyte", "inside");
    folder_.write("t10k-labels-idx1-ubyte", idx({2}, "\2\1"));
    const auto folder = open_idx_folder(folder_.path());
    ASSERT_TRUE(folder) << folder.error().message;
    EXPECT_THAT(folder->classes, ElementsAre("1", "2"));
}

TEST_F(IdxFolderTest, RefusesFilesThatDoNotFit) {
    EXPECT_THAT(error_with("t10k-labels-idx1-ubyte", idx({2}, "\2\3")),
                HasSubstr("label 3 is in the test part"));
    EXPECT_THAT(error_with("t10k-labels-idx1-ubyte", idx({3}, "\2\5\5")),
                HasSubstr("holds 3 values, expected 2"));
    EXPECT_THAT(error_with("t10k-labels-idx1-ubyte", idx({2}, "\2")), HasSubstr("ends in"));
    EXPECT_THAT(error_with("t10k-images-idx3-ubyte", idx({2}, "\2\2")),
                HasSubstr("does not hold images"));
    folder_.write("t10k-labels-idx1-ubyte", idx({2}, "\2\5"));
    EXPECT_THAT(error_with("t10k-images-idx3-ubyte", idx({2, 2, 3}, "ABCDEFGHIJKL")),
                HasSubstr("have 3 x 2 pixels, the training images 2 x 3"));
}

TEST_F(IdxFolderTest, RefusesDamagedFiles) {
    EXPECT_THAT(error_with("train-labels-idx1-ubyte.gz", idx({4}, "\7\7\7\7")),
                HasSubstr("have the label 7"));
    EXPECT_THAT(error_with("train-labels-idx1-ubyte.gz", "text"), HasSubstr("not an IDX file"));
    // Counts that no file can have do not take memory.
    folder_.write("train-images-idx3-ubyte.gz", idx({0xffffffffU, 1, 1}, ""));
    EXPECT_THAT(error_with("train-labels-idx1-ubyte.gz", idx({0xffffffffU}, "\1\2")),
                HasSubstr("ends in the middle"));
    EXPECT_THAT(error_with("train-images-idx3-ubyte.gz", idx({0, 3, 2}, "")),
                HasSubstr("has no images"));
    EXPECT_THAT(error_with("train-images-idx3-ubyte.gz", idx({4, 3, 2}, "").substr(0, 9)),
                HasSubstr("ends in the middle of its header"));
}

TEST_F(IdxFolderTest, RefusesFilesThatChangeWhileTheyAreRead) {
    const auto folder = open_idx_folder(folder_.path());
    ASSERT_TRUE(folder) << folder.error().message;
    const auto error_of = [&](std::string_view labels) {
        folder_.write("t10k-labels-idx1-ubyte", labels);
        const auto read = read_idx_labels(*folder, folder->parts[1]);
        return read ? "" : read.error().message;
    };
    EXPECT_THAT(error_of(idx({2}, "\2\3")), HasSubstr("changed while it was read"));
    EXPECT_THAT(error_of(idx({3}, "\2\5\5")), HasSubstr("holds 3 values, expected 2"));
    EXPECT_THAT(error_of(idx({2}, "\2")), HasSubstr("ends in"));
    EXPECT_EQ(error_of(idx({2}, "\5\5")), "");
}

TEST_F(IdxFolderTest, HasLabelsOfManyPieces) {
    constexpr std::size_t images = 200'000;
    std::string labels(images, '\1');
    labels.back() = '\2';
    folder_.write("train-images-idx3-ubyte.gz", idx({images, 3, 2}, ""));
    folder_.write("train-labels-idx1-ubyte.gz", gzip(idx({images}, labels)));
    folder_.write("t10k-labels-idx1-ubyte", idx({2}, "\2\1"));
    const auto folder = open_idx_folder(folder_.path());
    ASSERT_TRUE(folder) << folder.error().message;
    EXPECT_THAT(folder->parts[0].counts, ElementsAre(images - 1, 1));
    const auto read = read_idx_labels(*folder, folder->parts[0]);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->size(), images);
    EXPECT_EQ(read->back(), 1);
    EXPECT_EQ(read->front(), 0);
}

TEST_F(IdxFolderTest, IsSummarized) {
    const auto summary = summarize(folder_.path());
    ASSERT_TRUE(summary) << summary.error().message;
    EXPECT_EQ(summary->kind, DataKind::images);
    EXPECT_EQ(summary->images->images, 6U);
    EXPECT_EQ(summary->images->classes[2].name, "7");
    EXPECT_EQ(summary->images->classes[2].training, 2U);
    EXPECT_EQ(summary->images->classes[0].test, 1U);
    EXPECT_EQ(summary->images->smallest_height, 3U);
    folder_.write("t10k-images-idx3-ubyte", idx({2, 3, 2}, "ABCDEF"));
    EXPECT_THAT(summarize(folder_.path()).error().message, HasSubstr("ends in the middle"));
}

}  // namespace
}  // namespace trilby::data
