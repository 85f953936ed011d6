// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "group/device_group.hpp"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fmt/format.h>
#include <functional>
#include <gmock/gmock.h>
#include <unistd.h>

#include "support/forked_processes.hpp"
#include "support/temporary_folder.hpp"
#include "support/test_files.hpp"

namespace trilby::group {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using trilby::testing::read_file;

/// Processes whose GPUs are memory of the host, and whose NCCL is that of tests/vendors.
class DeviceGroupTest : public ::testing::Test {
  protected:
    using Work = std::function<void(Group&, DeviceGroup::Agreement&)>;

    void SetUp() override {
        for (std::int64_t rank = 0; rank < 3; ++rank) {
            links_.push_back(DeviceLink{.library = library("good"),
                                        .pci_address = fmt::format("0000:0{}:00.0", rank + 1),
                                        .follow = [] { return [] { return true; }; }});
        }
    }

    static std::string library(const char* folder) {
        return trilby::testing::test_folder() / "vendors" / folder / "libnccl.so.2";
    }

    void control_library(const std::string& table) { folder_.write("table", table); }

    /// Runs `work` in as many processes as there are links. Returns their exit codes.
    std::vector<int> run(const Work& work) const {
        return trilby::testing::exit_codes_of(
            std::ssize(links_), [&](std::int64_t rank) { return run_as(rank, work); });
    }

    /// The reasons of all processes for using the host.
    std::vector<std::string> reasons() const {
        run([this](Group& group, DeviceGroup::Agreement& agreement) {
            keep(agreement.devices != nullptr ? "none" : agreement.reason, group.rank());
        });
        return texts();
    }

    void keep(const std::string& text, std::int64_t rank) const {
        folder_.write("text-" + std::to_string(rank), text);
    }
    [[nodiscard]] std::vector<std::string> texts() const {
        std::vector<std::string> all;
        for (std::size_t rank = 0; rank < links_.size(); ++rank) {
            all.push_back(read_file(folder_ / ("text-" + std::to_string(rank))));
        }
        return all;
    }
    /// How the fake library's communicator of a process ended.
    [[nodiscard]] bool has_ended(const char* how, std::int64_t rank) const {
        return std::filesystem::exists(folder_ / fmt::format("{}-{}-0-0", how, rank));
    }

    trilby::testing::TemporaryFolder folder_;
    std::vector<std::optional<DeviceLink>> links_;
    double limit_s_ = 20;

