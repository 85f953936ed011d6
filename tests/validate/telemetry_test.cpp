// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/telemetry.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <thread>

#include "base/little_endian.hpp"
#include "support/temporary_folder.hpp"

namespace trilby::validate {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Key;
using ::testing::Not;
using ::testing::Optional;
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
    EXPECT_THAT(reading.unknown,
                ElementsAre(Pair("clock", "neither cpufreq nor /proc/cpuinfo has one"),
                            Pair("energy", "/sys/class/powercap does not exist"),
                            Pair("machine checks", "/proc/interrupts does not exist"),
                            Pair("memory errors", HasSubstr("edac/mc does not exist")),
                            Pair("temperature", "/sys/class/hwmon does not exist"),
                            Pair("throttling", HasSubstr("thermal_throttle"))));
}

TEST_F(Telemetry, OfAnEmptyCardIsUnknownWithReasons) {
    const Reading reading = card();
    EXPECT_EQ(reading.throttle_reasons, std::nullopt);
    for (const char* name : {"clock", "temperature", "power", "energy", "link speed",
                             "link replays", "link errors", "card errors", "throttling"}) {
        EXPECT_THAT(reading.unknown, Contains(Pair(name, HasSubstr("does not exist")))) << name;
    }
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
    EXPECT_THAT(reading.unknown, Not(Contains(Key("temperature"))));
    EXPECT_THAT(reading.unknown, Contains(Pair("mc1 memory errors, not corrected",
                                               HasSubstr("mc1/ue_count does not exist"))));
}

TEST_F(Telemetry, CountsMachineChecksOfAllCpus) {
    write("/proc/interrupts",
          "            CPU0       CPU1\n"
          "  0:         35          0   IO-APIC   2-edge      timer\n"
          "DFR:          0          3   Deferred Error APIC interrupts\n"
          "MCE:          2          1   Machine check exceptions\n"
          "MCP:        123        123   Machine check polls\n");
    EXPECT_THAT(cpu().errors, ElementsAre(Pair("machine checks, deferred", 3U),
                                          Pair("machine checks, fatal", 3U)));
}

TEST_F(Telemetry, ReadsTheSensorsAndCountersOfACard) {
    const std::string card_folder = "/sys/bus/pci/devices/0000:03:00.0";
    write(card_folder + "/hwmon/hwmon4/temp1_input", "55000\n");
    write(card_folder + "/hwmon/hwmon4/freq1_input", "2105000000\n");
    write(card_folder + "/hwmon/hwmon4/power1_average", "213000000\n");
    write(card_folder + "/aer_dev_correctable", "RxErr 1\nRollover 2\nTOTAL_ERR_COR 3\n");
    write(card_folder + "/current_link_speed", "16.0 GT/s PCIe\n");
    write(card_folder + "/aer_dev_nonfatal", "Undefined 0\nCmpltTO 4\nTOTAL_ERR_NONFATAL 4\n");
    write(card_folder + "/aer_dev_fatal", "DLP 5\nTOTAL_ERR_FATAL 5\n");
    write(card_folder + "/pcie_replay_count", "12\n");
    write(card_folder + "/ras/umc_err_count", "ue: 1\nce: 7\nde: 2\n");
    write(card_folder + "/ras/xgmi_wafl_err_count", "ue: 0\nce: 3\n");
    write(card_folder + "/ras/features", "feature mask: 0x5\n");
    write(card_folder + "/ras/gpu_vram_bad_pages",
          "0x00000001 : 0x00001000 : R\n0x00000002 : 0x00001000 : R\n"
          "0x00000003 : 0x00001000 : P\n0x00000004 : 0x00001000 : F\n");
    const Reading reading = card();
    EXPECT_EQ(reading.clock_mhz, 2105);
    EXPECT_EQ(reading.temperature_c, 55);
    EXPECT_EQ(reading.power_w, 213);
    EXPECT_EQ(reading.link_gt_per_s, 16);
    EXPECT_EQ(reading.link_replays, 12U);
    EXPECT_THAT(
        reading.errors,
        ElementsAre(Pair("PCIe CmpltTO, not fatal", 4U), Pair("PCIe DLP, fatal", 5U),
                    Pair("PCIe Rollover, corrected", 2U), Pair("PCIe RxErr, corrected", 1U),
                    Pair("PCIe Undefined, not fatal", 0U), Pair("RAS umc, corrected", 7U),
                    Pair("RAS umc, deferred", 2U), Pair("RAS umc, not corrected", 1U),
                    Pair("RAS xgmi_wafl, corrected", 3U), Pair("RAS xgmi_wafl, not corrected", 0U),
                    Pair("bad pages, not retired", 1U), Pair("bad pages, pending", 1U),
                    Pair("bad pages, retired", 2U)));
    EXPECT_THAT(reading.unknown, ElementsAre(Key("energy"), Key("throttling")));
}

