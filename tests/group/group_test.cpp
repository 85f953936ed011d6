// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "group/group.hpp"

#include <array>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <gmock/gmock.h>
#include <numeric>
#include <thread>
#include <unistd.h>

#include "support/forked_processes.hpp"
#include "support/temporary_folder.hpp"
#include "support/test_files.hpp"

namespace trilby::group {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using trilby::testing::read_file;

using Numbers = std::vector<std::int64_t>;

class GroupTest : public ::testing::TestWithParam<const char*> {
  protected:
    void SetUp() override {
        engine_ = trilby::testing::library_folder() / "engines" / (std::string(GetParam()) + ".so");
        if (!std::filesystem::exists(engine_)) {
            GTEST_SKIP() << "Trilby was built without " << GetParam();
        }
    }

    [[nodiscard]] Place place_of(std::int64_t rank, std::int64_t size) const {
        return {.rank = rank,
                .size = size,
                .engine = engine_,
                .store_folder = folder_.path(),
                .timeout_s = limit_s_};
    }

    using Work = std::function<void(Group&)>;

    /// Runs `work` in a process of its own for each of the ranks; `size` may be larger. Returns
    /// their exit codes: 0 if all of a process's checks held.
    std::vector<int> run(std::int64_t ranks, std::int64_t size, const Work& work) const {
        return trilby::testing::exit_codes_of(
            ranks, [&](std::int64_t rank) { return run_as(rank, size, work); });
    }

    /// What a process wrote as the last error.
    [[nodiscard]] std::string error_of(std::int64_t rank) const {
        return read_file(folder_ / ("error-" + std::to_string(rank)));
    }
    void keep(const Error& error, std::int64_t rank) const {
        folder_.write("error-" + std::to_string(rank), error.message);
    }

    trilby::testing::TemporaryFolder folder_;
    std::string engine_;
    double limit_s_ = 20;

  private:
    [[nodiscard]] int run_as(std::int64_t rank, std::int64_t size, const Work& work) const {
        const Place place = place_of(rank, size);
        FileStore store(place.store_folder, std::chrono::duration<double>(place.timeout_s));
        auto group = Group::join(place, store);
        if (!group) {
            keep(group.error(), rank);
            return 10;
        }
        work(*group);
        return HasFailure() ? 1 : 0;
    }
};

TEST_P(GroupTest, BlocksGoToTheProcessWithTheirNumber) {
    for (const std::int64_t size : {1, 2, 3, 5}) {
        const auto codes = run(size, size, [&](Group& group) {
            const auto count = static_cast<std::size_t>(size);
            Numbers sent(count);
            std::iota(sent.begin(), sent.end(), 100 * group.rank());
            Numbers received(count, -1);
            ASSERT_TRUE(group.exchange_blocks(std::as_bytes(std::span(sent)),
                                              std::as_writable_bytes(std::span(received))));
            for (std::size_t i = 0; i < count; ++i) {
                EXPECT_EQ(received[i], 100 * static_cast<std::int64_t>(i) + group.rank());
            }
        });
        EXPECT_THAT(codes, Each(0)) << size << " processes";
        for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
            std::filesystem::remove(entry);
        }
    }
}

