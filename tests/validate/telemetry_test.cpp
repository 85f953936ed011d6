// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/telemetry.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <thread>

#include "support/temporary_folder.hpp"

namespace trilby::validate {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using trilby::testing::TemporaryFolder;
using namespace std::chrono_literals;

/// A machine as files in a folder.
class Telemetry : public ::testing::Test {
  protected:
    void write(const std::string& path, const std::string& content) {
        folder_.write(path.substr(1), content);
    }
    [[nodiscard]] Reading cpu() const { return read_telemetry(tree(), ""); }
    [[nodiscard]] Reading card(const std::string& address = "0000:03:00.0") const {
        return read_telemetry(tree(), address);
    }

  private:
    [[nodiscard]] platform::FileTree tree() const { return platform::FileTree(folder_.path()); }

    TemporaryFolder folder_;
};

TEST_F(Telemetry, OfAnEmptyMachineIsEmpty) {
    const Reading reading = cpu();
    EXPECT_EQ(reading.clock_mhz, std::nullopt);
    EXPECT_EQ(reading.temperature_c, std::nullopt);
    EXPECT_EQ(reading.times_throttled, std::nullopt);
    EXPECT_TRUE(reading.errors.empty());
}

TEST_F(Telemetry, TheClockOfTheCpusIsTheMeanOfTheirGovernors) {
    write("/sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq", "3000000\n");
    write("/sys/devices/system/cpu/cpu1/cpufreq/scaling_cur_freq", "2000000\n");
    write("/proc/cpuinfo", "cpu MHz\t\t: 800.000\n");
    EXPECT_EQ(cpu().clock_mhz, 2500);
}

TEST_F(Telemetry, WithoutAGovernorTheClockComesFromCpuinfo) {
    write("/proc/cpuinfo", "processor\t: 0\ncpu MHz\t\t: 2596.146\n\ncpu MHz\t\t: 2600\n");
    EXPECT_EQ(cpu().clock_mhz, 2598);
}

TEST_F(Telemetry, ReadsTemperatureThrottlingAndMemoryErrors) {
    write("/sys/class/hwmon/hwmon0/name", "nvme\n");
    write("/sys/class/hwmon/hwmon0/temp1_input", "33000\n");
    write("/sys/class/hwmon/hwmon1/name", "k10temp\n");
    write("/sys/class/hwmon/hwmon1/temp1_input", "61500\n");
    write("/sys/devices/system/cpu/cpu0/thermal_throttle/core_throttle_count", "4\n");
    write("/sys/devices/system/cpu/cpu1/thermal_throttle/core_throttle_count", "5\n");
    write("/sys/devices/system/edac/mc/mc0/ce_count", "2\n");
    write("/sys/devices/system/edac/mc/mc0/ue_count", "0\n");
    write("/sys/devices/system/edac/mc/mc1/ce_count", "1\n");
    const Reading reading = cpu();
    EXPECT_EQ(reading.temperature_c, 61.5);
    EXPECT_EQ(reading.times_throttled, 9U);
    EXPECT_THAT(reading.errors, ElementsAre(Pair("memory errors, corrected", 3U),
                                            Pair("memory errors, not corrected", 0U)));
}

TEST_F(Telemetry, ReadsTheSensorsAndCountersOfACard) {
    const std::string card_folder = "/sys/bus/pci/devices/0000:03:00.0";
    write(card_folder + "/hwmon/hwmon4/temp1_input", "55000\n");
    write(card_folder + "/hwmon/hwmon4/freq1_input", "2105000000\n");
    write(card_folder + "/hwmon/hwmon4/power1_average", "213000000\n");
    write(card_folder + "/aer_dev_correctable", "RxErr 1\nRollover 2\nTOTAL_ERR_COR 3\n");
    write(card_folder + "/current_link_speed", "16.0 GT/s PCIe\n");
    write(card_folder + "/ras/umc_err_count", "ue: 1\nce: 7\n");
    const Reading reading = card();
    EXPECT_EQ(reading.clock_mhz, 2105);
    EXPECT_EQ(reading.temperature_c, 55);
    EXPECT_EQ(reading.power_w, 213);
    EXPECT_EQ(reading.link_gt_per_s, 16);
    EXPECT_THAT(reading.errors, ElementsAre(Pair("card errors, corrected", 7U),
                                            Pair("card errors, not corrected", 1U),
                                            Pair("link errors, corrected", 3U)));
}

TEST_F(Telemetry, TextThatIsNotANumberIsNotAReading) {
    write("/proc/cpuinfo", "cpu MHz: fast\ncpu MHz\n");
    write("/sys/devices/system/edac/mc/mc0/ce_count", "-1\n");
    write("/sys/class/hwmon/hwmon0/name", "coretemp\n");
    write("/sys/class/hwmon/hwmon0/temp1_input", "hot\n");
    const Reading reading = cpu();
    EXPECT_EQ(reading.clock_mhz, std::nullopt);
    EXPECT_EQ(reading.temperature_c, std::nullopt);
    EXPECT_TRUE(reading.errors.empty());
}

// The address comes from a worker, which may say anything.
TEST_F(Telemetry, AnAddressThatIsAPathIsNotFollowed) {
    write("/sys/secret/hwmon/hwmon0/temp1_input", "55000\n");
    EXPECT_EQ(card("../../../secret").temperature_c, std::nullopt);
}

CheckReport passed() {
    CheckReport report;
    report.verdict = Verdict::pass;
    report.values_compared = 1;
    return report;
}

TEST(TelemetryLog, ErrorsDuringTheCheckAreAFailure) {
    std::uint64_t errors = 4;
    TelemetryLog log([&] { return Reading{.errors = {{"memory errors, corrected", errors++}}}; });
    CheckReport report = passed();
    log.add_to(report);
    EXPECT_EQ(report.verdict, Verdict::fail);
    EXPECT_EQ(report.message, "memory errors, corrected: found 5, expected 4, as before the check");
}

TEST(TelemetryLog, ErrorsAreRememberedIfTheirCounterDisappears) {
    Reading reading{.errors = {{"card errors, corrected", 1}}};
    TelemetryLog log([&] { return reading; });
    reading.errors = {{"card errors, corrected", 1}, {"Xid 79", 1}};
    log.sample();
    reading = {.problem = "the worker was killed"};
    CheckReport report = passed();
    log.add_to(report);
    EXPECT_EQ(report.verdict, Verdict::fail);
    EXPECT_EQ(report.message, "Xid 79: found 1, expected 0, as before the check");
    EXPECT_THAT(report.lacking, ElementsAre(HasSubstr("the worker was killed")));
}

TEST(TelemetryLog, EarlierErrorsAreNotAFailure) {
    TelemetryLog log([] { return Reading{.errors = {{"memory errors, corrected", 4}}}; });
    CheckReport report = passed();
    log.add_to(report);
    EXPECT_EQ(report.verdict, Verdict::pass);
}

TEST(TelemetryLog, OccasionalLinkReplaysAreNotAFailure) {
    std::uint64_t replays = 100;
    TelemetryLog log([&] { return Reading{.link_replays = replays}; });
    CheckReport report = passed();
    replays = 108;
    log.add_to(report);
    EXPECT_EQ(report.verdict, Verdict::pass);
    replays = 109;
    log.add_to(report);
    EXPECT_EQ(report.verdict, Verdict::fail);
    EXPECT_EQ(
        report.message,
        "link replays: found 109, expected at most 108: 100 before the check, and 8 a minute");
}

TEST(TelemetryLog, ThrottlingIsReportedAndNotJudged) {
    std::set<std::string> reasons;
    TelemetryLog log([&] { return Reading{.throttle_reasons = reasons}; });
    log.sample();
    reasons = {"heat"};
    CheckReport report = passed();
    log.add_to(report);
    EXPECT_EQ(report.verdict, Verdict::pass);
    ASSERT_EQ(report.telemetry.size(), 1U);
    EXPECT_EQ(report.telemetry[0].name, "slowed by heat");
    EXPECT_EQ(report.telemetry[0].value, 50);
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
    log.add_to(report);
    EXPECT_EQ(log.loaded_clocks().clock_mhz, 2000);
    EXPECT_EQ(report.telemetry.at(0).name, "clock");
    EXPECT_EQ(report.telemetry.at(0).value, 2000);
    EXPECT_TRUE(report.series.empty());  // three points are not a plot
}

}  // namespace
}  // namespace trilby::validate
