// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "fetch/status_relay.hpp"

#include <array>
#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

#include "platform/file_descriptor.hpp"

namespace trilby::fetch {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// A channel into which everything is written before it is read.
class StatusRelayTest : public ::testing::Test {
  protected:
    void SetUp() override {
        std::array<int, 2> ends{};
        ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
        ours_ = platform::FileDescriptor(ends[0]);
        theirs_ = platform::FileDescriptor(ends[1]);
    }

    void write(const std::string& text) {
        ASSERT_EQ(::write(ours_.get(), text.data(), text.size()),
                  static_cast<ssize_t>(text.size()));
    }

    Result<void> relay(std::chrono::milliseconds interval = std::chrono::hours(1)) {
        return relay_statuses(
            theirs_.get(),
            {.post =
                 [this](std::string_view status) {
                     posted_.emplace_back(status);
                     return on_post_ ? on_post_() : Result<void>{};
                 },
             .on_first_failure = [this](const Error& error) { failures_.push_back(error.message); },
             .interval = interval});
    }

    platform::FileDescriptor ours_;
    platform::FileDescriptor theirs_;
    std::function<Result<void>()> on_post_;
    std::vector<std::string> posted_;
    std::vector<std::string> failures_;
};

TEST_F(StatusRelayTest, PostsOnlyTheNewestOfSeveralStatuses) {
    write("1\n2\n3\n");
    ours_.reset();
    EXPECT_TRUE(relay());
    EXPECT_THAT(posted_, ElementsAre("3"));
}

TEST_F(StatusRelayTest, PostsTheLastStatusAtTheEndAlthoughTheIntervalIsNotOver) {
    write("1\n");
    on_post_ = [this]() -> Result<void> {
        if (posted_.size() == 1) {
            write("2\n3\n");
            ours_.reset();
        }
        return {};
    };
    EXPECT_TRUE(relay());
    EXPECT_THAT(posted_, ElementsAre("1", "3"));
}

TEST_F(StatusRelayTest, PostsAgainOnceTheIntervalIsOver) {
    write("1\n");
    on_post_ = [this]() -> Result<void> {
        if (posted_.size() == 3) {
            ours_.reset();
        } else {
            write(std::to_string(posted_.size() + 1) + "\n");
        }
        return {};
    };
    EXPECT_TRUE(relay(std::chrono::milliseconds(1)));
    EXPECT_THAT(posted_, ElementsAre("1", "2", "3"));
}

TEST_F(StatusRelayTest, ReportsOnlyTheFirstFailureAndGoesOn) {
    write("1\n");
    on_post_ = [this]() -> Result<void> {
        if (posted_.size() == 3) {
            ours_.reset();
        } else {
            write("more\n");
        }
        return failure(ErrorCode::unavailable, "failure " + std::to_string(posted_.size()));
    };
    EXPECT_TRUE(relay(std::chrono::milliseconds(1)));
    EXPECT_EQ(posted_.size(), 3U);
    EXPECT_THAT(failures_, ElementsAre("failure 1"));
}

TEST_F(StatusRelayTest, DropsALineThatTheEndCut) {
    write("1\n2");
    ours_.reset();
    EXPECT_TRUE(relay());
    EXPECT_THAT(posted_, ElementsAre("1"));
}

TEST_F(StatusRelayTest, PostsNothingWithoutAStatus) {
    ours_.reset();
    EXPECT_TRUE(relay());
    EXPECT_THAT(posted_, IsEmpty());
}

TEST_F(StatusRelayTest, RefusesALineWithoutEnd) {
    write(std::string(70'000, 'x'));
    const auto done = relay();
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, ErrorCode::bad_data);
}

TEST_F(StatusRelayTest, FailsWithoutAChannel) {
    const int closed = theirs_.get();
    theirs_.reset();
    const auto done = relay_statuses(closed, {.post = {}, .on_first_failure = {}});
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, ErrorCode::io);
}

}  // namespace
}  // namespace trilby::fetch
