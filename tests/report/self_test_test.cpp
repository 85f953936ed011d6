// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What a self-test reports.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/validation.hpp"

namespace trilby::report {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

/// A failure although no fault was injected.
validate::CheckResult false_alarm() {
    validate::CheckResult result{.planned = {validate::find_check("memory"), 1, 7}};
    result.report.verdict = validate::Verdict::fail;
    result.report.message = "1 of 9 values is wrong";
    result.replay = "trilby validate --check memory --seed 7 --level 1 --device 0 --backend cpu";
    return result;
}

TEST(SelfTestReport, TextShowsMissedFaultsAndTheirChecks) {
    validate::SelfTest test;
    test.cells = {{validate::FaultClass::tile, validate::find_check("matmul"), 4, 3}};
    test.clean_runs = 9;
    const std::string text = to_text(test, {.columns = 100});
    EXPECT_THAT(text, HasSubstr("missed by matmul 1 of 4"));
    EXPECT_THAT(text, HasSubstr("false alarms: 0 in 9 clean runs"));
}

TEST(SelfTestReport, TextShowsFalseAlarms) {
    validate::SelfTest test;
    test.clean_runs = 9;
    test.false_alarms = {false_alarm()};
    const std::string text = to_text(test, {.columns = 100});
    EXPECT_THAT(text, HasSubstr("false alarms: 1 in 9 clean runs"));
    EXPECT_THAT(text, HasSubstr(false_alarm().replay));
    validate::SelfTestRun run;
    run.result = test;
    const json::object document = to_json(run);
    EXPECT_EQ(document.at("false_alarms"), 1);
    EXPECT_EQ(document.at("alarms").at(0).at("replay"), json::value(false_alarm().replay));
}

/// Two levels, one missed fault, one false alarm.
validate::SelfTestRun self_test_run() {
    validate::SelfTestRun run{.program_version = "1.2",
                              .subject = {.backend = "cpu", .device_name = "made"},
                              .machine = {},
                              .started = "2026-05-01T12:00:00Z",
                              .seconds = 61,
                              .levels = {1, 2},
                              .settings = {.trials = 4, .seed = 7},
                              .result = {}};
    const validate::CheckInfo* matmul = validate::find_check("matmul");
    run.result.cells = {{validate::FaultClass::tile, matmul, 4, 3, 1, {1.5, 2, 4}},
                        {validate::FaultClass::tile, matmul, 4, 4, 2, {1, 1, 1, 3}}};
    run.result.clean_runs = 9;
    run.result.false_alarms = {false_alarm()};
    return run;
}

TEST(SelfTestReport, TextHasRatesAndTimesOfEachLevel) {
    const std::string text = to_text(self_test_run().result, {.columns = 200});
    EXPECT_THAT(text, HasSubstr("level 1: 75.00 % (30.06 to 95.44 %) of 4 injected; 2.0 s, 95 % "
                                "within 4.0 s; missed by matmul 1 of 4"));
    EXPECT_THAT(text, HasSubstr("level 2: 100.00 %"));
    EXPECT_THAT(text, ContainsRegex("crash +not injected"));
}

TEST(SelfTestReport, JsonHasEachFaultAtEachLevel) {
    const json::object document = to_json(self_test_run());
    EXPECT_EQ(document.at("levels"), (json::value{1, 2}));
    const json::array& faults = document.at("faults").as_array();
    ASSERT_EQ(faults.size(), 2U);
    EXPECT_EQ(faults[0].at("level"), 1);
    EXPECT_EQ(faults[0].at("rate").at("value"), 0.75);
    EXPECT_EQ(faults[0].at("median_seconds"), 2.0);
    EXPECT_EQ(faults[1].at("seconds_of_95_percent"), 3.0);
    EXPECT_EQ(document.at("cells").at(1).at("detected"), 4);
    EXPECT_FALSE(document.at("untested").as_array().empty());
}

// An unrelated failure must not pass for a detection.
TEST(SelfTestReport, TrialsThatEndedOtherwiseAreNamed) {
    validate::SelfTestRun run = self_test_run();
    validate::CheckResult end{.planned = {validate::find_check("matmul"), 1, 9}};
    end.report.verdict = validate::Verdict::out_of_memory;
    end.report.message = "no room";
    run.result.cells[0].others = {end};
    const std::string text = to_text(run.result, {.columns = 200});
    EXPECT_THAT(text, HasSubstr("other ends: 1 trial ended for another reason than the fault"));
    EXPECT_THAT(text, HasSubstr("tile at level 1: out-of-memory: no room"));
    EXPECT_THAT(std::string(to_summary(run)), HasSubstr("tile at level 1: out-of-memory: no room"));
    EXPECT_THAT(to_html(run), HasSubstr("tile at level 1: out-of-memory: no room"));
    const json::object document = to_json(run);
    EXPECT_EQ(document.at("cells").at(0).at("other_ends").at(0).at("verdict"), "out-of-memory");
    EXPECT_EQ(document.at("cells").at(1).at("other_ends").as_array().size(), 0U);
}

// Nothing detected has no time, which is not a time of 0.
TEST(SelfTestReport, AMissedFaultHasNoTime) {
    validate::SelfTestRun run;
    run.result.cells = {{validate::FaultClass::tile, validate::find_check("matmul"), 2, 0}};
    const json::object document = to_json(run);
    EXPECT_TRUE(document.at("faults").at(0).at("median_seconds").is_null());
    EXPECT_THAT(std::string(to_text(run.result, {.columns = 100})), Not(HasSubstr("within")));
}

TEST(SelfTestReport, ThePagesHaveWhatAVendorPrints) {
    const std::string summary = to_summary(self_test_run());
    const std::string html = to_html(self_test_run());
    for (const std::string& page : {summary, html}) {
        EXPECT_THAT(page, HasSubstr(self_test_run().subject.device_name));
        EXPECT_THAT(page, HasSubstr("4 trials per fault and check, seed 7"));
        EXPECT_THAT(page, HasSubstr("a run of values is garbage, once"));
        EXPECT_THAT(page, HasSubstr("30.06 to 95.44 %"));
        EXPECT_THAT(page, HasSubstr("1 in 9 runs without a fault"));
        EXPECT_THAT(page, HasSubstr("fault crash"));
        EXPECT_THAT(page, HasSubstr("check chains"));
    }
    EXPECT_THAT(summary, HasSubstr("signature"));
    EXPECT_THAT(summary, HasSubstr("SHA-256 of the JSON document:"));
}

TEST(SelfTestReport, AStoppedSelfTestSaysSo) {
    validate::SelfTestRun run = self_test_run();
    run.result.was_stopped = true;
    EXPECT_THAT(std::string(to_summary(run)), HasSubstr("stopped before its end"));
    EXPECT_THAT(to_html(run), HasSubstr("stopped before its end"));
}

}  // namespace
}  // namespace trilby::report