TEST_P(GroupTest, GatherAndBroadcastReachAll) {
    const auto codes = run(3, 3, [](Group& group) {
        const std::array own{group.rank(), group.rank() * group.rank()};
        Numbers all(6, -1);
        ASSERT_TRUE(
            group.gather(std::as_bytes(std::span(own)), std::as_writable_bytes(std::span(all))));
        EXPECT_THAT(all, ElementsAre(0, 0, 1, 1, 2, 4));
        std::string text = group.rank() == 0 ? std::string(100'000, 'x') + "end" : "own";
        ASSERT_TRUE(group.broadcast(text));
        EXPECT_EQ(text, std::string(100'000, 'x') + "end");
        std::string nothing = group.rank() == 0 ? "" : "own";
        ASSERT_TRUE(group.broadcast(nothing));
        EXPECT_EQ(nothing, "");
        EXPECT_TRUE(group.meet());
    });
    EXPECT_THAT(codes, Each(0));
}

// More than what an engine moves at once, and other sizes for each pair of processes.
TEST_P(GroupTest, LargeBlocksArriveWhole) {
    const auto codes = run(3, 3, [](Group& group) {
        constexpr std::size_t block = 3 * 1024 * 1024 + 5;
        std::vector<std::uint32_t> sent(3 * block);
        for (std::size_t i = 0; i < sent.size(); ++i) {
            sent[i] = static_cast<std::uint32_t>(i * 2'654'435'761U + group.rank());
        }
        std::vector<std::uint32_t> received(3 * block);
        ASSERT_TRUE(group.exchange_blocks(std::as_bytes(std::span(sent)),
                                          std::as_writable_bytes(std::span(received))));
        for (std::size_t i = 0; i < received.size(); ++i) {
            const std::size_t from = i / block;
            const std::size_t at = i % block + static_cast<std::size_t>(group.rank()) * block;
            ASSERT_EQ(received[i], static_cast<std::uint32_t>(at * 2'654'435'761U + from)) << i;
        }
    });
    EXPECT_THAT(codes, Each(0));
}

TEST_P(GroupTest, AProcessMayLeaveBeforeTheOthersHaveWhatItSent) {
    const auto codes = run(2, 2, [](Group& group) {
        if (group.rank() == 1) {
            std::this_thread::sleep_for(std::chrono::milliseconds(300));
        }
        std::string text = group.rank() == 0 ? "from process 0" : "";
        ASSERT_TRUE(group.broadcast(text));
        EXPECT_EQ(text, "from process 0");
    });
    EXPECT_THAT(codes, Each(0));
}

/// Exchanges until that fails.
Error exchange_until_failure(Group& group) {
    while (true) {
        const std::vector<std::int64_t> own{group.rank()};
        std::vector<std::int64_t> all(static_cast<std::size_t>(group.size()));
        const auto done =
            group.gather(std::as_bytes(std::span(own)), std::as_writable_bytes(std::span(all)));
        if (!done) {
            return done.error();
        }
    }
}

TEST_P(GroupTest, AProcessThatDiesIsNamedAtOnce) {
    const auto start = std::chrono::steady_clock::now();
    const auto codes = run(2, 2, [this](Group& group) {
        if (group.rank() == 1) {
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
            ::kill(::getpid(), SIGKILL);
        }
        keep(exchange_until_failure(group), group.rank());
    });
    std::array<char, 64> host{};
    ::gethostname(host.data(), host.size() - 1);
    EXPECT_THAT(codes, ElementsAre(0, -1));
    EXPECT_THAT(error_of(0), HasSubstr("process 1 of 2, on '" + std::string(host.data()) +
                                       "', cannot be reached"));
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(15));
}

TEST_P(GroupTest, AProcessThatHangsIsNamedWhenTheTimeIsOver) {
    limit_s_ = 1;
    const auto codes = run(2, 2, [this](Group& group) {
        if (group.rank() == 1) {
            std::this_thread::sleep_for(std::chrono::seconds(3));
            ::_exit(0);
        }
        keep(exchange_until_failure(group), group.rank());
    });
    EXPECT_THAT(codes, Each(0));
    EXPECT_THAT(error_of(0), HasSubstr("process 1 of 2, on '"));
}

TEST_P(GroupTest, AProcessThatNeverStartsEndsTheWait) {
    limit_s_ = 1;
    EXPECT_THAT(run(1, 2, [](Group&) {}), ElementsAre(10));
    EXPECT_THAT(error_of(0), HasSubstr("process 0 of 2 cannot join the others"));
}

TEST_P(GroupTest, RefusesAFileThatIsNotAnEngine) {
    engine_ = "/nonexistent/engine.so";
    EXPECT_THAT(run(1, 1, [](Group&) {}), ElementsAre(10));
    EXPECT_THAT(error_of(0), HasSubstr("/nonexistent/engine.so"));
}

INSTANTIATE_TEST_SUITE_P(Engines, GroupTest, ::testing::Values("gloo", "shared-memory"),
                         [](const auto& engine) {
                             return engine.param == std::string("gloo") ? "Gloo" : "SharedMemory";
                         });

}  // namespace
}  // namespace trilby::group