TEST_F(Telemetry, TheEnergyOfTheCpusIsThatOfTheirPackages) {
    const std::string folder = "/sys/class/powercap/intel-rapl:";
    write(folder + "0/name", "package-0\n");
    write(folder + "0/energy_uj", "5000000\n");
    write(folder + "0/max_energy_range_uj", "262143328850\n");
    write(folder + "0:0/name", "core\n");  // a part of the package
    write(folder + "0:0/energy_uj", "3000000\n");
    write(folder + "1/name", "psys\n");  // has the package as a part
    write(folder + "1/energy_uj", "9000000\n");
    write(folder + "2/name", "package-1\n");
    write(folder + "2/energy_uj", "7000000\n");
    const Reading reading = cpu();
    ASSERT_EQ(reading.energy.size(), 2U);
    EXPECT_EQ(reading.energy.at("package-0").joules, 5);
    EXPECT_DOUBLE_EQ(reading.energy.at("package-0").wraps_at_joules.value_or(0), 262143.328850);
    EXPECT_EQ(reading.energy.at("package-1").joules, 7);
    EXPECT_EQ(reading.energy.at("package-1").wraps_at_joules, std::nullopt);
    EXPECT_THAT(reading.unknown, Not(Contains(Key("energy"))));
}

TEST_F(Telemetry, AnEnergyCounterThatStandsForNoValueIsUnknown) {
    const std::string folder = "/sys/class/powercap/intel-rapl:";
    write(folder + "0/name", "package-0\n");
    write(folder + "0/energy_uj", "5000000\n");
    write(folder + "1/name", "package-1\n");
    for (const char* placeholder :
         {"0\n", "18446744073709551615\n", "4294967295\n", "-5\n", "\n"}) {
        write(folder + "1/energy_uj", placeholder);
        EXPECT_THAT(cpu().energy, IsEmpty()) << placeholder;  // a sum of some would be wrong
        EXPECT_THAT(cpu().unknown, Contains(Pair("energy", HasSubstr("energy_uj")))) << placeholder;
    }
}

TEST_F(Telemetry, ReadsTheEnergyCounterOfACard) {
    const std::string card_folder = "/sys/bus/pci/devices/0000:03:00.0";
    write(card_folder + "/hwmon/hwmon4/energy1_input", "0\n");
    EXPECT_THAT(card().energy, IsEmpty());
    EXPECT_THAT(card().unknown, Contains(Pair("energy", HasSubstr("energy1_input"))));
    write(card_folder + "/hwmon/hwmon4/energy1_input", "25000000\n");
    EXPECT_EQ(card().energy.at("card").joules, 25);
    EXPECT_THAT(card().unknown, Not(Contains(Key("energy"))));
}

TEST_F(Telemetry, WhatACardReportsForAllOfItsPartsIsUnknownForEach) {
    Reading reading{.clock_mhz = 1755, .power_w = 400, .energy = {{"card", {.joules = 5}}}};
    leave_out_totals_of_card(reading);
    EXPECT_EQ(reading.clock_mhz, 1755);
    EXPECT_EQ(reading.power_w, std::nullopt);
    EXPECT_THAT(reading.energy, IsEmpty());
    EXPECT_EQ(reading.unknown.at("power"), "the card reports it for all of its parts together");
    EXPECT_TRUE(reading.unknown.contains("energy"));
}

