// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The check `collectives` with several devices. Memory of the host stands for theirs, and the
/// library of tests/vendors for NCCL.

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "backends/torch/checking/check_job.hpp"
#include "backends/torch/checking/collective_rounds.hpp"
#include "support/silent_host.hpp"
#include "support/temporary_folder.hpp"
#include "validate/catalog.hpp"

namespace trilby::backends {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using ::testing::ThrowsMessage;
using validate::CheckReport;
using validate::Verdict;

constexpr const char* missing_library = "/nonexistent/libnccl.so.2";

class Collectives : public ::testing::Test {
  protected:
    /// One round, in all sizes for which there is memory.
    CheckReport run(std::int64_t count) {
        const auto table = folder_.write(fmt::format("{}/table", ++runs_), table_);
        ::setenv("TRILBY_FAKE_TABLE", table.c_str(), 1);
        ::setenv("TRILBY_FAKE_FOLDER", table.parent_path().c_str(), 1);
        ::setenv("NCCL_SOCKET_IFNAME", "=lo", 1);
        std::vector<NumberedDevice> devices;
        for (std::int64_t number = 0; number < count; ++number) {
            devices.push_back({number, torch::kCPU});
        }
        const trilby_host host = testing::silent_host();
        const JobContext context(host, {});
        CheckRun run(context, {.seed = 5,
                               .budget = std::chrono::hours(1),
                               .memory_bytes = memory_bytes_,
                               .fault = fault_,
                               .only_round = 0,
                               .devices = devices});
        DeviceTeam team({.devices = devices,
                         .library = library_,
                         .joining_limit = joining_limit_,
                         .limit = limit_});
        check_collectives(run, team);
        return run.finish().value();
    }

    [[nodiscard]] bool has_left_in_peace(std::int64_t place) const {
        return std::filesystem::exists(folder_ / fmt::format("{}/destroyed-{}-0-0", runs_, place));
    }

    trilby::testing::TemporaryFolder folder_;
    std::string table_;  ///< what the fake library does
    std::string library_ = TRILBY_TEST_NCCL;
    std::uint64_t memory_bytes_ = std::uint64_t{4} << 16;
    std::optional<validate::FaultClass> fault_;
    std::chrono::seconds joining_limit_{20};
    std::chrono::seconds limit_{20};

