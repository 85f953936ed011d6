// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "fetch/download.hpp"

#include <csignal>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "fetch/fetch.hpp"
#include "fetch/part_file.hpp"
#include "server_fixture.hpp"

namespace trilby::fetch {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class DownloadTest : public ServerTest {
  protected:
    Result<FileReport> fetch(const std::string& mode) { return fetch_url(url(mode)); }
    Result<FileReport> fetch_url(const std::string& url) {
        return download(file_, url, target_.path(), options_);
    }
    void expect_whole_file() {
        EXPECT_EQ(found("data.gz"), content_);
        EXPECT_FALSE(found("data.gz.part"));
    }
    void expect_nothing_kept() {
        EXPECT_FALSE(found("data.gz"));
        EXPECT_FALSE(found("data.gz.part"));
    }

    DownloadOptions options_{.limits = {.slowest_time = std::chrono::seconds(1)},
                             .first_pause = std::chrono::milliseconds(1)};
};

TEST_F(DownloadTest, FileIsCompleteWhenItHasItsName) {
    const auto report = fetch("good");
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(report->outcome, Outcome::fetched);
    expect_whole_file();
}

TEST_F(DownloadTest, PresentFileIsNotRequestedAgain) {
    target_.write("data.gz", content_);
    const auto report = fetch("good");
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(report->outcome, Outcome::present);
    EXPECT_THAT(requests(), SizeIs(0));
}

TEST_F(DownloadTest, AnotherFileOfThatNameIsNotChanged) {
    for (const std::string& other : {std::string("mine"), std::string(content_.size(), 'x')}) {
        target_.write("data.gz", other);
        const auto report = fetch("good");
        ASSERT_FALSE(report);
        EXPECT_EQ(report.error().code, ErrorCode::cannot_create);
        EXPECT_EQ(found("data.gz"), other);
    }
}

TEST_F(DownloadTest, InterruptedTransferResumesWhereItStopped) {
    const auto report = fetch("cut");
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_THAT(requests(), ElementsAre("/cut/data.gz -", "/cut/data.gz bytes=50000-"));
    expect_whole_file();
}

TEST_F(DownloadTest, PartOfAnEarlierAttemptIsResumed) {
    target_.write("data.gz.part", content_.substr(0, 1000));
    const auto report = fetch("good");
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(report->outcome, Outcome::resumed);
    EXPECT_THAT(requests(), ElementsAre("/good/data.gz bytes=1000-"));
    expect_whole_file();
}

TEST_F(DownloadTest, CompletePartNeedsNoRequest) {
    target_.write("data.gz.part", content_);
    ASSERT_TRUE(fetch("good"));
    EXPECT_THAT(requests(), SizeIs(0));
    expect_whole_file();
}

TEST_F(DownloadTest, WrongPartIsStartedOver) {
    target_.write("data.gz.part", std::string(1000, 'x'));
    const auto report = fetch("good");
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(report->outcome, Outcome::fetched);
    expect_whole_file();
}

TEST_F(DownloadTest, PartLongerThanTheFileIsStartedOver) {
    target_.write("data.gz.part", content_ + "more");
    ASSERT_TRUE(fetch("good"));
    expect_whole_file();
}

TEST_F(DownloadTest, ServerThatCannotResumeSendsTheWholeFile) {
    for (const char* mode : {"no_range", "other_range"}) {
        const testing::TemporaryFolder folder;
        folder.write("data.gz.part", content_.substr(0, 1000));
        const auto report = download(file_, url(mode), folder.path(), options_);
        ASSERT_TRUE(report) << mode << ": " << report.error().message;
        EXPECT_EQ(report->outcome, Outcome::fetched) << mode;
    }
}

TEST_F(DownloadTest, RedirectionIsFollowed) {
    ASSERT_TRUE(fetch("redirect"));
    expect_whole_file();
}

TEST_F(DownloadTest, EndlessRedirectionFails) {
    const auto report = fetch("loop");
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, ErrorCode::unavailable);
    EXPECT_THAT(requests(), SizeIs(1 + options_.limits.redirections));
    expect_nothing_kept();
}

TEST_F(DownloadTest, RedirectionAwayFromHttpsIsRefused) {
    for (const char* mode : {"to_http", "to_file"}) {
        const auto report = fetch(mode);
        ASSERT_FALSE(report) << mode;
        EXPECT_EQ(report.error().code, ErrorCode::unavailable) << mode;
        EXPECT_THAT(report.error().hint, HasSubstr("HTTPS only")) << mode;
        expect_nothing_kept();
    }
    EXPECT_THAT(requests(), SizeIs(2));
}