TEST_F(Telemetry, OneUnreadableValueOfACardDoesNotHideTheOthers) {
    const std::string card_folder = "/sys/bus/pci/devices/0000:03:00.0";
    write(card_folder + "/hwmon/hwmon4/temp1_input", "55000\n");
    write(card_folder + "/hwmon/hwmon4/freq1_input", "0\n");  // a sleeping card
    write(card_folder + "/hwmon/hwmon5/power1_input", "100000000\n");
    write(card_folder + "/pcie_replay_count", "18446744073709551615\n");
    write(card_folder + "/ras/umc_err_count", "ue: 18446744073709551615\nce: 7\n");
    write(card_folder + "/ras/gfx_err_count", "ue: many\nce: 1\n");
    const Reading reading = card();
    EXPECT_EQ(reading.temperature_c, 55);
    EXPECT_EQ(reading.power_w, 100);
    EXPECT_EQ(reading.clock_mhz, std::nullopt);
    EXPECT_EQ(reading.link_replays, std::nullopt);
    EXPECT_THAT(reading.errors,
                ElementsAre(Pair("RAS gfx, corrected", 1U), Pair("RAS umc, corrected", 7U)));
    EXPECT_THAT(reading.unknown,
                AllOf(Contains(Key("clock")), Contains(Key("link replays")),
                      Contains(Key("RAS umc, not corrected")),
                      Contains(Key("RAS gfx, not corrected")), Contains(Key("bad pages")),
                      Not(Contains(Key("temperature"))), Not(Contains(Key("power")))));
}

/// A table of version 1.3 with the bits of its throttle status.
std::string metrics_of_a_card(std::uint64_t status, std::uint64_t power) {
    std::string table(120, '\xff');
    table.replace(0, 4, encode_little_endian(120 | 1U << 16 | 3U << 24, 4));
    table.replace(22, 2, encode_little_endian(power, 2));
    return table.replace(112, 8, encode_little_endian(status, 8));
}

TEST_F(Telemetry, AmdsMetricsHaveThrottlingAndThePowerThatNoSensorHas) {
    const std::string card_folder = "/sys/bus/pci/devices/0000:03:00.0";
    write(card_folder + "/gpu_metrics", metrics_of_a_card(1ULL << 34 | 1, 285));
    const Reading reading = card();
    EXPECT_EQ(reading.power_w, 285);
    EXPECT_THAT(reading.throttle_reasons, Optional(ElementsAre("heat of the memory", "power cap")));
    EXPECT_THAT(reading.unknown,
                AllOf(Not(Contains(Key("throttling"))), Not(Contains(Key("power")))));
    write(card_folder + "/hwmon/hwmon4/power1_average", "213000000\n");
    EXPECT_EQ(card().power_w, 213);
}

TEST_F(Telemetry, MetricsThatSayNothingLeaveThrottlingUnknown) {
    const std::string card_folder = "/sys/bus/pci/devices/0000:03:00.0";
    write(card_folder + "/gpu_metrics", std::string(120, '\xff'));
    EXPECT_THAT(card().unknown, Contains(Pair("throttling", HasSubstr("which is not known"))));
    std::string table = metrics_of_a_card(~0ULL, 285);
    write(card_folder + "/gpu_metrics", table);
    EXPECT_THAT(card().unknown, Contains(Pair("throttling", HasSubstr("reports no value"))));
    EXPECT_EQ(card().throttle_reasons, std::nullopt);
}

TEST_F(Telemetry, ReadsTheLimitOfTheTemperature) {
    write("/sys/class/hwmon/hwmon0/name", "coretemp\n");
    write("/sys/class/hwmon/hwmon0/temp1_input", "61500\n");
    write("/sys/class/hwmon/hwmon0/temp1_crit", "100000\n");
    EXPECT_EQ(cpu().temperature_limit_c, 100);
    const std::string sensors = "/sys/bus/pci/devices/0000:03:00.0/hwmon/hwmon4";
    write(sensors + "/temp1_input", "55000\n");
    for (const char* unknown : {"0\n", "2147483647\n", "-1\n", "4294967295\n"}) {
        write(sensors + "/temp1_crit", unknown);
        EXPECT_EQ(card().temperature_limit_c, std::nullopt) << unknown;
    }
}

TEST_F(Telemetry, TheLargestNumbersAreNotCounts) {
    const std::string path = "/sys/bus/pci/devices/0000:03:00.0/ras/umc_err_count";
    for (const char* unknown : {"4294967295", "18446744073709551615", "9223372036854775807"}) {
        write(path, "ue: " + std::string(unknown) + "\nce: 1\n");
        EXPECT_THAT(card().errors, ElementsAre(Pair("RAS umc, corrected", 1U))) << unknown;
    }
}

