// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/run.hpp"

#include <csignal>
#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "platform/interrupt.hpp"
#include "support/temporary_folder.hpp"
#include "worker/worker_fixture.hpp"

namespace trilby::validate {
namespace {

using ::testing::HasSubstr;
using trilby::testing::module_path;
using trilby::testing::TemporaryFolder;
using namespace std::chrono_literals;

// The seeds select the behavior of the module tests/modules/checks.c.
constexpr std::uint64_t passes = 1;
constexpr std::uint64_t fails = 2;
constexpr std::uint64_t passes_without_comparing = 3;
constexpr std::uint64_t crashes = 4;
constexpr std::uint64_t is_silent = 5;
constexpr std::uint64_t lacks_memory = 6;
constexpr std::uint64_t is_not_supported = 7;
constexpr std::uint64_t exits = 8;
constexpr std::uint64_t refuses = 9;
constexpr std::uint64_t fails_once = 10;
constexpr std::uint64_t measures_slowly = 11;
constexpr std::uint64_t crashes_at_one_size = 12;
constexpr std::uint64_t is_silent_in_a_product = 13;
constexpr std::uint64_t lacks_memory_in_a_product = 14;
constexpr std::uint64_t crashes_with_garbage = 15;
constexpr std::uint64_t crashes_unless_limited = 16;
constexpr std::uint64_t goes_on_until_stopped = 17;
constexpr std::uint64_t is_slowed_by_telemetry = 18;

class Run : public trilby::testing::WorkerTest {
  protected:
    static RunOptions options() {
        RunOptions options;
        options.worker_program = trilby::testing::worker_program();
        options.backend_module = module_path("checks");
        options.backend = "cpu";
        options.silence_limit = 3s;  // ThreadSanitizer lets a process that exits sleep for one
        return options;
    }
    static PlannedCheck planned(std::uint64_t seed) { return {find_check("matmul"), 0.1, seed}; }
};

TEST_F(Run, EveryEndOfAWorkerIsAVerdict) {
    const std::pair<std::uint64_t, Verdict> ends[] = {
        {passes, Verdict::pass},           {fails, Verdict::fail},
        {crashes, Verdict::crash},         {is_silent, Verdict::time_out},
        {exits, Verdict::crash},           {lacks_memory, Verdict::out_of_memory},
        {is_not_supported, Verdict::skip}, {refuses, Verdict::error}};
    for (const auto& [seed, verdict] : ends) {
        const CheckResult result = run_once(planned(seed), options());
        EXPECT_EQ(verdict_name(result.report.verdict), verdict_name(verdict))
            << "seed " << seed << ": " << result.report.message;
        EXPECT_FALSE(result.report.message.empty() && verdict != Verdict::pass) << "seed " << seed;
    }
}

TEST_F(Run, APassThatComparedNothingIsAnError) {
    const CheckResult result = run_once(planned(passes_without_comparing), options());
    EXPECT_EQ(result.report.verdict, Verdict::error);
    EXPECT_THAT(result.report.message, HasSubstr("0 values compared"));
}

TEST_F(Run, ABackendThatCannotBeLoadedIsAnError) {
    RunOptions broken = options();
    broken.backend_module = "/nowhere/trilby-backend-cpu.so";
    EXPECT_EQ(run_once(planned(passes), broken).report.verdict, Verdict::error);
    broken = options();
    broken.worker_program = "/nowhere/trilby-worker";
    EXPECT_EQ(run_once(planned(passes), broken).report.verdict, Verdict::error);
}

TEST_F(Run, AFailureThatRepeatsIsPermanent) {
    const CheckResult result = run_check(planned(fails), options());
    EXPECT_EQ(result.persistence, Persistence::permanent);
    EXPECT_THAT(result.replay, HasSubstr("--check matmul --seed 2"));
}

TEST_F(Run, TheCommandThatRepeatsACheckHasTheFileOfItsLimits) {
    RunOptions limited = options();
    limited.expected_file = "my node.toml";
    EXPECT_THAT(run_check(planned(fails), limited).replay, HasSubstr(" --expect 'my node.toml'"));
}

TEST_F(Run, TheCommandThatRepeatsACheckHasTheUuidOfItsDevice) {
    RunOptions named = options();
    named.uuid = "MIG-9c2b6a1f";
    EXPECT_THAT(run_check(planned(fails), named).replay, HasSubstr(" --device MIG-9c2b6a1f "));
}

TEST_F(Run, AFailureThatDoesNotRepeatIsIntermittent) {
    const TemporaryFolder folder;
    ::setenv("TRILBY_TEST_ONCE", (folder.path() / "first").c_str(), 1);
    const CheckResult result = run_check(planned(fails_once), options());
    ::unsetenv("TRILBY_TEST_ONCE");
    EXPECT_EQ(result.report.verdict, Verdict::fail);
    EXPECT_EQ(result.persistence, Persistence::intermittent);
}

TEST_F(Run, APassIsNotRepeated) {
    const CheckResult result = run_check(planned(passes), options());
    EXPECT_EQ(result.persistence, std::nullopt);
    EXPECT_TRUE(result.replay.empty());
}

TEST_F(Run, OneBadCheckDoesNotKeepTheOthersFromRunning) {
    const auto results = run_all({planned(crashes), planned(passes)}, options());
    ASSERT_EQ(results.size(), 2U);
    EXPECT_EQ(results[0].report.verdict, Verdict::crash);
    EXPECT_EQ(results[1].report.verdict, Verdict::pass);
}

TEST_F(Run, SaysWhatAWorkerWasComputingWhenItEnded) {
    for (const std::uint64_t seed :
         {crashes_at_one_size, is_silent_in_a_product, lacks_memory_in_a_product}) {
        const CheckResult result = run_once(planned(seed), options());
        ASSERT_TRUE(result.operation) << "seed " << seed << ": " << result.report.message;
        EXPECT_EQ(result.operation->text, "matmul bfloat16, NN 75x63x17");
        EXPECT_EQ(result.operation->round, 3U);
        EXPECT_THAT(result.report.message,
                    HasSubstr(" while computing matmul bfloat16, NN 75x63x17 in round 3"));
    }
}

TEST_F(Run, SaysNothingAboutTheOperationOfACheckThatEnded) {
    EXPECT_EQ(run_once(planned(passes), options()).operation, std::nullopt);
    EXPECT_EQ(run_once(planned(fails), options()).operation, std::nullopt);
}

TEST_F(Run, ACheckThatTheUserStopsKeepsItsCounts) {
    platform::InterruptWatch interrupts;
    RunOptions stopped = options();
    stopped.interrupts = &interrupts;
    stopped.on_progress = [](const PlannedCheck&, double) { ::raise(SIGINT); };
    const auto results = run_all({planned(goes_on_until_stopped), planned(passes)}, stopped);
    ASSERT_EQ(results.size(), 2U);
    const CheckReport& report = results[0].report;
    EXPECT_EQ(report.verdict, Verdict::not_run);
    EXPECT_EQ(report.message, "stopped after 1,000 values in 3 rounds, none of them wrong");
    EXPECT_EQ(report.values_compared, 1000U);
    EXPECT_EQ(report.rounds, 3U);
    EXPECT_EQ(results[1].report.verdict, Verdict::not_run);
    EXPECT_EQ(results[1].report.values_compared, 0U);
}

TEST_F(Run, AFailureWhoseRepetitionIsStoppedIsNotCalledIntermittent) {
    platform::InterruptWatch interrupts;
    RunOptions stopped = options();
    stopped.interrupts = &interrupts;
    int readings = 0;
    stopped.read_telemetry = [&] {
        if (++readings == 3) {  // two belong to the first run
            ::raise(SIGINT);
        }
        return Reading{};
    };
    const CheckResult result = run_check(planned(fails), stopped);
    EXPECT_EQ(result.report.verdict, Verdict::fail);
    EXPECT_EQ(result.persistence, std::nullopt);
}

TEST_F(Run, ALackOfMemoryIsNotAnsweredWithAdviceForTraining) {
    EXPECT_THAT(run_once(planned(lacks_memory), options()).hint, HasSubstr("ulimit"));
}

TEST_F(Run, ATraceOfGarbageIsHarmless) {
    const CheckResult result = run_check(planned(crashes_with_garbage), options());
    EXPECT_EQ(result.report.verdict, Verdict::crash);
    EXPECT_THAT(result.report.message, HasSubstr("\\x1b"));
}

TEST_F(Run, ACrashIsReducedToTheSmallestProductThatStillCrashes) {
    const CheckResult result = run_check(planned(crashes_at_one_size), options());
    EXPECT_EQ(result.report.verdict, Verdict::crash);
    EXPECT_EQ(result.smallest, "matmul bfloat16, NN 1x63x1");
    EXPECT_THAT(result.replay, HasSubstr("--check matmul --seed 12 --round 3"));
}

TEST_F(Run, TheCommandAfterAHangOrALackOfMemoryRepeatsOnlyTheRound) {
    for (const std::uint64_t seed : {is_silent_in_a_product, lacks_memory_in_a_product}) {
        const CheckResult result = run_check(planned(seed), options());
        EXPECT_EQ(result.persistence, std::nullopt);
        EXPECT_THAT(result.replay, HasSubstr("--round 3"));
        EXPECT_TRUE(result.smallest) << "seed " << seed;
    }
}

/// A defect in which only the environment differs from that of a device.
RunOptions with_defect(RunOptions options) {
    options.library_defects = {{library_defects::onednn_invalid_amx_code, "2.6.3"}};
    return options;
}

TEST_F(Run, ADefectOfALibraryIsNotTheDevices) {
    const CheckResult result = run_check(planned(crashes_unless_limited), with_defect(options()));
    EXPECT_EQ(result.report.verdict, Verdict::pass) << result.report.message;
    ASSERT_TRUE(result.library_blame);
    EXPECT_EQ(result.library_blame->version, "2.6.3");
    EXPECT_THAT(result.library_blame->failure, HasSubstr("crashed (SIGABRT) while computing"));
    EXPECT_THAT(result.hint, HasSubstr("ONEDNN_MAX_CPU_ISA=AVX512_CORE_BF16"));
}

TEST_F(Run, ACrashThatIsNotAvoidedIsTheDevices) {
    const CheckResult result = run_check(planned(crashes_at_one_size), with_defect(options()));
    EXPECT_EQ(result.report.verdict, Verdict::crash);
    EXPECT_EQ(result.library_blame, std::nullopt);
}

TEST_F(Run, ACrashWithoutAKnownDefectIsTheDevices) {
    const CheckResult result = run_check(planned(crashes_unless_limited), options());
    EXPECT_EQ(result.report.verdict, Verdict::crash);
}

/// A check of three processes, of which only the first gets this seed.
PlannedCheck shared(std::uint64_t seed) {
    return {find_check("processes"), 0.1, seed};
}

TEST_F(Run, SeveralProcessesMustAllPass) {
    const CheckResult result = run_once(shared(passes), options());
    EXPECT_EQ(result.report.verdict, Verdict::error);
    EXPECT_THAT(result.report.message, HasSubstr("process 2: refused"));
    EXPECT_EQ(result.report.values_compared, 7U);
}

TEST_F(Run, TheWorstVerdictOfAProcessCounts) {
    EXPECT_EQ(run_once(shared(crashes), options()).report.verdict, Verdict::crash);
    EXPECT_EQ(run_once(shared(fails), options()).report.verdict, Verdict::fail);
}

TEST_F(Run, ACheckIsReadyOnceHoweverManyProcessesCarryItOut) {
    int times = 0;
    RunOptions waiting = options();
    waiting.when_ready = [&] { ++times; };
    std::ignore = run_once(planned(passes), waiting);
    EXPECT_EQ(times, 1);
    std::ignore = run_once(shared(passes), waiting);
    EXPECT_EQ(times, 2);
}

/// A device that reports a clock at which 10 to 100 units are possible.
RunOptions judged(RunOptions options) {
    options.read_telemetry = [] { return Reading{.clock_mhz = 1000}; };
    options.expectations = [](const CheckInfo&, const LoadedClocks& clocks) {
        return std::vector<Expectation>{
            {{"speed", "GFLOP/s"}, 10, clocks.clock_mhz.value_or(1000) / 10, "made"}};
    };
    return options;
}

TEST_F(Run, TelemetryIsKeptBesideTheMeasurements) {
    const CheckResult result = run_once(planned(passes), judged(options()));
    EXPECT_EQ(result.report.verdict, Verdict::pass) << result.report.message;
    ASSERT_EQ(result.report.telemetry.size(), 1U);
    EXPECT_EQ(result.report.telemetry.front().value, 1000);
    EXPECT_EQ(result.report.measurements.at(0).least, 10);
}

TEST_F(Run, ErrorsThatTheDeviceCountsMeanwhileAreKeptWithTheirMeaning) {
    RunOptions counting = options();
    std::uint64_t errors = 0;
    counting.read_telemetry = [&] {
        return Reading{.errors = {{"RAS umc, not corrected", errors++}}};
    };
    const CheckResult result = run_once(planned(passes), counting);
    EXPECT_EQ(result.report.verdict, Verdict::fail);
    ASSERT_EQ(result.errors.size(), 1U);
    EXPECT_EQ(result.errors[0].origin, "hardware");
}

TEST_F(Run, ErrorsThatTheDeviceCountsBeforeItsWorkerEndsBadlyAreKept) {
    for (const std::uint64_t seed : {crashes, exits, is_silent, lacks_memory, refuses}) {
        RunOptions dying = options();
        std::uint64_t errors = 0;
        dying.read_telemetry = [&] {
            return Reading{.clock_mhz = 900, .errors = {{"Xid 79", errors++}}};
        };
        const CheckResult result = run_once(planned(seed), dying);
        EXPECT_NE(result.report.verdict, Verdict::fail) << "seed " << seed;
        ASSERT_EQ(result.errors.size(), 1U) << "seed " << seed;
        EXPECT_THAT(result.errors[0].remedy, HasSubstr("turn the machine off"));
        EXPECT_EQ(result.report.telemetry.size(), 1U);
    }
}

TEST_F(Run, ACheckThatTheUserStopsHasNoCounters) {
    platform::InterruptWatch interrupts;
    RunOptions stopped = options();
    std::uint64_t errors = 0;
    stopped.interrupts = &interrupts;
    stopped.on_progress = [](const PlannedCheck&, double) { ::raise(SIGINT); };
    stopped.read_telemetry = [&] { return Reading{.errors = {{"Xid 79", errors++}}}; };
    const CheckResult result = run_once(planned(goes_on_until_stopped), stopped);
    EXPECT_EQ(result.report.verdict, Verdict::not_run);
    EXPECT_TRUE(result.errors.empty());
}

TEST_F(Run, AThrottleReasonFromBeforeAnyLoadDoesNotFailACheck) {
    RunOptions stuck = options();
    stuck.stuck_throttling = {"PROCHOT"};
    stuck.read_telemetry = [] {
        return Reading{.throttle_reasons = std::set<std::string>{"PROCHOT"}};
    };
    const CheckResult result = run_once(planned(passes), stuck);
    EXPECT_EQ(result.report.verdict, Verdict::pass);
    ASSERT_EQ(result.report.telemetry.size(), 1U);
    EXPECT_THAT(result.report.telemetry[0].basis, HasSubstr("perhaps stuck"));
}

TEST_F(Run, ASlowdownByTelemetryIsAWarningAndNotAFailure) {
    const CheckResult result = run_once(planned(is_slowed_by_telemetry), options());
    EXPECT_EQ(result.report.verdict, Verdict::pass) << result.report.message;
    ASSERT_EQ(result.issues.size(), 1U);
    EXPECT_EQ(result.issues[0].kind, IssueKind::warning);
    EXPECT_THAT(result.issues[0].found, HasSubstr("40 to 43 %"));
}

TEST_F(Run, AWrongClockIsDetectedByTheSpeed) {
    RunOptions lying = judged(options());
    lying.fault = FaultClass::lying_telemetry;
    const CheckResult result = run_once(planned(measures_slowly), lying);
    EXPECT_EQ(result.report.faults_injected, 1U);
    EXPECT_EQ(result.report.verdict, Verdict::fail);
    EXPECT_THAT(result.report.message, HasSubstr("speed, by the clock"));
}

TEST_F(Run, ACheckOfTheStateIsNotRepeated) {
    int times = 0;
    RunOptions state = options();
    state.state_checks[state_checks::health] = [&](const PlannedCheck& check) {
        ++times;
        CheckResult result{.planned = check};
        result.report.verdict = Verdict::fail;
        return result;
    };
    const CheckResult result = run_check({find_check(state_checks::health), 0.1, passes}, state);
    EXPECT_EQ(result.report.verdict, Verdict::fail);
    EXPECT_EQ(times, 1);
    EXPECT_EQ(result.persistence, std::nullopt);
}

TEST_F(Run, ADeviceThatDoesNotStartIsAResult) {
    const worker::Failure failure{.outcome = worker::Outcome::timed_out,
                                  .error = {ErrorCode::failed, "silent", "restart"},
                                  .output = "last"};
    const CheckResult result = result_of({find_check(state_checks::known_answer), 0, 0}, failure);
    EXPECT_EQ(result.report.verdict, Verdict::time_out);
    EXPECT_EQ(result.report.message, "silent");
    EXPECT_EQ(result.hint, "restart");
    EXPECT_EQ(result.output, "last");
    const worker::Failure missing{.error = {ErrorCode::unavailable, "no card", ""}};
    EXPECT_EQ(result_of({find_check(state_checks::known_answer), 0, 0}, missing).report.verdict,
              Verdict::error);
}

TEST_F(Run, DescribesTheDevice) {
    const auto subject = describe(options());
    ASSERT_TRUE(subject) << subject.error().error.message;
    EXPECT_EQ(subject->device_name, "made device");
    EXPECT_EQ(subject->pci_address, "");
}

TEST_F(Run, ABackendWithoutDevicesIsUnavailable) {
    RunOptions none = options();
    none.backend_module = module_path("crash");
    const auto subject = describe(none);
    ASSERT_FALSE(subject);
    EXPECT_EQ(subject.error().error.code, ErrorCode::unavailable);
    EXPECT_THAT(subject.error().error.message, HasSubstr("finds no device"));
}

TEST_F(Run, AMissingDeviceIsAUsageError) {
    RunOptions far = options();
    far.device = 3;
    const auto subject = describe(far);
    ASSERT_FALSE(subject);
    EXPECT_EQ(subject.error().error.code, ErrorCode::usage);
    EXPECT_THAT(subject.error().error.message, HasSubstr("device 3 does not exist"));
}

}  // namespace
}  // namespace trilby::validate
