// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/self_test.hpp"

#include <gmock/gmock.h>
#include <string>
#include <vector>

#include "validate/made_devices.hpp"

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

/// A device that ends every check in the same way, whatever fault is to be injected.
class SelfTestOfDevice : public trilby::testing::MadeDevices {
  protected:
    static SelfTestCell run(const char* what_happens, FaultClass fault) {
        SelfTestLevel level{.plan = {{matmul(), 0.1, 1}}, .options = devices(1, what_happens)[0]};
        level.options.silence_limit = std::chrono::seconds(1);
        return run(level, fault);
    }
    static SelfTestCell run(const SelfTestLevel& level, FaultClass fault) {
        const SelfTest test = self_test({level}, {.trials = 1, .seed = 7, .faults = {fault}},
                                        [](const SelfTestCell&) {});
        EXPECT_EQ(test.cells.size(), 1U);
        return test.cells.at(0);
    }
};

void expect_other_end(const SelfTestCell& cell, Verdict verdict) {
    EXPECT_EQ(cell.injected, 0U);
    EXPECT_EQ(cell.detected, 0U);
    ASSERT_EQ(cell.others.size(), 1U);
    EXPECT_EQ(verdict_name(cell.others[0].report.verdict), verdict_name(verdict));
}

TEST_F(SelfTestOfDevice, AFailureThatIsNotOfTheFaultIsNotADetection) {
    expect_other_end(run("0:crash:matmul", FaultClass::bit_flip), Verdict::crash);
    expect_other_end(run("0:hang:matmul", FaultClass::crash), Verdict::time_out);
    // No fault was injected, so that this is a false alarm.
    expect_other_end(run("0:wrong:matmul", FaultClass::bit_flip), Verdict::fail);
    expect_other_end(run("0:wrong:matmul", FaultClass::hang), Verdict::fail);
}

TEST_F(SelfTestOfDevice, AWorkerThatDoesNotStartDetectsNothing) {
    SelfTestLevel level{.plan = {{matmul(), 0.1, 1}}, .options = devices(1)[0]};
    level.options.backend_module = "/nowhere/trilby-backend-cpu.so";
    expect_other_end(run(level, FaultClass::lost_device), Verdict::error);
}

TEST_F(SelfTestOfDevice, AFaultThatEndsTheProcessIsDetectedByItsEnd) {
    for (const auto& [what, fault] : {std::pair{"0:crash:matmul", FaultClass::crash},
                                      std::pair{"0:hang:matmul", FaultClass::hang}}) {
        const SelfTestCell cell = run(what, fault);
        EXPECT_EQ(cell.injected, 1U) << what;
        EXPECT_EQ(cell.detected, 1U) << what;
        EXPECT_TRUE(cell.others.empty()) << what;
    }
}

TEST_F(SelfTestOfDevice, AFaultThatWasNotInjectedIsNeitherMissedNorDetected) {
    const SelfTestCell cell = run("", FaultClass::bit_flip);
    EXPECT_EQ(cell.injected, 0U);
    EXPECT_TRUE(cell.others.empty());
}

TEST(SelfTest, WithoutInjectedFaultsThereIsNoRate) {
    EXPECT_EQ(SelfTest().injected(), 0);
}

}  // namespace
}  // namespace trilby::validate
