// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/check_clock.hpp"

#include <gmock/gmock.h>

namespace trilby::validate {
namespace {

using namespace std::chrono_literals;

TEST(CheckClock, ProgressIsTheElapsedFraction) {
    EXPECT_LT(CheckClock(1h).progress(), 0.5);
    EXPECT_GE(CheckClock(1ns).progress(), 1);
    EXPECT_EQ(CheckClock(2s).budget_seconds(), 2);
}

TEST(CheckClock, LimitsTheRateOfEvents) {
    CheckClock clock(1h);
    EXPECT_TRUE(clock.takes_event());
    EXPECT_FALSE(clock.takes_event());
}

TEST(CheckClock, DoesNotSleepOnceTheTimeHasPassed) {
    const CheckClock clock(1ns);
    clock.sleep_towards(0.5);
    EXPECT_GE(clock.progress(), 1);
}

TEST(CheckClock, SleepsNoLongerThanEventsMayWait) {
    CheckClock clock(100h);
    clock.sleep_towards(1);
    EXPECT_LT(clock.progress(), 0.5);
}

}  // namespace
}  // namespace trilby::validate
