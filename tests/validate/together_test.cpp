// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/together.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <mutex>
#include <thread>

#include "validate/made_devices.hpp"

namespace trilby::validate {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

class Together : public trilby::testing::MadeDevices {
  protected:
    static std::vector<PlannedCheck> plan(std::initializer_list<std::string_view> checks) {
        std::vector<PlannedCheck> out;
        for (const std::string_view check : checks) {
            out.push_back({.check = find_check(check), .seconds = 0.1, .seed = 7});
        }
        return out;
    }

    static std::vector<Verdict> verdicts_of(const std::vector<CheckResult>& results) {
        std::vector<Verdict> out;
        for (const CheckResult& result : results) {
            out.push_back(result.report.verdict);
        }
        return out;
    }
};

TEST_F(Together, EveryDeviceHasItsOwnResults) {
    const auto results = run_together(plan({"matmul", "compute"}), devices(3, "1:wrong:matmul"));
    ASSERT_EQ(results.size(), 3U);
    EXPECT_THAT(verdicts_of(results[0]), ElementsAre(Verdict::pass, Verdict::pass));
    EXPECT_THAT(verdicts_of(results[1]), ElementsAre(Verdict::fail, Verdict::pass));
    EXPECT_THAT(verdicts_of(results[2]), ElementsAre(Verdict::pass, Verdict::pass));
    EXPECT_EQ(results[2][1].report.measurements.at(0).value, 1020);
}

TEST_F(Together, AFailureIsFollowedUp) {
    const auto results = run_together(plan({"matmul"}), devices(2, "1:crash:matmul"));
    EXPECT_EQ(results[0][0].report.verdict, Verdict::pass);
    EXPECT_EQ(results[1][0].report.verdict, Verdict::crash);
    EXPECT_EQ(results[1][0].persistence, Persistence::permanent);
    EXPECT_THAT(results[1][0].replay, HasSubstr("--device 1"));
}

TEST_F(Together, ADeviceThatHangsTwiceIsLeftOut) {
    const auto results = run_together(plan({"matmul", "attention", "compute", "memory"}),
                                      devices(2, "0:hang:matmul,0:hang:attention,0:hang:compute"));
    EXPECT_THAT(verdicts_of(results[0]), ElementsAre(Verdict::time_out, Verdict::time_out,
                                                     Verdict::not_run, Verdict::not_run));
    EXPECT_THAT(results[0][3].report.message, HasSubstr("did not answer in 2 checks"));
    EXPECT_THAT(verdicts_of(results[1]), Each(Verdict::pass));
}

TEST_F(Together, AWorkerThatDoesNotStartDoesNotStopTheOthers) {
    auto all = devices(2);
    all[0].worker_program = "/nowhere/trilby-worker";
    const auto results = run_together(plan({"matmul", "compute"}), all);
    EXPECT_THAT(verdicts_of(results[0]), Each(Verdict::error));
    EXPECT_THAT(verdicts_of(results[1]), Each(Verdict::pass));
}

TEST_F(Together, NoDeviceBeginsACheckBeforeAllHaveEndedTheLast) {
    constexpr std::string_view first = state_checks::health;
    constexpr std::string_view second = state_checks::inventory;
    std::mutex mutex;
    std::vector<std::string_view> ended;
    auto all = devices(3);
    for (RunOptions& options : all) {
        const auto check = [&, device = options.device](const PlannedCheck& planned) {
            std::this_thread::sleep_for(50ms * device);
            const std::lock_guard lock(mutex);
            ended.push_back(planned.check->name);
            return CheckResult{.planned = planned};
        };
        options.state_checks[first] = check;
        options.state_checks[second] = check;
    }
    std::ignore = run_together(plan({first, second}), all);
    EXPECT_THAT(ended, ElementsAre(first, first, first, second, second, second));
}

TEST_F(Together, TheBackendListsItsDevices) {
    const auto listed = list_devices(devices(5)[0]);
    ASSERT_TRUE(listed) << listed.error().error.message;
    ASSERT_EQ(listed->size(), 5U);
    EXPECT_EQ(listed->back().device, 4);
    EXPECT_EQ(listed->back().device_name, "made device");
}

}  // namespace
}  // namespace trilby::validate