  private:
    int runs_ = 0;
};

void expect_pass_with_speeds(const CheckReport& report) {
    EXPECT_EQ(report.verdict, Verdict::pass) << report.message;
    std::vector<std::string> measured;
    for (const validate::Measurement& measurement : report.measurements) {
        measured.push_back(measurement.name);
        EXPECT_EQ(measurement.unit, "GB/s");
        EXPECT_GT(measurement.value, 0);
    }
    std::vector<std::string> known;
    for (const validate::Quantity* quantity : validate::find_check("collectives")->measures) {
        known.emplace_back(quantity->name);
    }
    EXPECT_EQ(measured, known);
}

void expect_all_covered(const CheckReport& report) {
    for (const char* operation :
         {"all-reduce", "reduce-scatter", "all-gather", "broadcast", "all-to-all"}) {
        for (const char* type : {"int64", "float32", "float16", "bfloat16"}) {
            EXPECT_THAT(report.covered, Contains(fmt::format("{} {}", operation, type)));
        }
    }
}

TEST_F(Collectives, OfTheLibraryAreExactInAllTypes) {
    const CheckReport report = run(3);
    expect_pass_with_speeds(report);
    expect_all_covered(report);
    EXPECT_EQ(report.message,
              "from device to device, with libnccl.so.2, version 2.21.5; speeds of 64 KiB on each "
              "of 3 devices");
    EXPECT_TRUE(has_left_in_peace(0) && has_left_in_peace(2));
}

TEST_F(Collectives, GoThroughTheHostWithoutALibrary) {
    library_ = missing_library;
    for (const std::int64_t devices : {2, 8}) {
        const CheckReport report = run(devices);
        expect_pass_with_speeds(report);
        expect_all_covered(report);
        EXPECT_THAT(report.message,
                    AllOf(StartsWith("through the host: cannot load '/nonexistent/"),
                          HasSubstr(fmt::format("on each of {} devices", devices))));
    }
}

TEST_F(Collectives, AreComparedOnTheDevicesWhereTheyAreLarge) {
    library_ = missing_library;
    memory_bytes_ = std::uint64_t{4} << 20;
    const CheckReport report = run(3);
    expect_pass_with_speeds(report);
    EXPECT_THAT(report.message, HasSubstr("speeds of 1 MiB"));
}

TEST_F(Collectives, HaveAPlotOfTheSpeedBySize) {
    library_ = missing_library;
    const CheckReport report = run(2);
    const auto plot =
        std::ranges::find(report.series, "all-gather by size", &validate::Series::name);
    ASSERT_NE(plot, report.series.end());
    std::vector<double> sizes;
    for (const auto& [bytes, speed] : plot->points) {
        sizes.push_back(bytes);
    }
    EXPECT_THAT(sizes, ::testing::ElementsAre(16, 256, 4096, 65536));
}

TEST_F(Collectives, GoThroughTheHostIfADeviceCannotConnect) {
    table_ = "ncclCommInitRankConfig@1 return 2\n";
    joining_limit_ = std::chrono::seconds(1);
    const CheckReport report = run(3);
    expect_pass_with_speeds(report);
    EXPECT_THAT(report.message,
                StartsWith("through the host: device 1: ncclCommInitRankConfig failed"));
}

TEST_F(Collectives, GoThroughTheHostIfConnectingTakesTooLong) {
    table_ = "ncclCommInitRankConfig@2 never\n";
    joining_limit_ = std::chrono::seconds(1);
    const CheckReport report = run(3);
    expect_pass_with_speeds(report);
    EXPECT_THAT(report.message, AllOf(StartsWith("through the host: device 2: "),
                                      HasSubstr("did not answer each other in 1 s")));
}

TEST_F(Collectives, NoDeviceIsToBlameIfAllWaitedForEachOther) {
    table_ = "ncclCommInitRankConfig never\n";
    joining_limit_ = std::chrono::seconds(1);
    const CheckReport report = run(3);
    expect_pass_with_speeds(report);
    EXPECT_THAT(report.message, StartsWith("through the host: the GPUs "));
}

TEST_F(Collectives, AWrongResultIsFoundWithItsOperationTypeSizeAndDevice) {
    for (const auto& [function, operation] :
         {std::pair("ncclAllReduce", "all-reduce"),
          std::pair("ncclReduceScatter", "reduce-scatter"),
          std::pair("ncclAllGather", "all-gather"), std::pair("ncclBroadcast", "broadcast")}) {
        table_ = fmt::format("{}@1 rubbish\n", function);
        const CheckReport report = run(3);
        EXPECT_EQ(report.verdict, Verdict::fail) << function;
        ASSERT_FALSE(report.mismatches.empty());
        EXPECT_THAT(
            report.mismatches.front().where,
            AllOf(StartsWith(fmt::format("{} int64, 16 B", operation)), HasSubstr(", device 1 [")));
        EXPECT_THAT(report.message, HasSubstr("with libnccl.so.2"));
    }
}

TEST_F(Collectives, AWrongBitThatADeviceReceivesIsFound) {
    table_ = "ncclRecv@2 rubbish\n";
    EXPECT_EQ(run(3).verdict, Verdict::fail);
}

TEST_F(Collectives, AFaultInOneResultIsFoundOnBothWays) {
    fault_ = validate::FaultClass::bit_flip;
    for (const std::string library : {TRILBY_TEST_NCCL, missing_library}) {
        library_ = library;
        const CheckReport report = run(3);
        EXPECT_EQ(report.faults_injected, 1U);
        EXPECT_EQ(report.verdict, Verdict::fail);
    }
}

TEST_F(Collectives, AFailureOfTheLibraryIsThatOfADevice) {
    table_ = "ncclAllReduce@1 return 2\n";
    limit_ = std::chrono::seconds(2);
    EXPECT_THAT([&] { (void)run(3); },
                ThrowsMessage<std::runtime_error>(
                    AllOf(StartsWith("all-reduce int64, 16 B"),
                          HasSubstr("device 1: ncclAllReduce failed with status 2"))));
}

TEST_F(Collectives, AnOperationHasALimit) {
    table_ = "ncclGroupEnd@2 never 6\n";
    limit_ = std::chrono::seconds(2);
    EXPECT_THAT([&] { (void)run(3); }, ThrowsMessage<std::runtime_error>(
                                           AllOf(StartsWith("reduce-scatter float32, 16 B"),
                                                 HasSubstr("did not answer each other in 2 s"))));
}

/// The answer to a request for these devices, of a backend that has three.
Result<json::object> ask_for(json::array numbers) {
    const std::vector<Device> three(3);
    const trilby_host host = testing::silent_host();
    return check_job(JobContext(host, three), torch::kCPU,
                     {{"check", "collectives"},
                      {"device", 0},
                      {"threads", 1},
                      {"seed", 5},
                      {"seconds", 0.1},
                      {"memory_bytes", 1 << 16},
                      {"devices", std::move(numbers)}});
}

TEST(CollectivesJob, RefusesADeviceThatDoesNotExist) {
    for (const int number : {3, -1}) {
        const auto answer = ask_for({0, 1, number});
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().message,
                  fmt::format("device {} does not exist; the backend has 3", number));
    }
}

TEST(CollectivesJob, DoesNotApplyToOneDevice) {
    const auto answer = ask_for({0});
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->at("skip_reason"), "not-applicable");
}

TEST(CollectivesJob, PassesOnTheDevicesThatItIsGiven) {
    const auto answer = ask_for({0, 2});
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->at("verdict"), "pass");
    EXPECT_THAT(std::string(answer->at("message").get_string()), HasSubstr("on each of 2 devices"));
}

}  // namespace
}  // namespace trilby::backends
