// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/self_test.hpp"

#include <gtest/gtest.h>

namespace trilby::validate {
namespace {

const CheckInfo* matmul() {
    return find_check("matmul");
}

TEST(SelfTest, CountsOnlyInjectedFaults) {
    SelfTest test;
    test.cells = {{FaultClass::bit_flip, matmul(), 10, 9}, {FaultClass::tile, matmul(), 0, 0}};
    EXPECT_DOUBLE_EQ(test.detection_rate().value, 0.9);
    EXPECT_DOUBLE_EQ(test.detection_rate(FaultClass::bit_flip).value, 0.9);
    EXPECT_DOUBLE_EQ(test.detection_rate(FaultClass::tile).high, 1);  // nothing is known
}

TEST(SelfTest, FalseAlarmsComeFromCleanRuns) {
    SelfTest test;
    test.clean_runs = 100;
    test.false_alarms.resize(1);
    EXPECT_DOUBLE_EQ(test.false_alarm_rate().value, 0.01);
}

// A fault that no such check can detect must not count as missed; all others must count.
TEST(Applies, LeavesOutOnlyFaultsThatACheckCannotDetect) {
    EXPECT_TRUE(applies(FaultClass::slow_clock, {find_check("compute"), 5}));
    EXPECT_FALSE(applies(FaultClass::slow_clock, {matmul(), 5}));
    EXPECT_FALSE(applies(FaultClass::wrong_rounding, {find_check("memory"), 5}));
    EXPECT_FALSE(applies(FaultClass::stuck_bit, {find_check("determinism"), 5}));
    for (const CheckInfo& check : known_checks()) {
        EXPECT_EQ(applies(FaultClass::bit_flip, {&check, 5}), check.workers > 0) << check.name;
        EXPECT_EQ(applies(FaultClass::crash, {&check, 5}), check.workers > 0) << check.name;
    }
}

TEST(Applies, LeavesOutSpeedsThatAreMeasuredTooBriefly) {
    EXPECT_FALSE(applies(FaultClass::slow_clock, {find_check("compute"), 0.5}));
    EXPECT_FALSE(applies(FaultClass::slow_memory, {find_check("bandwidth"), 0.5}));
    EXPECT_FALSE(applies(FaultClass::narrow_link, {find_check("transfers"), 0.5}));
    EXPECT_TRUE(applies(FaultClass::bit_flip, {find_check("compute"), 0.5}));
}

TEST(SelfTest, WithoutInjectedFaultsThereIsNoRate) {
    EXPECT_EQ(SelfTest().injected(), 0);
}

}  // namespace
}  // namespace trilby::validate
