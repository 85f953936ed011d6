// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/self_test.hpp"

#include <gmock/gmock.h>
#include <string>
#include <vector>

namespace trilby::validate {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Not;

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

TEST(SelfTest, CountsEachFaultAtEachLevelOverAllChecks) {
    const CheckInfo* chains = find_check("chains");
    SelfTest test;
    test.cells = {{FaultClass::tile, matmul(), 4, 3, 2, {1, 2, 9}},
                  {FaultClass::bit_flip, matmul(), 5, 5, 1, {1, 1, 1, 1, 1}},
                  {FaultClass::tile, chains, 2, 2, 2, {3, 4}},
                  {FaultClass::tile, chains, 1, 0, 1}};
    const auto found = test.by_fault_and_level();
    ASSERT_EQ(found.size(), 3U);
    EXPECT_EQ(found[0].fault, FaultClass::bit_flip);
    EXPECT_EQ(found[1].fault, FaultClass::tile);
    EXPECT_EQ(found[1].level, 1);
    EXPECT_EQ(found[1].detected, 0U);
    EXPECT_EQ(found[2].level, 2);
    EXPECT_EQ(found[2].injected, 6U);
    EXPECT_EQ(found[2].detected, 5U);
    EXPECT_DOUBLE_EQ(found[2].rate().value, 5.0 / 6);
    EXPECT_EQ(found[2].median_seconds(), 3);
    EXPECT_EQ(found[2].most_seconds(), 9);
    EXPECT_EQ(test.injected(), 12U);
    EXPECT_EQ(test.detected(), 10U);
}

std::vector<std::string> names_of(const std::vector<Untested>& untested) {
    std::vector<std::string> names;
    for (const Untested& one : untested) {
        names.push_back(one.what);
    }
    return names;
}

// What was not tried must not pass for detected.
TEST(SelfTest, ListsFaultsAndChecksThatItDidNotTry) {
    SelfTest test;
    test.cells = {{FaultClass::bit_flip, matmul(), 10, 9}, {FaultClass::tile, matmul(), 0, 0}};
    const auto found = untested(test);
    EXPECT_THAT(names_of(found),
                AllOf(Contains("fault tile"), Contains("fault crash"), Contains("check chains"),
                      Not(Contains("fault bit-flip")), Not(Contains("check matmul")),
                      Not(Contains("check health"))));
    for (const Untested& one : found) {
        EXPECT_EQ(one.reason.starts_with("it changed nothing"), one.what == "fault tile")
            << one.what;
    }
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

// Only results of a certain CPU can be wrong on one CPU alone.
TEST(Applies, InjectsFaultsOfOneCoreOnlyWhereCoresComputeOneByOne) {
    for (const CheckInfo& check : known_checks()) {
        EXPECT_EQ(applies(FaultClass::one_core, {&check, 5}), check.name == "cores") << check.name;
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