TEST_F(Telemetry, ReadsWhichFaultyPagesAreStillInUse) {
    const std::string path = "/sys/bus/pci/devices/0000:03:00.0/ras/gpu_vram_bad_pages";
    EXPECT_EQ(card().is_retirement_pending, std::nullopt);
    write(path, "0x00000001 : 0x00001000 : R\n");
    EXPECT_EQ(card().is_retirement_pending, false);
    EXPECT_EQ(card().has_retirement_failed, false);
    write(path, "0x00000001 : 0x00001000 : R\n0x00000002 : 0x00001000 : P\n");
    EXPECT_EQ(card().is_retirement_pending, true);
    write(path, "0x00000001 : 0x00001000 : F\n");
    EXPECT_EQ(card().has_retirement_failed, true);
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

TEST(TelemetryLog, ErrorsHaveAMeaningAndARemedy) {
    Reading reading{.errors = {{"RAS umc, not corrected", 1}, {"RAS gfx, corrected", 2}}};
    TelemetryLog log([&] { return reading; });
    reading.errors["RAS umc, not corrected"] = 3;
    CheckReport report = passed();
    log.add_to(report);
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
    log.add_to(report);
    EXPECT_EQ(report.verdict, Verdict::pass);
    ASSERT_EQ(log.errors().size(), 1U);
    EXPECT_EQ(log.errors()[0].origin, "program");
}

TEST(TelemetryLog, ACounterThatWasUnknownBeforeIsComparedWithItsFirstCount) {
    Reading reading{.unknown = {{"card errors", "denied"}}};
    TelemetryLog log([&] { return reading; });
    reading.errors = {{"RAS umc, corrected", 7}};
    log.sample();
    CheckReport report = passed();
    log.add_to(report);
    EXPECT_EQ(report.verdict, Verdict::pass);
    reading.errors = {{"RAS umc, corrected", 8}};
    log.add_to(report);
    EXPECT_EQ(report.verdict, Verdict::fail);
}

TEST(TelemetryLog, ACounterThatWasResetIsNotAFailure) {
    Reading reading{.errors = {{"RAS umc, corrected", 7}}, .times_throttled = 9};
    TelemetryLog log([&] { return reading; });
    reading = {.errors = {{"RAS umc, corrected", 0}}, .times_throttled = 0};
    CheckReport report = passed();
    log.add_to(report);
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
    log.add_to(report);
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
    log.add_to(report);
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
    log.add_to(report);
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
    log.add_to(report);
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
    log.add_to(report);
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
    log.add_to(report);
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
    log.add_to(report);
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
    log.add_to(report);
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
    log.add_to(report);
    EXPECT_EQ(report.telemetry.size(), 1U);
}

TEST(TelemetryLog, SaysWhyTheCounterOfTheEnergyIsNotBelieved) {
    TelemetryLog log([&] { return Reading{.energy = {{"card", {.joules = 100}}}}; });
    log.sample();
    std::this_thread::sleep_for(1010ms);
    CheckReport report = passed();
    log.add_to(report);
    EXPECT_THAT(report.telemetry, IsEmpty());
    EXPECT_THAT(report.lacking, ElementsAre("energy: the energy counter of card did not rise"));
}

TEST(TelemetryLog, AMomentIsTooShortForTheEnergy) {
    double joules = 100;
    TelemetryLog log([&] { return Reading{.energy = {{"card", {.joules = joules++}}}}; });
    log.sample();
    CheckReport report = passed();
    log.add_to(report);
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
    log.add_to(report);
    EXPECT_EQ(log.loaded_clocks().clock_mhz, 2000);
    EXPECT_EQ(report.telemetry.at(0).basis,
              "the highest of 3 values; the lowest is 300, the median 2000");
    EXPECT_EQ(report.telemetry.at(0).name, "clock");
    EXPECT_EQ(report.telemetry.at(0).value, 2000);
    EXPECT_TRUE(report.series.empty());  // three points are not a plot
}

}  // namespace
}  // namespace trilby::validate