  private:
    [[nodiscard]] int run_as(std::int64_t rank, const Work& work) const {
        ::setenv("TRILBY_FAKE_TABLE", (folder_ / "table").c_str(), 1);
        ::setenv("TRILBY_FAKE_FOLDER", folder_.path().c_str(), 1);
        const Place place{
            .rank = rank,
            .size = std::ssize(links_),
            .engine = trilby::testing::library_folder() / "engines" / "shared-memory.so",
            .store_folder = folder_.path(),
            .timeout_s = limit_s_};
        FileStore store(place.store_folder, std::chrono::duration<double>(place.timeout_s));
        auto group = Group::join(place, store);
        if (!group) {
            return 10;
        }
        auto agreement = DeviceGroup::join(*group, place, links_[static_cast<std::size_t>(rank)]);
        if (!agreement) {
            keep("lost: " + agreement.error().message, rank);
            return 11;
        }
        work(*group, *agreement);
        agreement->devices.reset();
        return HasFailure() ? 1 : 0;
    }
};

std::vector<std::uint32_t> numbers_of(std::int64_t rank, std::size_t count) {
    std::vector<std::uint32_t> numbers(count);
    for (std::size_t i = 0; i < count; ++i) {
        numbers[i] =
            static_cast<std::uint32_t>(i * 2'654'435'761U + static_cast<std::size_t>(rank));
    }
    return numbers;
}

/// Exchanges blocks, and then gathers them, with a carrier.
Result<std::vector<std::uint32_t>> carry(auto& carrier, std::int64_t rank, std::size_t size) {
    const auto sent = numbers_of(rank, 30'000 * size);
    std::vector<std::uint32_t> received(sent.size());
    std::vector<std::uint32_t> gathered(sent.size() * size);
    if (auto done = carrier.exchange_blocks(std::as_bytes(std::span(sent)),
                                            std::as_writable_bytes(std::span(received)));
        !done) {
        return std::unexpected(done.error());
    }
    if (auto done = carrier.gather(std::as_bytes(std::span(received)),
                                   std::as_writable_bytes(std::span(gathered)));
        !done) {
        return std::unexpected(done.error());
    }
    return gathered;
}

TEST_F(DeviceGroupTest, BlocksGoWhereTheHostSendsThem) {
    const auto codes = run([](Group& group, DeviceGroup::Agreement& agreement) {
        ASSERT_NE(agreement.devices, nullptr) << agreement.reason;
        EXPECT_EQ(agreement.devices->library(), "libnccl.so.2, version 2.21.5");
        for (int round = 0; round < 3; ++round) {
            const auto through_host = carry(group, group.rank(), 3);
            const auto on_devices = carry(*agreement.devices, group.rank(), 3);
            ASSERT_TRUE(through_host);
            ASSERT_TRUE(on_devices) << on_devices.error().message;
            EXPECT_EQ(*on_devices, *through_host);
        }
    });
    EXPECT_THAT(codes, Each(0));
    EXPECT_TRUE(has_ended("destroyed", 0) && has_ended("destroyed", 2));
}

TEST_F(DeviceGroupTest, OneProcessWithoutTheLibraryIsEnoughForTheHost) {
    links_[1]->library = "/nonexistent/librccl.so.1";
    EXPECT_THAT(reasons(), Each(MatchesRegex("process 1 on '.+': cannot load "
                                             "'/nonexistent/librccl.so.1'.*")));
}

TEST_F(DeviceGroupTest, OneProcessWithoutAGpuIsEnoughForTheHost) {
    links_[2].reset();
    EXPECT_THAT(reasons(), Each(MatchesRegex("process 2 on '.+': it computes on the CPU")));
}

TEST_F(DeviceGroupTest, AGpuThatCannotBeToldFromOthersIsNotUsed) {
    links_[2]->pci_address.clear();
    EXPECT_THAT(reasons(), Each(MatchesRegex("process 2 on '.+': its GPU has no PCI address")));
}

TEST_F(DeviceGroupTest, AnOldLibraryIsNotUsed) {
    links_[0]->library = library("old");
    EXPECT_THAT(reasons(), Each(HasSubstr("is older than 2.14: it has no "
                                          "ncclCommInitRankConfig")));
}

TEST_F(DeviceGroupTest, VersionsThatDifferUseTheHost) {
    links_[1]->library = library("newer");
    EXPECT_THAT(reasons(), Each("process 0 has version 2.21.5 of the library, and process 1 has "
                                "2.27.3"));
}

TEST_F(DeviceGroupTest, TwoProcessesOnOneGpuUseTheHost) {
    links_[2]->pci_address = links_[0]->pci_address;
    EXPECT_THAT(reasons(),
                Each(MatchesRegex("processes 0 and 2 have the same GPU, 0000:01:00.0 of '.+'")));
}

TEST_F(DeviceGroupTest, AFailureOfTheFirstProcessIsKnownToAll) {
    control_library("ncclGetUniqueId return 2\n");
    EXPECT_THAT(reasons(), Each(MatchesRegex("process 0 on '.+': ncclGetUniqueId failed with "
                                             "status 2: unhandled system error")));
}

TEST_F(DeviceGroupTest, AProcessThatCannotConnectSendsAllToTheHost) {
    control_library("ncclCommInitRankConfig@1 return 2\n");
    limit_s_ = 2;
    // Process 0 objects too: it has waited in vain. That is not the cause.
    EXPECT_THAT(reasons(), Each(MatchesRegex("process 1 on '.+': ncclCommInitRankConfig failed "
                                             "with status 2: unhandled system error")));
    EXPECT_TRUE(has_ended("aborted", 0));
}

TEST_F(DeviceGroupTest, ConnectingHasALimit) {
    control_library("ncclCommInitRankConfig@2 never\n");
    limit_s_ = 2;
    EXPECT_THAT(reasons(),
                Each(MatchesRegex("process 2 on '.+': the GPUs did not answer each other "
                                  "in 1 s")));
    EXPECT_TRUE(has_ended("aborted", 2));
}

/// Exchanges until that fails, and then looks for who is missing. Returns both errors.
std::string exchange_until_failure(Group& group, DeviceGroup& devices) {
    while (true) {
        const auto done = carry(devices, group.rank(), 3);
        if (!done) {
            const auto met = group.meet();
            return done.error().message + "; " + (met ? "all are here" : met.error().message);
        }
    }
}

TEST_F(DeviceGroupTest, ACallThatFailsEndsTheExchangeOfAll) {
    control_library("ncclGroupEnd@1 fails 3\n");
    limit_s_ = 10;
    const auto codes = run([this](Group& group, DeviceGroup::Agreement& agreement) {
        keep(exchange_until_failure(group, *agreement.devices), group.rank());
    });
    EXPECT_THAT(codes, Each(0));
    EXPECT_THAT(texts()[1],
                "ncclGroupEnd failed with status 2: unhandled system error; all are "
                "here");
    EXPECT_TRUE(has_ended("aborted", 1));
}

TEST_F(DeviceGroupTest, AnExchangeHasALimit) {
    control_library("ncclGroupEnd@0 never 2\n");
    limit_s_ = 10;
    const auto codes = run([this](Group& group, DeviceGroup::Agreement& agreement) {
        keep(exchange_until_failure(group, *agreement.devices), group.rank());
    });
    EXPECT_THAT(codes, Each(0));
    EXPECT_THAT(texts()[0], "the GPUs did not answer each other in 1 s; all are here");
}

TEST_F(DeviceGroupTest, AStreamThatNeverGetsDoneHasALimit) {
    limit_s_ = 10;
    links_[1]->follow = [] { return [] { return false; }; };
    const auto codes = run([this](Group& group, DeviceGroup::Agreement& agreement) {
        keep(exchange_until_failure(group, *agreement.devices), group.rank());
    });
    EXPECT_THAT(codes, Each(0));
    EXPECT_THAT(texts()[1], HasSubstr("did not answer each other in 1 s"));
}

TEST_F(DeviceGroupTest, AProcessThatDiesIsNamed) {
    limit_s_ = 10;
    const auto codes = run([this](Group& group, DeviceGroup::Agreement& agreement) {
        if (group.rank() == 2) {
            ::kill(::getpid(), SIGKILL);
        }
        keep(exchange_until_failure(group, *agreement.devices), group.rank());
    });
    EXPECT_THAT(codes, ElementsAre(0, 0, -1));
    EXPECT_THAT(texts()[0], HasSubstr("process 2 of 3, on '"));
    EXPECT_THAT(texts()[0], HasSubstr("cannot be reached"));
}

}  // namespace
}  // namespace trilby::group
