// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/telemetry.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

/// A machine as files in a folder.
class Telemetry : public ::testing::Test {
  protected:
    void write(const std::string& path, const std::string& content) {
        folder_.write(path.substr(1), content);
    }
    [[nodiscard]] Reading cpu(const UsableCpus& usable = {}) const {
        return read_telemetry(tree(), "", usable);
    }
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

TEST_F(Telemetry, TheClockOfTheCpusIsTheHighestOfTheirGovernors) {
    write("/sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq", "3000000\n");
    write("/sys/devices/system/cpu/cpu1/cpufreq/scaling_cur_freq", "2000000\n");
    write("/proc/cpuinfo", "cpu MHz\t\t: 800.000\n");
    EXPECT_EQ(cpu().clock_mhz, 3000);
    EXPECT_EQ(cpu().mean_clock_mhz, 2500);
}

// A clock of a CPU that only other containers use says nothing about this process.
TEST_F(Telemetry, OnlyTheCpusThatMayBeUsedHaveAClock) {
    write("/sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq", "3000000\n");
    write("/sys/devices/system/cpu/cpu1/cpufreq/scaling_cur_freq", "2000000\n");
    EXPECT_EQ(cpu({{1}}).clock_mhz, 2000);
    EXPECT_EQ(cpu({{7}}).clock_mhz, std::nullopt);
}

TEST_F(Telemetry, OnlyTheCpusThatMayBeUsedCountInCpuinfo) {
    write("/proc/cpuinfo",
          "processor\t: 0\ncpu MHz\t\t: 2600.5\n\nprocessor\t: 1\ncpu MHz\t\t: 900\n");
    EXPECT_EQ(cpu({{1}}).clock_mhz, 900);
    EXPECT_EQ(cpu({{0, 1}}).clock_mhz, 2600);
    EXPECT_EQ(cpu({{0, 1}}).mean_clock_mhz, 1750);
}

TEST_F(Telemetry, WithoutAGovernorTheClockComesFromCpuinfo) {
    write("/proc/cpuinfo", "processor\t: 0\ncpu MHz\t\t: 2596.146\n\ncpu MHz\t\t: 2600\n");
    EXPECT_EQ(cpu().clock_mhz, 2600);
    EXPECT_EQ(cpu().mean_clock_mhz, 2598);
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

}  // namespace
}  // namespace trilby::validate