TEST_F(DownloadTest, WrongContentIsNotKept) {
    for (const char* mode : {"corrupt", "short", "long"}) {
        const auto report = fetch(mode);
        ASSERT_FALSE(report) << mode;
        EXPECT_EQ(report.error().code, ErrorCode::bad_data) << mode;
        expect_nothing_kept();
    }
}

TEST_F(DownloadTest, NoMoreThanTheExpectedSizeIsEverWritten) {
    std::uint64_t most = 0;
    options_.on_progress = [&](const train::PublishedFile&, std::uint64_t bytes) {
        most = std::max(most, bytes);
    };
    ASSERT_FALSE(fetch("long"));
    EXPECT_LE(most, content_.size());
}

TEST_F(DownloadTest, MissingFileIsNotRetried) {
    const auto report = fetch("missing");
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, ErrorCode::unavailable);
    EXPECT_THAT(report.error().message, HasSubstr("404"));
    EXPECT_THAT(report.error().hint, HasSubstr("may have moved the file"))
        << "the network is not the cause";
    EXPECT_THAT(requests(), SizeIs(1));
    expect_nothing_kept();
}

TEST_F(DownloadTest, BusyServerIsRetried) {
    ASSERT_TRUE(fetch("busy"));
    EXPECT_THAT(requests(), SizeIs(3));
    expect_whole_file();
}

TEST_F(DownloadTest, StalledTransferFailsAndIsKept) {
    options_.retries = 0;
    const auto report = fetch("stall");
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, ErrorCode::unavailable);
    EXPECT_EQ(found("data.gz.part"), content_.substr(0, content_.size() / 2));
    ASSERT_TRUE(fetch("good"));
    expect_whole_file();
}

TEST_F(DownloadTest, UntrustedCertificateIsRefused) {
    ::unsetenv("SSL_CERT_FILE");
    const auto report = fetch("good");
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, ErrorCode::unavailable);
    EXPECT_THAT(report.error().hint, HasSubstr("SSL_CERT_FILE"));
    EXPECT_THAT(requests(), SizeIs(0));
}

TEST_F(DownloadTest, CertificateOfAnotherHostIsRefused) {
    const auto report = fetch_url(url("good", "127.0.0.1"));
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, ErrorCode::unavailable);
    EXPECT_THAT(requests(), SizeIs(0));
}

TEST_F(DownloadTest, InterruptionKeepsTheReceivedBytes) {
    platform::InterruptWatch interrupts;
    options_.interrupts = &interrupts;
    options_.on_progress = [](const train::PublishedFile&, std::uint64_t) { std::raise(SIGINT); };
    const auto report = fetch("stall");
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, ErrorCode::interrupted);
    EXPECT_TRUE(found("data.gz.part"));
}

TEST_F(DownloadTest, FullDiskIsAnInputOutputError) {
    rlimit limit{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &limit), 0);
    const rlimit small{10'000, limit.rlim_max};
    std::signal(SIGXFSZ, SIG_IGN);
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
    const auto report = fetch("good");
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, ErrorCode::io);
    EXPECT_FALSE(found("data.gz"));
}

TEST_F(DownloadTest, SecondProcessDoesNotWriteIntoTheSamePart) {
    const auto owned = PartFile::open(target_ / "data.gz");
    ASSERT_TRUE(owned);
    const auto report = fetch("good");
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, ErrorCode::cannot_create);
    EXPECT_THAT(report.error().message, HasSubstr("another process"));
}

TEST_F(DownloadTest, LinkInPlaceOfThePartIsNotFollowed) {
    target_.write("precious", "mine");
    std::filesystem::create_symlink(target_ / "precious", target_ / "data.gz.part");
    const auto report = fetch("good");
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, ErrorCode::cannot_create);
    EXPECT_THAT(report.error().hint, HasSubstr("remove the symbolic link"));
    EXPECT_EQ(found("precious"), "mine");
}

TEST_F(DownloadTest, FilesThatAreCompleteAreKeptWhenOneFails) {
    const std::array files{file_, train::PublishedFile{"other.gz", 10, sha256_}};
    const train::Publication published{.name = "made", .files = files};
    std::vector<std::string> told;
    std::string folder_url = url("good");
    folder_url.resize(folder_url.size() - file_.name.size());
    const auto reports = fetch_files(published, {.folder = target_ / "made",
                                                 .folder_url = folder_url,
                                                 .download = options_,
                                                 .without_network = "walk",
                                                 .on_file = [&](const FileReport& report) {
                                                     told.emplace_back(report.file.name);
                                                 }});
    ASSERT_FALSE(reports);
    EXPECT_THAT(reports.error().hint, EndsWith("; or walk"));
    EXPECT_THAT(told, ElementsAre("data.gz"));
    EXPECT_EQ(found("made/data.gz"), content_);
}

}  // namespace
}  // namespace trilby::fetch
