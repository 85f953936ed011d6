// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "fetch/local_copy.hpp"

#include <csignal>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fetch/fetch.hpp"
#include "made_content.hpp"
#include "platform/file_tree.hpp"
#include "support/temporary_folder.hpp"

namespace trilby::fetch {
namespace {

using ::testing::HasSubstr;

class LocalCopyTest : public ::testing::Test {
  protected:
    Result<FileReport> copy(const std::string& content) {
        own_.write("mine", content);
        return copy_file(file_, own_ / "mine", target_.path(), options_);
    }
    [[nodiscard]] std::optional<std::string> found(const std::string& name) const {
        const auto content = platform::FileTree(target_.path()).read("/" + name, 64U << 20);
        return content ? std::optional(*content) : std::nullopt;
    }
    void expect_whole_file() {
        EXPECT_EQ(found("data.gz"), content_);
        EXPECT_FALSE(found("data.gz.part"));
    }
    void expect_nothing_kept() {
        EXPECT_FALSE(found("data.gz"));
        EXPECT_FALSE(found("data.gz.part"));
    }

    testing::TemporaryFolder own_;
    testing::TemporaryFolder target_;
    std::string content_ = made_content(100'000);
    std::string sha256_ = sha256_of_text(content_);
    train::PublishedFile file_{"data.gz", content_.size(), sha256_};
    DownloadOptions options_;
};

TEST_F(LocalCopyTest, FileIsCompleteWhenItHasItsName) {
    const auto report = copy(content_);
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(report->outcome, Outcome::copied);
    expect_whole_file();
}

TEST_F(LocalCopyTest, PresentFileIsNotCopiedAgain) {
    target_.write("data.gz", content_);
    const auto report = copy("anything");
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(report->outcome, Outcome::present);
}

TEST_F(LocalCopyTest, AnotherFileOfThatNameIsNotChanged) {
    target_.write("data.gz", "mine");
    const auto report = copy(content_);
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, ErrorCode::cannot_create);
    EXPECT_EQ(found("data.gz"), "mine");
}

TEST_F(LocalCopyTest, AnotherOriginalIsRefused) {
    for (const std::string& other :
         {std::string(), content_.substr(1), content_ + "x", std::string(content_.size(), 'x')}) {
        const auto report = copy(other);
        ASSERT_FALSE(report);
        EXPECT_EQ(report.error().code, ErrorCode::bad_data);
        expect_nothing_kept();
    }
}

TEST_F(LocalCopyTest, MissingOriginalIsAMissingInput) {
    const auto report = copy_file(file_, own_ / "none", target_.path(), options_);
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, ErrorCode::no_input);
    expect_nothing_kept();
}

TEST_F(LocalCopyTest, FolderIsNotAnOriginal) {
    const auto report = copy_file(file_, own_.path(), target_.path(), options_);
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, ErrorCode::bad_data);
    EXPECT_THAT(report.error().message, HasSubstr("not a regular file"));
}

TEST_F(LocalCopyTest, PartOfADownloadIsKeptWhenTheOriginalIsAnotherFile) {
    const std::string part = content_.substr(0, 1000);
    target_.write("data.gz.part", part);
    ASSERT_FALSE(copy("other"));
    EXPECT_EQ(found("data.gz.part"), part);
    ASSERT_TRUE(copy(content_));
    expect_whole_file();
}

TEST_F(LocalCopyTest, CompletePartCanBeTheOriginal) {
    target_.write("data.gz.part", content_);
    const auto report = copy_file(file_, target_ / "data.gz.part", target_.path(), options_);
    ASSERT_TRUE(report) << report.error().message;
    expect_whole_file();
}

TEST_F(LocalCopyTest, OriginalThatChangesMeanwhileIsNotPublished) {
    for (const std::string& later : {content_.substr(0, 70'000), content_ + content_}) {
        options_.on_progress = [&](const train::PublishedFile&, std::uint64_t) {
            own_.write("mine", later);
        };
        const auto report = copy(content_);
        ASSERT_FALSE(report);
        EXPECT_EQ(report.error().code, ErrorCode::bad_data);
        EXPECT_THAT(report.error().message, HasSubstr("while it was copied"));
        EXPECT_FALSE(found("data.gz"));
    }
}

TEST_F(LocalCopyTest, InterruptedCopyIsCompletedByTheNext) {
    platform::InterruptWatch interrupts;
    options_.interrupts = &interrupts;
    options_.on_progress = [](const train::PublishedFile&, std::uint64_t) { std::raise(SIGINT); };
    const auto report = copy(content_);
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, ErrorCode::interrupted);
    EXPECT_FALSE(found("data.gz"));
    options_ = {};
    ASSERT_TRUE(copy(content_));
    expect_whole_file();
}

TEST_F(LocalCopyTest, FetchCopiesInPlaceOfADownload) {
    own_.write("mine", content_);
    const train::Publication published{.name = "made", .files = {&file_, 1}};
    const auto reports =
        fetch_files(published, {.folder = target_ / "made", .from_file = own_ / "mine"});
    ASSERT_TRUE(reports) << reports.error().message;
    EXPECT_EQ(reports->front().outcome, Outcome::copied);
    EXPECT_EQ(found("made/data.gz"), content_);
}

}  // namespace
}  // namespace trilby::fetch
