// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What a check reports about the telemetry that was read while it ran.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <thread>

#include "validate/telemetry.hpp"

namespace trilby::validate {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using namespace std::chrono_literals;

CheckReport passed() {
    CheckReport report;
    report.verdict = Verdict::pass;
    report.values_compared = 1;
    return report;
}

/// Ends the log as a check that came to its end does.
void finish(TelemetryLog& log, CheckReport& report) {
    log.add_to(report);
    log.judge(report);
}

TEST(TelemetryLog, ErrorsDuringTheCheckAreAFailure) {
    std::uint64_t errors = 4;
    TelemetryLog log([&] { return Reading{.errors = {{"machine checks, fatal", errors++}}}; });
    CheckReport report = passed();
    finish(log, report);
    EXPECT_EQ(report.verdict, Verdict::fail);
    EXPECT_EQ(report.message, "machine checks, fatal: found 5, expected 4, as before the check");
}

TEST(TelemetryLog, AFewCorrectedErrorsAreReportedAndNotAFailure) {
    for (const char* counter : {"memory errors, corrected", "card errors, corrected",
                                "RAS umc, corrected", "PCIe BadTLP, corrected"}) {
        Reading reading{.errors = {{counter, 4}}};
        TelemetryLog log([&] { return reading; });
        reading.errors[counter] = 12;
        CheckReport report = passed();
        finish(log, report);
        EXPECT_EQ(report.verdict, Verdict::pass) << counter;
        EXPECT_EQ(log.errors().size(), 1U) << counter;
    }
}

TEST(TelemetryLog, ManyCorrectedErrorsAreAFailure) {
    Reading reading{.errors = {{"card errors, corrected", 4}}};
    TelemetryLog log([&] { return reading; });
    reading.errors["card errors, corrected"] = 13;
    CheckReport report = passed();
    finish(log, report);
    EXPECT_EQ(report.verdict, Verdict::fail);
    EXPECT_EQ(report.message,
              "card errors, corrected: found 13, expected at most 12: 4 before the check, and 8 a "
              "minute");
}

TEST(TelemetryLog, ErrorsAreRememberedIfTheirCounterDisappears) {
    Reading reading{.errors = {{"card errors, corrected", 1}}};
    TelemetryLog log([&] { return reading; });
    reading.errors = {{"card errors, corrected", 1}, {"Xid 79", 1}};
    log.sample();
    reading = {.problem = "the worker was killed"};
    CheckReport report = passed();
    finish(log, report);
    EXPECT_EQ(report.verdict, Verdict::fail);
    EXPECT_EQ(report.message, "Xid 79: found 1, expected 0, as before the check");
    EXPECT_THAT(report.lacking, ElementsAre(HasSubstr("the worker was killed")));
}

TEST(TelemetryLog, ErrorsHaveAMeaningAndARemedy) {
    Reading reading{.errors = {{"RAS umc, not corrected", 1}, {"RAS gfx, corrected", 2}}};
    TelemetryLog log([&] { return reading; });
    reading.errors["RAS umc, not corrected"] = 3;
    CheckReport report = passed();
    finish(log, report);
    const std::vector<ErrorEvent> errors = log.errors();
    ASSERT_EQ(errors.size(), 1U);
    EXPECT_EQ(errors[0].counter, "RAS umc, not corrected");
    EXPECT_EQ(errors[0].before, 1U);
    EXPECT_EQ(errors[0].count, 3U);
    EXPECT_EQ(errors[0].origin, "hardware");
    EXPECT_THAT(errors[0].meaning, HasSubstr("memory"));
    EXPECT_THAT(errors[0].remedy, HasSubstr("reset"));
}

TEST(TelemetryLog, AnXidOfAProgramIsReportedAndNotAFailure) {
    Reading reading;
    TelemetryLog log([&] { return reading; });
    reading.errors = {{"Xid 31", 1}};
    CheckReport report = passed();
    finish(log, report);
    EXPECT_EQ(report.verdict, Verdict::pass);
    ASSERT_EQ(log.errors().size(), 1U);
    EXPECT_EQ(log.errors()[0].origin, "program");
}

TEST(TelemetryLog, ACounterThatWasUnknownBeforeIsComparedWithItsFirstCount) {
    Reading reading{.unknown = {{"card errors", "denied"}}};
    TelemetryLog log([&] { return reading; });
    reading.errors = {{"RAS umc, not corrected", 7}};
    log.sample();
    CheckReport report = passed();
    finish(log, report);
    EXPECT_EQ(report.verdict, Verdict::pass);
    reading.errors = {{"RAS umc, not corrected", 8}};
    finish(log, report);
    EXPECT_EQ(report.verdict, Verdict::fail);
}

TEST(TelemetryLog, ACounterThatWasResetIsNotAFailure) {
    Reading reading{.errors = {{"RAS umc, corrected", 7}}, .times_throttled = 9};
    TelemetryLog log([&] { return reading; });
    reading = {.errors = {{"RAS umc, corrected", 0}}, .times_throttled = 0};
    CheckReport report = passed();
    finish(log, report);
    EXPECT_EQ(report.verdict, Verdict::pass);
    EXPECT_THAT(log.errors(), IsEmpty());
    EXPECT_EQ(report.telemetry.at(0).value, 0);
}

TEST(EarlierErrors, AreTheCountersThatAreNotZero) {
    const auto errors = earlier_errors(
        {.errors = {{"Xid 79", 0}, {"memory errors, corrected", 2}, {"something else", 1}}});
    ASSERT_EQ(errors.size(), 2U);
    EXPECT_EQ(errors[0].counter, "memory errors, corrected");
    EXPECT_THAT(errors[0].remedy, HasSubstr("memory module"));
    EXPECT_EQ(errors[1].counter, "something else");
    EXPECT_EQ(errors[1].meaning, "");
}

TEST(TelemetryLog, EarlierErrorsAreNotAFailure) {
    TelemetryLog log([] { return Reading{.errors = {{"memory errors, corrected", 4}}}; });
    CheckReport report = passed();
    finish(log, report);
    EXPECT_EQ(report.verdict, Verdict::pass);
}

TEST(TelemetryLog, OccasionalLinkReplaysAreNotAFailure) {
    std::uint64_t replays = 100;
    TelemetryLog log([&] { return Reading{.link_replays = replays}; });
    CheckReport report = passed();
    replays = 108;
    finish(log, report);
    EXPECT_EQ(report.verdict, Verdict::pass);
    replays = 109;
    finish(log, report);
    EXPECT_EQ(report.verdict, Verdict::fail);
    EXPECT_EQ(
        report.message,
        "link replays: found 109, expected at most 108: 100 before the check, and 8 a minute");
    ASSERT_EQ(log.errors().size(), 1U);
    EXPECT_EQ(log.errors()[0].counter, "link replays");
    EXPECT_THAT(log.errors()[0].remedy, HasSubstr("seat"));
}

TEST(TelemetryLog, ThrottlingIsReportedAndNotJudged) {
    std::set<std::string> reasons;
    TelemetryLog log([&] { return Reading{.throttle_reasons = reasons}; });
    log.sample();
    reasons = {"heat"};
    CheckReport report = passed();
    finish(log, report);
    EXPECT_EQ(report.verdict, Verdict::pass);
    ASSERT_EQ(report.telemetry.size(), 1U);
    EXPECT_EQ(report.telemetry[0].name, "slowed by heat");
    EXPECT_EQ(report.telemetry[0].value, 50);
    EXPECT_THAT(report.telemetry[0].basis, Not(HasSubstr("stuck")));
}

TEST(TelemetryLog, AReasonFromBeforeAnyLoadIsSaidToBePerhapsStuck) {
    TelemetryLog log(
        [] {
            return Reading{.throttle_reasons = {{"PROCHOT", "heat"}}};
        },
        {"PROCHOT"});
    CheckReport report = passed();
    finish(log, report);
    EXPECT_EQ(report.verdict, Verdict::pass);
    ASSERT_EQ(report.telemetry.size(), 2U);
    EXPECT_EQ(report.telemetry[0].name, "slowed by PROCHOT");
    EXPECT_THAT(report.telemetry[0].basis, HasSubstr("even before any load, so perhaps stuck"));
    EXPECT_EQ(report.telemetry[1].name, "slowed by heat");
    EXPECT_THAT(report.telemetry[1].basis, Not(HasSubstr("stuck")));
}

TEST(TelemetryLog, CountsOfTheFirmwareBecomeAShareOfTheTime) {
    Reading reading{.throttle_counts = {{"PROCHOT", 50}, {"power cap", 100}},
                    .throttle_looks = 1000};
    TelemetryLog log([&] { return reading; });
    reading.throttle_counts["power cap"] = 350;
    reading.throttle_looks = 2000;
    CheckReport report = passed();
    finish(log, report);
    ASSERT_EQ(report.telemetry.size(), 1U);
    EXPECT_EQ(report.telemetry[0].name, "slowed by power cap");
    EXPECT_EQ(report.telemetry[0].value, 25);
    EXPECT_EQ(report.telemetry[0].unit, "% of time");
}

TEST(TelemetryLog, CountsWithoutATotalAreTimes) {
    Reading reading{.throttle_counts = {{"power cap", 100}}};
    TelemetryLog log([&] { return reading; });
    reading.throttle_counts["power cap"] = 130;
    CheckReport report = passed();
    finish(log, report);
    ASSERT_EQ(report.telemetry.size(), 1U);
    EXPECT_EQ(report.telemetry[0].value, 30);
    EXPECT_EQ(report.telemetry[0].unit, "times");
}

TEST(TelemetryLog, NoReasonForThrottlingDiffersFromUnknownReasons) {
    Reading reading;
    TelemetryLog unknown([&] { return reading; });
    CheckReport without = passed();
    unknown.add_to(without);
    EXPECT_THAT(without.telemetry, IsEmpty());

    reading.throttle_reasons.emplace();
    TelemetryLog known([&] { return reading; });
    CheckReport with = passed();
    known.add_to(with);
    ASSERT_EQ(with.telemetry.size(), 1U);
    EXPECT_EQ(with.telemetry[0].name, "slowed down");
    EXPECT_EQ(with.telemetry[0].value, 0);
    EXPECT_EQ(with.telemetry[0].basis, "no reason reported by the driver in 1 of 1 samples");
}

TEST(TelemetryLog, CountsThatStandStillAreNoReason) {
    TelemetryLog log([&] { return Reading{.throttle_counts = {{"power cap", 100}}}; });
    CheckReport report = passed();
    finish(log, report);
    ASSERT_EQ(report.telemetry.size(), 1U);
    EXPECT_EQ(report.telemetry[0].name, "slowed down");
    EXPECT_EQ(report.telemetry[0].basis, "the firmware counted no reason");
}

TEST(TelemetryLog, SamplesThatDoNotKnowTheReasonsAreNotWithoutOne) {
    Reading reading;
    TelemetryLog log([&] { return reading; });
    log.sample();
    reading.throttle_reasons = {{"heat"}};
    CheckReport report = passed();
    finish(log, report);
    ASSERT_EQ(report.telemetry.size(), 1U);
    EXPECT_EQ(report.telemetry[0].value, 100);
}

/// A log after `count` samples, as fast as it takes them.
void sample_often(TelemetryLog& log, int count) {
    for (int i = 0; i < count; ++i) {
        log.sample();
        std::this_thread::sleep_for(210ms);
    }
}

TEST(TelemetryLog, TheCourseOfEachReasonIsPlotted) {
    Reading reading{.throttle_reasons = std::set<std::string>{},
                    .throttle_counts = {{"PROCHOT", 7}}};
    TelemetryLog log([&] { return reading; });
    sample_often(log, 6);
    reading.throttle_reasons = {{"heat"}};
    reading.throttle_counts["PROCHOT"] = 9;
    sample_often(log, 4);
    reading.throttle_reasons = std::nullopt;
    CheckReport report = passed();
    finish(log, report);
    ASSERT_EQ(report.series.size(), 2U);
    EXPECT_EQ(report.series[0].name, "slowed by heat");
    ASSERT_EQ(report.series[0].points.size(), 10U);  // without the last sample
    EXPECT_EQ(report.series[0].points[5].second, 0);
    EXPECT_EQ(report.series[0].points[6].second, 1);
    EXPECT_EQ(report.series[1].name, "slowed by PROCHOT");
    ASSERT_EQ(report.series[1].points.size(), 10U);
    EXPECT_EQ(report.series[1].points[4].second, 0);
    EXPECT_EQ(report.series[1].points[5].second, 2);
}

TEST(TelemetryLog, ReportsTheEnergyOfACheckAndOfItsWork) {
    double joules = 100;
    TelemetryLog log([&] { return Reading{.energy = {{"card", {.joules = joules}}}}; });
    log.sample();  // the work begins here
    joules = 400;
    std::this_thread::sleep_for(1010ms);
    CheckReport report = passed();
    report.work = {"TFLOP", 1.5};
    finish(log, report);
    ASSERT_EQ(report.telemetry.size(), 2U);
    EXPECT_EQ(report.telemetry[0].name, "energy");
    EXPECT_EQ(report.telemetry[0].unit, "J");
    EXPECT_EQ(report.telemetry[0].value, 300);
    EXPECT_EQ(report.telemetry[1].name, "energy per TFLOP");
    EXPECT_EQ(report.telemetry[1].unit, "J/TFLOP");
    EXPECT_EQ(report.telemetry[1].value, 200);
    EXPECT_THAT(report.lacking, IsEmpty());
}

TEST(TelemetryLog, AnAmountOfWorkThatIsNotOneHasNoEnergy) {
    double joules = 100;
    TelemetryLog log([&] { return Reading{.energy = {{"card", {.joules = joules}}}}; });
    log.sample();
    joules = 400;
    std::this_thread::sleep_for(1010ms);
    CheckReport report = passed();
    report.work = {"TFLOP", 0};
    finish(log, report);
    EXPECT_EQ(report.telemetry.size(), 1U);
}

TEST(TelemetryLog, SaysWhyTheCounterOfTheEnergyIsNotBelieved) {
    TelemetryLog log([&] { return Reading{.energy = {{"card", {.joules = 100}}}}; });
    log.sample();
    std::this_thread::sleep_for(1010ms);
    CheckReport report = passed();
    finish(log, report);
    EXPECT_THAT(report.telemetry, IsEmpty());
    EXPECT_THAT(report.lacking, ElementsAre("energy: the energy counter of card did not rise"));
}

TEST(TelemetryLog, AMomentIsTooShortForTheEnergy) {
    double joules = 100;
    TelemetryLog log([&] { return Reading{.energy = {{"card", {.joules = joules++}}}}; });
    log.sample();
    CheckReport report = passed();
    finish(log, report);
    EXPECT_THAT(report.telemetry, IsEmpty());
    EXPECT_THAT(report.lacking, IsEmpty());
}

TEST(TelemetryLog, TooFewSamplesGiveNoClock) {
    double clock = 300;
    TelemetryLog log([&] { return Reading{.clock_mhz = clock}; });
    log.sample();
    EXPECT_EQ(log.loaded_clocks().clock_mhz, std::nullopt);
    clock = 2000;
    std::this_thread::sleep_for(250ms);
    log.sample();
    log.sample();  // too fresh
    EXPECT_EQ(log.loaded_clocks().clock_mhz, std::nullopt);
    CheckReport report = passed();
    finish(log, report);
    EXPECT_EQ(log.loaded_clocks().clock_mhz, 2000);
    EXPECT_EQ(report.telemetry.at(0).basis,
              "the highest of 3 values; the lowest is 300, the median 2000");
    EXPECT_EQ(report.telemetry.at(0).name, "clock");
    EXPECT_EQ(report.telemetry.at(0).value, 2000);
    EXPECT_TRUE(report.series.empty());  // three points are not a plot
}

}  // namespace
}  // namespace trilby::validate
