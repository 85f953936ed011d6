// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Every check of the catalog on the CPU, for a moment.

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <string>
#include <thread>
#include <vector>

#include "backends/torch/checking/check_job.hpp"
#include "backends/torch/checking/check_run.hpp"
#include "backends/torch/checking/rates.hpp"
#include "backends/torch/checking/timing.hpp"
#include "base/try.hpp"
#include "support/silent_host.hpp"
#include "validate/catalog.hpp"
#include "validate/check_report.hpp"
#include "validate/operation_trace.hpp"
#include "validate/quantities.hpp"
#include "validate/telemetry_cost.hpp"

namespace trilby::backends {
namespace {

using ::testing::Contains;
using validate::CheckReport;
using validate::Verdict;

/// The report as it arrives in `trilby`: as text.
Result<CheckReport> run(const std::string& check, json::object params) {
    const trilby_host host = testing::silent_host();
    const JobContext context(host, {});
    params["check"] = check;
    params["device"] = 0;
    params["threads"] = 1;
    params["seed"] = 5;
    params.emplace("seconds", 0.2);
    params["memory_bytes"] = 16 << 20;
    TRILBY_TRY(result, check_job(context, torch::kCPU, params));
    TRILBY_TRY(document, json::parse_object(json::serialize(result), "the report"));
    return validate::parse_check_report(document, "the report");
}

std::string test_name(const ::testing::TestParamInfo<std::string>& info) {
    std::string name = info.param;
    std::ranges::replace(name, '-', '_');
    return name;
}

class Checks : public ::testing::TestWithParam<std::string> {};

TEST_P(Checks, PassOnTheCpuAndMeasureTheQuantitiesOfTheCatalog) {
    const auto report = run(GetParam(), {});
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(report->verdict, Verdict::pass) << report->message;
    std::vector<std::string_view> known;
    for (const validate::Quantity* quantity : validate::find_check(GetParam())->measures) {
        known.push_back(quantity == nullptr ? "" : quantity->name);
    }
    for (const validate::Measurement& measurement : report->measurements) {
        EXPECT_THAT(known, Contains(measurement.name));
    }
}

TEST_P(Checks, DetectAWrongBit) {
    const auto report = run(GetParam(), {{"fault", "bit-flip"}});
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(report->verdict == Verdict::fail, report->faults_injected > 0) << report->message;
}

/// Two devices carry out different numbers of rounds.
TEST_P(Checks, GiveTheSameBitsForTheSameNumbers) {
    const auto report = run(GetParam(), {});
    const auto longer = run(GetParam(), {{"seconds", 0.5}});
    const auto alone = run(GetParam(), {{"round", 0}});
    ASSERT_TRUE(report && longer && alone);
    ASSERT_EQ(report->digests.has_value(), validate::find_check(GetParam())->has_comparable_bits);
    if (report->digests) {
        const std::size_t common = std::min(report->digests->size(), longer->digests->size());
        ASSERT_GE(common, 1U);
        for (std::size_t i = 0; i < common; ++i) {
            EXPECT_EQ(report->digests->at(i), longer->digests->at(i)) << "round " << i;
        }
        EXPECT_EQ(alone->digests->at(0), report->digests->front());
    }
}

TEST_P(Checks, GiveOtherDigestsForOtherBits) {
    const auto report = run(GetParam(), {{"round", 0}});
    const auto faulty = run(GetParam(), {{"round", 0}, {"fault", "wrong-rounding"}});
    ASSERT_TRUE(report && faulty);
    if (report->digests && faulty->faults_injected > 0) {
        EXPECT_EQ(faulty->digests->at(0).inputs, report->digests->at(0).inputs);
        EXPECT_NE(faulty->digests->at(0).results, report->digests->at(0).results);
    }
}

struct FaultOfMatrixUnits {
    const char* check;
    const char* fault;
};

class FaultsOfMatrixUnits : public ::testing::TestWithParam<FaultOfMatrixUnits> {};

TEST_P(FaultsOfMatrixUnits, AreDetected) {
    const auto report = run(GetParam().check, {{"fault", GetParam().fault}, {"seconds", 2}});
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(report->verdict == Verdict::fail, report->faults_injected > 0) << report->message;
}

std::string fault_test_name(const ::testing::TestParamInfo<FaultOfMatrixUnits>& info) {
    std::string name = fmt::format("{}_{}", info.param.check, info.param.fault);
    std::ranges::replace(name, '-', '_');
    return name;
}

INSTANTIATE_TEST_SUITE_P(Catalog, FaultsOfMatrixUnits,
                         ::testing::Values(FaultOfMatrixUnits{"matmul", "one-shape"},
                                           FaultOfMatrixUnits{"matmul", "rare-tile"},
                                           FaultOfMatrixUnits{"matmul", "tiny-error"},
                                           FaultOfMatrixUnits{"attention", "one-shape"},
                                           FaultOfMatrixUnits{"attention", "rare-tile"},
                                           FaultOfMatrixUnits{"attention", "tiny-error"},
                                           FaultOfMatrixUnits{"convolution", "one-shape"},
                                           FaultOfMatrixUnits{"convolution", "rare-tile"},
                                           FaultOfMatrixUnits{"convolution", "tiny-error"}),
                         fault_test_name);

class FaultsOfCores : public ::testing::TestWithParam<std::string> {};

TEST_P(FaultsOfCores, AreDetectedAndNamedByTheirCpu) {
    const auto report = run("cores", {{"fault", GetParam()}, {"seconds", 2}});
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_GT(report->faults_injected, 0U);
    EXPECT_EQ(report->verdict, Verdict::fail);
    EXPECT_THAT(report->message, ::testing::ContainsRegex("CPU [0-9]+ \\(core .*lane [0-9]+"));
}

INSTANTIATE_TEST_SUITE_P(Cores, FaultsOfCores,
                         ::testing::Values("one-core", "one-lane", "data-dependent"), test_name);

TEST(Cores, AreCoveredOneByOne) {
    const auto report = run("cores", {});
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_THAT(report->covered, Contains(::testing::StartsWith("CPU ")));
    EXPECT_THAT(report->covered, Contains(::testing::StartsWith("vectors of ")));
    EXPECT_GE(report->rounds, 3U);  // cold, with all CPUs, hot
}

// A type that is not there must be listed as lacking, with the reason, and not as covered.
TEST(Matmul, ListsItsTypesAsCoveredOrLacking) {
    const auto report = run("matmul", {});
    ASSERT_TRUE(report) << report.error().message;
    for (const std::string type :
         {"float64", "float32", "float16", "bfloat16", "int8", "float8_e4m3"}) {
        const bool is_covered = std::ranges::count(report->covered, "matmul " + type) > 0;
        const bool is_lacking =
            std::ranges::any_of(report->lacking, [&](const std::string& lacking) {
                return lacking.starts_with("matmul " + type + ": ");
            });
        EXPECT_NE(is_covered, is_lacking) << type;
    }
}

std::vector<std::string> checks_of_devices() {
    std::vector<std::string> out;
    for (const validate::CheckInfo& check : validate::known_checks()) {
        if (check.workers > 0 && check.scope == validate::Scope::device) {
            out.emplace_back(check.name);
        }
    }
    return out;
}

INSTANTIATE_TEST_SUITE_P(Catalog, Checks, ::testing::ValuesIn(checks_of_devices()), test_name);

TEST_P(Checks, CanCarryOutARoundAlone) {
    const auto report = run(GetParam(), {{"round", 2}});
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(report->verdict, Verdict::pass) << report->message;
    EXPECT_EQ(report->rounds, 1U);
}

TEST_P(Checks, SayWhatTheyCompute) {
    const auto trace = validate::OperationTrace::create();
    ASSERT_TRUE(trace) << trace.error().message;
    ASSERT_TRUE(run(GetParam(), {{"round", 2}, {"trace", trace->descriptor()}}));
    const auto last = trace->read();
    ASSERT_TRUE(last);
    EXPECT_EQ(last->round, 2U);
}

// The rest before a step is part of a period, and the step is the work after it.
TEST(PowerStep, IsDetectedWhereTheLoadSteps) {
    for (const auto& [check, seconds] : {std::pair{"soak", 2.5}, std::pair{"power-pulse", 0.2}}) {
        const auto report = run(check, {{"fault", "power-step"}, {"seconds", seconds}});
        ASSERT_TRUE(report) << report.error().message;
        EXPECT_GT(report->faults_injected, 0U) << check;
        EXPECT_EQ(report->verdict, Verdict::fail) << check;
    }
}

TEST(PowerPulse, SaysHowOftenTheLoadStepped) {
    const auto report = run("power-pulse", {});
    ASSERT_TRUE(report) << report.error().message;
    ASSERT_EQ(report->series.size(), 1 + report->measurements.size());
    const auto& steps = report->series.back();
    EXPECT_EQ(steps.name, "steps of the load");
    ASSERT_EQ(steps.points.size(), report->measurements.size());
    EXPECT_EQ(steps.points.front().first, 1);  // the shortest period
    EXPECT_GT(steps.points.front().second, 0);
    ASSERT_TRUE(report->work);
    EXPECT_EQ(report->work->unit, "TFLOP");
    EXPECT_GT(report->work->amount, 0);
}

TEST(PowerPulse, LongPeriodsNeedTime) {
    const auto report = run("power-pulse", {{"seconds", 0.001}});
    ASSERT_TRUE(report) << report.error().message;
    ASSERT_EQ(report->measurements.size(), 1U);
    EXPECT_EQ(report->measurements.front().name, "matmul in pulses of 1 ms");
}

TEST(TelemetryCost, ComparesAsManyPairsAsAreJudged) {
    const auto report = run("telemetry-cost", {});
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(report->rounds, validate::least_pairs_to_judge);
    ASSERT_FALSE(report->series.empty());
    EXPECT_EQ(report->series.back().name, validate::quantities::kept_with_telemetry.name);
    EXPECT_EQ(report->series.back().points.size(), validate::least_pairs_to_judge);
}

/// A host that counts the events, at each of which `trilby` may read telemetry.
trilby_host counting_host(int& events) {
    trilby_host host = testing::silent_host();
    host.context = &events;
    host.event = [](void* context, const char*, std::size_t) { ++*static_cast<int*>(context); };
    return host;
}

TEST(CheckRun, NoTelemetryIsReadUntilItMayBe) {
    int events = 0;
    const trilby_host host = counting_host(events);
    const JobContext context(host, {});
    CheckRun check(context, {});
    check.let_telemetry_be_read(false);
    ASSERT_TRUE(check.next_round());
    check.expect(true, "a fact", "true", 1);
    EXPECT_EQ(events, 0);
    check.let_telemetry_be_read(true);
    EXPECT_EQ(events, 1);
}

TEST(TimeOn, LeavesOutTheTimeWithoutACpu) {
    const Timing asleep =
        time_on(torch::kCPU, 1, [] { std::this_thread::sleep_for(std::chrono::milliseconds(50)); });
    EXPECT_GE(asleep.seconds, 0.05);
    EXPECT_LT(asleep.unshared_seconds, asleep.seconds / 2);
    EXPECT_GT(asleep.unshared_seconds, 0);
}

/// The report on products of which each took so long.
CheckReport rates_of(const std::vector<Timing>& timings) {
    const trilby_host host = testing::silent_host();
    const JobContext context(host, {});
    CheckRun check(context, {});
    EXPECT_TRUE(check.next_round());
    Rates rates(validate::quantities::matmul_float32);
    for (const Timing& timing : timings) {
        rates.add(0, 1, timing);
    }
    rates.report(check);
    return check.finish().value();
}

constexpr Timing undisturbed{.seconds = 1, .unshared_seconds = 1, .cpu_seconds = 4};

std::vector<Timing> halves(Timing earlier, Timing later) {
    std::vector<Timing> timings(4, earlier);
    timings.resize(8, later);
    return timings;
}

TEST(Rates, OfACpuForItselfAreNotHigherWithoutOthers) {
    // Whether the operation uses all threads is not known, so the time of the CPUs says nothing.
    const CheckReport report = rates_of({undisturbed, undisturbed});
    ASSERT_EQ(report.measurements.size(), 1U);
    EXPECT_EQ(report.measurements[0].value, 1);
    EXPECT_EQ(report.measurements[0].unshared, 1);
}

TEST(Rates, WithoutOthersLeaveOutTheTimeOfWaitingForACpu) {
    const Timing shared{.seconds = 4, .unshared_seconds = 1, .cpu_seconds = 4};
    const CheckReport report = rates_of({shared, shared});
    ASSERT_EQ(report.measurements.size(), 1U);
    EXPECT_EQ(report.measurements[0].value, 0.25);
    EXPECT_EQ(report.measurements[0].unshared, 1);
}

TEST(Rates, MustNotFallUnlessTheCpuServedOthers) {
    const Timing slower{.seconds = 2, .unshared_seconds = 2, .cpu_seconds = 8};
    const Timing waited{.seconds = 2, .unshared_seconds = 1, .cpu_seconds = 8};
    const Timing taken_by_a_hypervisor{.seconds = 2, .unshared_seconds = 2, .cpu_seconds = 4};
    EXPECT_EQ(rates_of(halves(undisturbed, slower)).values_wrong, 1U);
    for (const Timing& timing : {undisturbed, waited, taken_by_a_hypervisor}) {
        const CheckReport report = rates_of(halves(undisturbed, timing));
        EXPECT_EQ(report.values_wrong, 0U);
        EXPECT_EQ(report.values_compared, 1U) << "it is judged";
    }
}

TEST(Rates, OfAShortRunAreNotJudged) {
    const Timing fast{.seconds = 0.1, .unshared_seconds = 0.1, .cpu_seconds = 0.1};
    const Timing slow{.seconds = 0.14, .unshared_seconds = 0.14, .cpu_seconds = 0.14};
    EXPECT_EQ(rates_of(halves(fast, slow)).values_compared, 0U);
}

TEST(CheckJob, RefusesATraceThatIsNoMemory) {
    EXPECT_FALSE(run(checks_of_devices().front(), {{"trace", -1}}));
}

TEST(CheckJob, RefusesAnUnknownCheck) {
    const auto report = run("astrology", {});
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, ErrorCode::unavailable);
}

TEST(CheckJob, RefusesAnUnknownFault) {
    const auto report = run(checks_of_devices().front(), {{"fault", "no-such-fault"}});
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, ErrorCode::usage);
}

}  // namespace
}  // namespace trilby::backends
