// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/self_test.hpp"

#include <gtest/gtest.h>

namespace trilby::validate {
namespace {

const CheckInfo* matmul() {
    return find_check("matmul");
}

TEST(SelfTest, CountsOnlyWhatWasInjected) {
    SelfTest test;
    test.cells = {{FaultClass::bit_flip, matmul(), 10, 9}, {FaultClass::tile, matmul(), 0, 0}};
    EXPECT_DOUBLE_EQ(test.detection_rate().value, 0.9);
    EXPECT_DOUBLE_EQ(test.detection_rate(FaultClass::bit_flip).value, 0.9);
    EXPECT_DOUBLE_EQ(test.detection_rate(FaultClass::tile).high, 1);  // nothing is known
}

TEST(SelfTest, FalseAlarmsAreOfCleanRuns) {
    SelfTest test;
    test.clean_runs = 100;
    test.false_alarms = 1;
    EXPECT_DOUBLE_EQ(test.false_alarm_rate().value, 0.01);
}

// What no such check can see must not count as missed; nor may anything else be left out.
TEST(Applies, LeavesOutOnlyWhatACheckCannotMeet) {
    EXPECT_TRUE(applies(FaultClass::slow_clock, *find_check("compute")));
    EXPECT_FALSE(applies(FaultClass::slow_clock, *matmul()));
    EXPECT_FALSE(applies(FaultClass::wrong_rounding, *find_check("memory")));
    EXPECT_FALSE(applies(FaultClass::stuck_bit, *find_check("determinism")));
    for (const CheckInfo& check : known_checks()) {
        EXPECT_EQ(applies(FaultClass::bit_flip, check), check.workers > 0) << check.name;
        EXPECT_EQ(applies(FaultClass::crash, check), check.workers > 0) << check.name;
    }
}

}  // namespace
}  // namespace trilby::validate
