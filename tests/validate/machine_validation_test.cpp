// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/machine_validation.hpp"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <random>

namespace trilby::validate {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

CheckResult measured(std::string_view check, const std::string& name, const std::string& unit,
                     double value, double seconds = 6) {
    CheckResult result{.planned = {find_check(check), seconds, 0}};
    result.report.verdict = Verdict::pass;
    result.report.measurements.push_back({name, unit, value, {}, "made"});
    return result;
}

Validation device(std::int64_t number, CheckResult result,
                  const std::string& name = "made device") {
    Validation validation;
    validation.subject.device = number;
    validation.subject.device_name = name;
    validation.results.push_back(std::move(result));
    return validation;
}

/// Devices of one kind with these speeds.
std::vector<Validation> with_speeds(const std::vector<double>& speeds, double seconds = 6) {
    std::vector<Validation> devices;
    for (const double speed : speeds) {
        devices.push_back(device(static_cast<std::int64_t>(devices.size()),
                                 measured("compute", "matmul float32", "GFLOP/s", speed, seconds)));
    }
    return devices;
}

std::vector<std::int64_t> outlying(const std::vector<Validation>& devices) {
    std::vector<std::int64_t> out;
    for (const Outlier& outlier : find_outliers(devices)) {
        out.push_back(outlier.device);
    }
    return out;
}

TEST(Outliers, OfManyTheSlowOneIsReported) {
    const auto outliers = find_outliers(with_speeds({1000, 1010, 995, 1005, 990, 700, 1000, 1002}));
    ASSERT_THAT(outliers, SizeIs(1));
    EXPECT_EQ(outliers[0].device, 5);
    EXPECT_EQ(outliers[0].check, "compute");
    EXPECT_EQ(outliers[0].name, "matmul float32");
    EXPECT_EQ(outliers[0].value, 700);
    EXPECT_EQ(outliers[0].usual, 1000);
    EXPECT_EQ(outliers[0].compared, 8U);
}

TEST(Outliers, AFastDeviceIsNone) {
    EXPECT_THAT(outlying(with_speeds({1000, 1010, 995, 2000})), IsEmpty());
}

TEST(Outliers, ASmallDifferenceIsNone) {
    EXPECT_THAT(outlying(with_speeds({1000, 1000, 1000, 905})), IsEmpty());
    EXPECT_THAT(outlying(with_speeds({1000, 1000, 1000, 895})), ElementsAre(3));
}

TEST(Outliers, NoiseIsNone) {
    EXPECT_THAT(outlying(with_speeds({1000, 900, 1100, 850, 1150, 700})), IsEmpty());
}

TEST(Outliers, NoiseOfTwoPercentIsNone) {
    std::mt19937_64 random(7);
    std::normal_distribution<double> speed(1000, 20);
    for (int i = 0; i < 1000; ++i) {
        std::vector<double> speeds(2 + static_cast<std::size_t>(i % 7));
        std::ranges::generate(speeds, [&] { return speed(random); });
        EXPECT_THAT(outlying(with_speeds(speeds)), IsEmpty());
    }
}

TEST(Outliers, OfTwoTheSlowerIsReportedOnlyIfTheyDifferMuch) {
    EXPECT_THAT(outlying(with_speeds({1000, 850})), IsEmpty());
    EXPECT_THAT(outlying(with_speeds({790, 1000})), ElementsAre(0));
}

TEST(Outliers, OneDeviceIsComparedWithNone) {
    EXPECT_THAT(outlying(with_speeds({10})), IsEmpty());
}

TEST(Outliers, AShortMeasurementIsNotCompared) {
    EXPECT_THAT(outlying(with_speeds({1000, 1000, 1000, 100}, 0.5)), IsEmpty());
}

TEST(Outliers, DevicesOfAnotherKindAreNotCompared) {
    auto devices = with_speeds({1000, 1000, 1000});
    devices.push_back(
        device(3, measured("compute", "matmul float32", "GFLOP/s", 100), "smaller device"));
    EXPECT_THAT(outlying(devices), IsEmpty());
}

TEST(Outliers, OfTimesTheLongOneIsReported) {
    std::vector<Validation> devices;
    for (const double time : {9.0, 10.0, 10.0, 20.0}) {
        devices.push_back(device(static_cast<std::int64_t>(devices.size()),
                                 measured("latency", "launch and wait", "us", time)));
    }
    EXPECT_THAT(outlying(devices), ElementsAre(3));
}

TEST(Outliers, LinksToOtherDevicesAreNotCompared) {
    std::vector<Validation> devices;
    for (const double speed : {100.0, 100.0, 20.0}) {
        devices.push_back(device(static_cast<std::int64_t>(devices.size()),
                                 measured("transfers", "to device 7", "GB/s", speed)));
    }
    EXPECT_THAT(outlying(devices), IsEmpty());
}

std::vector<PlannedCheck> plan_of(std::string_view check, double seconds) {
    return {{.check = find_check(check), .seconds = seconds}};
}

TEST(SharedPlan, HalfOfTheTimeIsForTheDevicesAlone) {
    const SharedPlan plan = share_time(plan_of("transfers", 20), 4);
    EXPECT_EQ(plan.together.at(0).seconds, 10);
    ASSERT_THAT(plan.alone, SizeIs(1));
    EXPECT_EQ(plan.alone[0].seconds, 2.5);
}

TEST(SharedPlan, NothingIsRepeatedAloneWithoutTimeOrWithoutNeed) {
    for (const SharedPlan& plan :
         {share_time(plan_of("transfers", 5), 4), share_time(plan_of("matmul", 60), 2),
          share_time(plan_of("transfers", 20), 1)}) {
        EXPECT_THAT(plan.alone, IsEmpty());
        EXPECT_GE(plan.together.at(0).seconds, 5);
    }
}

TEST(SharedPlan, ChecksOfTheMachineComeLast) {
    auto plan = plan_of("collectives", 4);
    plan.push_back({.check = find_check("matmul"), .seconds = 6});
    const SharedPlan shared = share_time(plan, 2);
    ASSERT_THAT(shared.together, SizeIs(1));
    EXPECT_EQ(shared.together[0].check->name, "matmul");
    ASSERT_THAT(shared.machine, SizeIs(1));
    EXPECT_EQ(shared.machine[0].check->name, "collectives");
    EXPECT_EQ(shared.machine[0].seconds, 4);
}

TEST(SharedPlan, EachDeviceHasAVerdictAlsoIfAllChecksAreOfTheMachine) {
    for (const std::size_t devices : {1, 2}) {
        const SharedPlan shared = share_time(plan_of("collectives", 4), devices);
        ASSERT_THAT(shared.together, SizeIs(1));
        EXPECT_EQ(shared.together[0].check->name, "known-answer");
    }
}

MachineValidation machine_of(std::vector<Validation> devices) {
    MachineValidation out{.devices = std::move(devices), .alone = {}};
    out.alone.resize(out.devices.size());
    return out;
}

TEST(MachineValidation, PassesIfAllDevicesPass) {
    EXPECT_EQ(conclude(machine_of(with_speeds({1000, 1000}))), Conclusion::passed);
}

TEST(MachineValidation, IsAsBadAsTheWorstDevice) {
    auto machine = machine_of(with_speeds({1000, 1000}));
    machine.devices[1].results[0].report.verdict = Verdict::not_run;
    EXPECT_EQ(conclude(machine), Conclusion::incomplete);
    machine.devices[0].results[0].report.verdict = Verdict::crash;
    EXPECT_EQ(conclude(machine), Conclusion::failed);
    EXPECT_EQ(conclude(machine, 1), Conclusion::incomplete);
}

TEST(MachineValidation, AFailureAloneCounts) {
    auto machine = machine_of(with_speeds({1000, 1000}));
    machine.alone[1] = machine.devices[1].results;
    EXPECT_EQ(conclude(machine), Conclusion::passed);
    machine.alone[1][0].report.verdict = Verdict::fail;
    EXPECT_EQ(conclude(machine, 0), Conclusion::passed);
    EXPECT_EQ(conclude(machine, 1), Conclusion::failed);
    EXPECT_EQ(conclude(machine), Conclusion::failed);
}

TEST(MachineValidation, AnOutlierIsAFailureAndAnUncoveredCardLeavesItIncomplete) {
    auto machine = machine_of(with_speeds({1000, 1000}));
    machine.unseen.push_back({"0000:01:00.0", "not shown", ""});
    EXPECT_EQ(conclude(machine), Conclusion::incomplete);
    machine.outliers.push_back({});
    EXPECT_EQ(conclude(machine), Conclusion::failed);
    EXPECT_EQ(conclude(machine, 0), Conclusion::passed);
}

TEST(MachineValidation, ACheckOfTheMachineCountsUnlessItDoesNotApply) {
    auto machine = machine_of(with_speeds({1000, 1000}));
    machine.results = {measured("collectives", "all-reduce", "GB/s", 100)};
    EXPECT_EQ(conclude(machine), Conclusion::passed);
    CheckReport& report = machine.results[0].report;
    report.verdict = Verdict::skip;
    report.skip_reason = SkipReason::not_applicable;
    EXPECT_EQ(conclude(machine), Conclusion::passed);
    report.skip_reason = SkipReason::not_supported;
    EXPECT_EQ(conclude(machine), Conclusion::incomplete);
    report.verdict = Verdict::not_run;
    EXPECT_EQ(conclude(machine), Conclusion::incomplete);
    report.verdict = Verdict::fail;
    EXPECT_EQ(conclude(machine), Conclusion::failed);
    EXPECT_EQ(conclude(machine, 0), Conclusion::passed);
}

TEST(MachineValidation, DifferentBitsAreAFailureOfTheMachine) {
    auto machine = machine_of(with_speeds({1000, 1000}));
    machine.bits.differences.push_back({.devices = {1}});
    EXPECT_EQ(conclude(machine), Conclusion::failed);
    EXPECT_EQ(conclude(machine, 1), Conclusion::passed);
}

TEST(MachineValidation, ComparesSpeedsAloneAndTogether) {
    auto machine = machine_of({device(0, measured("transfers", "to the host", "GB/s", 12))});
    machine.alone[0] = {measured("transfers", "to the host", "GB/s", 25)};
    const auto speeds = speeds_alone(machine);
    ASSERT_THAT(speeds, SizeIs(1));
    EXPECT_EQ(speeds[0].together, 12);
    EXPECT_EQ(speeds[0].alone, 25);
    EXPECT_EQ(speeds[0].name, "to the host");
}

TEST(MachineValidation, LinksAreThoseMeasuredAloneIfThereAreAny) {
    auto machine = machine_of({device(0, measured("transfers", "to device 1", "GB/s", 40)),
                               device(1, measured("transfers", "to device 0", "GB/s", 41))});
    auto links = peer_links(machine);
    ASSERT_THAT(links, SizeIs(2));
    EXPECT_EQ(links[0].from, 0);
    EXPECT_EQ(links[0].to, 1);
    EXPECT_EQ(links[1].gigabytes_per_second, 41);
    EXPECT_FALSE(links[1].was_alone);
    machine.alone[1] = {measured("transfers", "to device 0", "GB/s", 80)};
    links = peer_links(machine);
    EXPECT_EQ(links[1].gigabytes_per_second, 80);
    EXPECT_TRUE(links[1].was_alone);
}

TEST(MachineValidation, AMeasurementThatOnlyLooksLikeALinkIsNone) {
    for (const char* name : {"to device x", "to device ", "to device 1 or 2", "from device 1"}) {
        EXPECT_THAT(peer_links(machine_of({device(0, measured("transfers", name, "GB/s", 1))})),
                    IsEmpty());
    }
}

}  // namespace
}  // namespace trilby::validate
