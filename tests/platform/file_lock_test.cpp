// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/file_lock.hpp"

#include <csignal>
#include <fstream>
#include <gmock/gmock.h>
#include <string>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/temporary_folder.hpp"

namespace trilby::platform {
namespace {

using ::testing::HasSubstr;

class FileLockTest : public ::testing::Test {
  protected:
    /// A process takes the lock, starts a child and ends. Returns the number of the child, which
    /// becomes one of this process.
    pid_t leave_child_with_lock() {
        ::prctl(PR_SET_CHILD_SUBREAPER, 1);
        const pid_t holder = ::fork();
        if (holder == 0) {
            const auto lock = FileLock::take(path_);
            if (::fork() == 0) {
                ::pause();
            }
            ::_exit(lock ? 0 : 1);
        }
        holder_ = holder;
        EXPECT_EQ(::waitpid(holder, nullptr, 0), holder);
        std::string children;
        std::ifstream("/proc/thread-self/children") >> children;
        return std::stoi(children);
    }

    trilby::testing::TemporaryFolder folder_;
    std::filesystem::path path_ = folder_.path() / "lock";
    pid_t holder_ = 0;
};

TEST_F(FileLockTest, WaitsForTheChildrenOfAProcessThatHasEnded) {
    const pid_t child = leave_child_with_lock();
    int waits = 0;
    const auto lock = FileLock::take(path_, [&](std::int64_t holder) {
        EXPECT_EQ(holder, holder_);
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
        return ++waits < 2;
    });
    EXPECT_TRUE(lock) << lock.error().message;
    EXPECT_EQ(waits, 1);
}

TEST_F(FileLockTest, GivesUpIfTheCallerDoes) {
    const pid_t child = leave_child_with_lock();
    int waits = 0;
    const auto lock = FileLock::take(path_, [&](std::int64_t) { return ++waits < 3; });
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    ASSERT_FALSE(lock);
    EXPECT_THAT(lock.error().message, HasSubstr("is in use by another run (process "));
    EXPECT_EQ(waits, 3);
}

TEST_F(FileLockTest, DoesNotWaitForAProcessThatLives) {
    const auto first = FileLock::take(path_);
    ASSERT_TRUE(first);
    const auto second = FileLock::take(path_, [](std::int64_t) {
        ADD_FAILURE() << "its holder lives";
        return false;
    });
    EXPECT_FALSE(second);
}

TEST_F(FileLockTest, IsTestedWithoutBeingTaken) {
    EXPECT_FALSE(FileLock::is_held(path_));
    {
        const auto lock = FileLock::take(path_);
        ASSERT_TRUE(lock);
        EXPECT_TRUE(FileLock::is_held(path_));
    }
    EXPECT_FALSE(FileLock::is_held(path_)) << "closing the tested file keeps no lock";
    EXPECT_TRUE(FileLock::take(path_));
}

TEST_F(FileLockTest, IsHeldByTheChildrenOfAProcessThatHasEnded) {
    const pid_t child = leave_child_with_lock();
    EXPECT_TRUE(FileLock::is_held(path_));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    EXPECT_FALSE(FileLock::is_held(path_));
}

}  // namespace
}  // namespace trilby::platform
