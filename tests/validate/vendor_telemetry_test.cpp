// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/vendor_telemetry.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "worker/vendor_fixture.hpp"

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
using namespace std::chrono_literals;

constexpr const char* card = "0000:01:00.0";
constexpr const char* device_line = "device 0000:01:00.0 85899345920 9.0 NVIDIA H100 80GB\n";

TEST(AddVendorReading, KeepsTheReadingsOfFiles) {
    Reading reading{.clock_mhz = 1000, .errors = {{"card errors, corrected", 5}}};
    add_vendor_reading(reading, {{"clock_mhz", 2000},
                                 {"power_w", 300.5},
                                 {"errors", {{"card errors, corrected", 9}, {"Xid 79", 1}}}});
    EXPECT_EQ(reading.clock_mhz, 1000);
    EXPECT_EQ(reading.power_w, 300.5);
    EXPECT_THAT(reading.errors,
                ElementsAre(Pair("Xid 79", 1U), Pair("card errors, corrected", 5U)));
}

TEST(AddVendorReading, IgnoresValuesOfWrongTypes) {
    Reading reading;
    add_vendor_reading(reading, {{"clock_mhz", "fast"},
                                 {"link_replays", -1},
                                 {"energy_j", -1.5},
                                 {"throttle_reasons", {1, nullptr}},
                                 {"errors", {{"a", -3}, {"b", "many"}, {"c", 1.5}}}});
    EXPECT_EQ(reading.clock_mhz, std::nullopt);
    EXPECT_EQ(reading.link_replays, std::nullopt);
    EXPECT_THAT(reading.energy, IsEmpty());
    EXPECT_THAT(reading.throttle_reasons, Optional(IsEmpty()));
    EXPECT_THAT(reading.errors, IsEmpty());
}

TEST(AddVendorReading, IgnoresOtherWrongTypes) {
    Reading reading;
    add_vendor_reading(reading, {{"throttle_reasons", "heat"},
                                 {"throttle_counts", {{"a", -1}, {"b", "c"}}},
                                 {"throttle_looks", -1},
                                 {"unknown", {{"power_w", 3}, {"b", nullptr}}}});
    EXPECT_FALSE(reading.knows_throttling());
    EXPECT_EQ(reading.throttle_looks, std::nullopt);
    EXPECT_THAT(reading.unknown, IsEmpty());
    add_vendor_reading(reading, {{"unknown", json::array()}, {"throttle_counts", 1}});
    EXPECT_THAT(reading.unknown, IsEmpty());
}

TEST(AddVendorReading, AValueFromALibraryIsNoLongerUnknown) {
    Reading reading{.unknown = {{"power", "no file"},
                                {"throttling", "no file"},
                                {"card errors", "no file"},
                                {"link speed", "no file"}}};
    add_vendor_reading(reading, {{"power_w", 300},
                                 {"throttle_reasons", json::array()},
                                 {"errors", {{"card errors, corrected", 0}}}});
    EXPECT_THAT(reading.unknown, ElementsAre(Key("link speed")));
    EXPECT_THAT(reading.throttle_reasons, Optional(IsEmpty()));
}

TEST(AddVendorReading, TheReasonOfTheLibraryReplacesThatOfTheFile) {
    Reading reading{.clock_mhz = 1000,
                    .unknown = {{"power", "no file"}, {"card errors", "no file"}}};
    add_vendor_reading(reading, {{"unknown",
                                  {{"power_w", "Not Supported"},
                                   {"clock_mhz", "Not Supported"},
                                   {"card errors, corrected", "Not Supported"}}}});
    EXPECT_THAT(reading.unknown, ElementsAre(Pair("card errors, corrected", "Not Supported"),
                                             Pair("power", "Not Supported")));
}

// They would count the same errors twice.
TEST(AddVendorReading, TotalsOfACardAreLeftOutWhereItsUnitsAreCounted) {
    Reading reading{.errors = {{"RAS umc, corrected", 5}}};
    add_vendor_reading(reading, {{"errors", {{"card errors, corrected", 5}}}});
    EXPECT_THAT(reading.errors, ElementsAre(Pair("RAS umc, corrected", 5U)));
}

TEST(AddVendorReading, KeepsWhatIsKnownAboutTheEnergy) {
    Reading reading{.unknown = {{"energy", "no file"}}};
    add_vendor_reading(reading, {{"unknown", {{"energy_j", "Not Supported"}}}});
    EXPECT_THAT(reading.unknown, ElementsAre(Pair("energy", "Not Supported")));
    add_vendor_reading(reading, {{"energy_j", 17.5}});
    EXPECT_EQ(reading.energy.at("card").joules, 17.5);
    EXPECT_THAT(reading.unknown, IsEmpty());
    add_vendor_reading(reading, {{"energy_j", 99}, {"unknown", {{"energy_j", "Not Supported"}}}});
    EXPECT_EQ(reading.energy.at("card").joules, 17.5);
    EXPECT_THAT(reading.unknown, IsEmpty());
}

// The limit and the retirement, which no file has for all cards, as much as the others.
TEST(AddVendorReading, NoKnownValueIsUnknown) {
    Reading reading{.temperature_limit_c = 100, .is_retirement_pending = false};
    add_vendor_reading(
        reading,
        {{"unknown",
          {{"temperature_limit_c", "Not Supported"}, {"is_retirement_pending", "Not Supported"}}}});
    EXPECT_THAT(reading.unknown, IsEmpty());
}

TEST(CardFacts, ValuesOfWrongTypesAreUnknown) {
    const CardFacts facts =
        card_facts({{"memory_free_bytes", -5}, {"cores", "all"}, {"is_persistent", 1}});
    EXPECT_EQ(facts.memory_free_bytes, std::nullopt);
    EXPECT_EQ(facts.cores, std::nullopt);
    EXPECT_EQ(facts.is_persistent, std::nullopt);
}

/// A card that the made-up libraries of tests/vendors know, which do what `table` says.
class AskedVendor : public trilby::testing::VendorTest {
  protected:
    VendorTelemetry start(const std::string& table, const char* backend = "cuda",
                          const char* vendors = "good", std::chrono::milliseconds limit = 10s,
                          const char* address = card) {
        imitate(device_line + table, vendors);
        return VendorTelemetry({.worker_program = trilby::testing::worker_program(),
                                .module = trilby::testing::library_folder() / "trilby-runtimes.so",
                                .backend = backend,
                                .pci_address = address,
                                .limit = limit});
    }
    void say(const std::string& table) const { VendorTest::say(device_line + table); }

    static Reading read(VendorTelemetry& vendor) {
        Reading reading;
        vendor.add_to(reading);
        return reading;
    }
};

TEST_F(AskedVendor, NvmlReportsTheStateOfACard) {
    VendorTelemetry vendor = start("");
    const Reading reading = read(vendor);
    EXPECT_EQ(reading.clock_mhz, 1755);
    EXPECT_EQ(reading.temperature_c, 64);
    EXPECT_EQ(reading.power_w, 412.5);
    EXPECT_DOUBLE_EQ(reading.energy.at("card").joules, 5250.5);
    EXPECT_EQ(reading.link_replays, 3U);
    EXPECT_THAT(reading.throttle_reasons, Optional(ElementsAre("heat", "power cap")));
    EXPECT_THAT(reading.unknown, Not(Contains(Key("Xid errors"))));
    EXPECT_THAT(reading.errors, ElementsAre(Pair("card errors, corrected", 2U),
                                            Pair("card errors, not corrected", 0U)));
}

TEST_F(AskedVendor, NvmlReportsTheLimitOfTheTemperature) {
    VendorTelemetry vendor = start("");
    EXPECT_EQ(read(vendor).temperature_limit_c, 87);
    for (const char* unknown : {"0", "4294967295"}) {
        say(fmt::format("nvmlDeviceGetTemperatureThreshold number {}\n", unknown));
        EXPECT_EQ(read(vendor).temperature_limit_c, std::nullopt) << unknown;
    }
}

TEST_F(AskedVendor, NvmlReportsMemoryThatWaitsToBeRetired) {
    VendorTelemetry vendor = start("");
    EXPECT_EQ(read(vendor).is_retirement_pending, false);
    EXPECT_EQ(read(vendor).has_retirement_failed, false);
    say("nvmlDeviceGetRemappedRows number 1\n");
    EXPECT_EQ(read(vendor).is_retirement_pending, true);
    say("nvmlDeviceGetRemappedRows number 2\n");
    EXPECT_EQ(read(vendor).has_retirement_failed, true);
    // Cards before Ampere leave out whole pages.
    say("nvmlDeviceGetRemappedRows return 3\n"
        "nvmlDeviceGetRetiredPagesPendingStatus number 1\n");
    EXPECT_EQ(read(vendor).is_retirement_pending, true);
    EXPECT_EQ(read(vendor).has_retirement_failed, std::nullopt);
}

TEST_F(AskedVendor, NvmlReportsTheLimitsOfACard) {
    const VendorTelemetry vendor = start("nvmlDeviceGetMigMode number 0\n");
    EXPECT_EQ(vendor.facts().problem, "");
    EXPECT_EQ(vendor.facts().cores, 16896);
    EXPECT_EQ(vendor.facts().max_clock_mhz, 1980);
    EXPECT_EQ(vendor.facts().memory_bus_bits, 5120);
    EXPECT_EQ(vendor.facts().max_memory_clock_mhz, 2619);
    EXPECT_EQ(vendor.facts().is_persistent, true);
    EXPECT_EQ(vendor.facts().memory_total_bytes, 85899345920U);
    ASSERT_TRUE(vendor.facts().memory_free_bytes);
}

TEST_F(AskedVendor, ACardInMigModeReportsNothingAboutItsInstances) {
    const VendorTelemetry vendor = start("nvmlDeviceGetMigMode number 1\n");
    EXPECT_EQ(vendor.facts().cores, std::nullopt);
    EXPECT_EQ(vendor.facts().memory_free_bytes, std::nullopt);
    EXPECT_EQ(vendor.facts().is_persistent, true);
}

TEST_F(AskedVendor, CountsErrorsDuringACheck) {
    VendorTelemetry vendor = start("nvmlEventSetWait_v2 number 0\n");
    EXPECT_FALSE(read(vendor).errors.contains("Xid 79"));
    say("nvmlEventSetWait_v2 number 9\nnvmlDeviceGetTotalEccErrors number 3\n");
    const Reading reading = read(vendor);
    EXPECT_GT(reading.errors.at("Xid 79"), 0U);
    EXPECT_EQ(reading.errors.at("card errors, corrected"), 3U);
    EXPECT_EQ(reading.errors.at("Xid 31"), 1U);  // of a program, but counted
}

// As on a card for games: no ECC, no events.
TEST_F(AskedVendor, NvmlSaysWhyACardDoesNotReportAValue) {
    VendorTelemetry vendor = start(
        "nvmlDeviceGetTotalEccErrors return 3\nnvmlDeviceRegisterEvents return 3\n"
        "nvmlDeviceGetPcieReplayCounter return 3\n");
    const Reading reading = read(vendor);
    EXPECT_EQ(reading.clock_mhz, 1755);
    EXPECT_EQ(reading.power_w, 412.5);
    EXPECT_THAT(reading.errors, IsEmpty());
    for (const char* name :
         {"card errors, corrected", "card errors, not corrected", "Xid errors", "link replays"}) {
        EXPECT_THAT(reading.unknown, Contains(Pair(name, "Some error (NVML error 3)"))) << name;
    }
}

TEST_F(AskedVendor, PlaceholdersOfNvmlAreUnknown) {
    VendorTelemetry vendor = start(
        "nvmlDeviceGetMigMode number 0\nnvmlDeviceGetPowerUsage number 0\n"
        "nvmlDeviceGetPcieReplayCounter number 4294967295\n"
        "nvmlDeviceGetTotalEccErrors number -1\nnvmlDeviceGetTemperature number 4294967295\n"
        "nvmlDeviceGetCurrentClocksThrottleReasons number -1\n"
        "nvmlDeviceGetNumGpuCores number 0\nnvmlDeviceGetClockInfo number 0\n"
        "nvmlDeviceGetTotalEnergyConsumption number -1\n");
    const Reading reading = read(vendor);
    EXPECT_EQ(reading.clock_mhz, std::nullopt);
    EXPECT_EQ(reading.temperature_c, std::nullopt);
    EXPECT_EQ(reading.power_w, std::nullopt);
    EXPECT_EQ(reading.link_replays, std::nullopt);
    EXPECT_EQ(reading.throttle_reasons, std::nullopt);
    EXPECT_THAT(reading.errors, ElementsAre(Pair("card errors, not corrected", 0U)));
    EXPECT_EQ(vendor.facts().cores, std::nullopt);
    for (const char* name : {"clock", "temperature", "power", "energy", "link replays",
                             "throttling", "card errors, corrected", "cores"}) {
        EXPECT_THAT(reading.unknown, Contains(Pair(name, HasSubstr("which is not a value"))))
            << name;
    }
}

TEST_F(AskedVendor, NoReasonForThrottlingIsKnownToBeNone) {
    VendorTelemetry vendor = start("nvmlDeviceGetCurrentClocksThrottleReasons number 257\n");
    EXPECT_THAT(read(vendor).throttle_reasons, Optional(IsEmpty()));  // idle, clocks of a display
}

TEST_F(AskedVendor, AReasonThatIsNotKnownIsReportedAsItsNumber) {
    VendorTelemetry vendor = start("nvmlDeviceGetCurrentClocksThrottleReasons number 516\n");
    EXPECT_THAT(read(vendor).throttle_reasons,
                Optional(ElementsAre("power cap", "the driver (reason 0x200)")));
}

TEST_F(AskedVendor, CardsOfDifferentModelsReportWhatEachHas) {
    const std::string table =
        "device 0000:41:00.0 25769803776 8.9 NVIDIA GeForce RTX 4090\n"
        "nvmlDeviceGetPowerUsage@0000:41:00.0 return 3\n"
        "nvmlDeviceGetTotalEccErrors@0000:01:00.0 return 3\n";
    VendorTelemetry one = start(table);
    VendorTelemetry other = start(table, "cuda", "good", 10s, "0000:41:00.0");
    const Reading of_one = read(one);
    const Reading of_other = read(other);
    EXPECT_EQ(of_one.power_w, 412.5);
    EXPECT_THAT(of_one.unknown, Contains(Key("card errors, corrected")));
    EXPECT_EQ(of_other.power_w, std::nullopt);
    EXPECT_THAT(of_other.unknown,
                AllOf(Contains(Key("power")), Not(Contains(Key("card errors, corrected")))));
    EXPECT_EQ(of_other.errors.at("card errors, corrected"), 2U);
}

TEST_F(AskedVendor, EventsThatFailDuringACheckAreUnknownAndTheCountsRemain) {
    VendorTelemetry vendor = start("nvmlEventSetWait_v2 number 9\n");
    EXPECT_GT(read(vendor).errors.at("Xid 79"), 0U);
    say("nvmlEventSetWait_v2 return 15\n");
    const Reading reading = read(vendor);
    EXPECT_GT(reading.errors.at("Xid 79"), 0U);
    EXPECT_THAT(reading.unknown, Contains(Pair("Xid errors", "Some error (NVML error 15)")));
}

TEST_F(AskedVendor, TheErrorsOfACardThatIsLostAreStillCounted) {
    VendorTelemetry vendor = start("nvmlEventSetWait_v2 number 0\n");
    EXPECT_EQ(read(vendor).problem, "");
    say("nvmlEventSetWait_v2 number 2\nnvmlDeviceGetHandleByPciBusId_v2 return 15\n");
    for (int times = 0; times < 2; ++times) {
        const Reading lost = read(vendor);
        EXPECT_EQ(lost.errors.at("Xid 79"), 1U);
        EXPECT_EQ(lost.problem, "Some error (NVML error 15)");
        EXPECT_EQ(lost.clock_mhz, std::nullopt);
    }
}

TEST_F(AskedVendor, AmdSmiReportsTheStateOfACard) {
    VendorTelemetry vendor = start("", "rocm");
    EXPECT_EQ(vendor.facts().problem, "");
    const Reading reading = read(vendor);
    EXPECT_EQ(reading.clock_mhz, 2100);
    EXPECT_EQ(reading.temperature_c, 58);
    EXPECT_EQ(reading.link_replays, 7U);
    EXPECT_EQ(reading.power_w, 285);
    EXPECT_DOUBLE_EQ(reading.energy.at("card").joules, 15);
    EXPECT_THAT(reading.throttle_reasons, Optional(ElementsAre("heat of the die", "power cap")));
    EXPECT_THAT(reading.errors, ElementsAre(Pair("card errors, corrected", 4U),
                                            Pair("card errors, not corrected", 1U)));
    EXPECT_THAT(reading.unknown, IsEmpty());
    EXPECT_EQ(vendor.facts().memory_free_bytes, 85899345920U / 4 * 3);
}

TEST_F(AskedVendor, AmdSmiCountsTheThrottlingOfAnAccelerator) {
    VendorTelemetry vendor = start("amdsmi_get_gpu_metrics_info number 1\n", "rocm");
    const Reading reading = read(vendor);
    EXPECT_EQ(reading.power_w, 740);
    EXPECT_EQ(reading.throttle_looks, 1000U);
    EXPECT_THAT(reading.throttle_counts, ElementsAre(Pair("power cap", 250U)));
    EXPECT_EQ(reading.throttle_reasons, std::nullopt);
    EXPECT_THAT(reading.unknown, IsEmpty());
}

TEST_F(AskedVendor, PlaceholdersOfAmdSmiAreUnknown) {
    VendorTelemetry vendor = start(
        "amdsmi_get_gpu_metrics_info number 2\namdsmi_get_clock_info number 4294967295\n"
        "amdsmi_get_temp_metric number 65535\namdsmi_get_gpu_total_ecc_count number -1\n"
        "amdsmi_get_gpu_pci_replay_counter number -1\namdsmi_get_gpu_memory_usage number -1\n",
        "rocm");
    const Reading reading = read(vendor);
    EXPECT_THAT(reading.errors, ElementsAre(Pair("card errors, not corrected", 1U)));
    EXPECT_EQ(vendor.facts().memory_free_bytes, std::nullopt);
    EXPECT_FALSE(reading.knows_throttling());
    for (const char* name : {"clock", "temperature", "power", "throttling", "link replays",
                             "free memory", "card errors, corrected"}) {
        EXPECT_THAT(reading.unknown, Contains(Key(name))) << name;
    }
}

TEST_F(AskedVendor, PlaceholdersOfAmdSmisEnergyAreUnknown) {
    VendorTelemetry vendor = start("amdsmi_get_energy_count number -1\n", "rocm");
    EXPECT_THAT(read(vendor).unknown, Contains(Pair("energy", HasSubstr("not a value"))));
    say("amdsmi_get_energy_count number 0\n");
    EXPECT_THAT(read(vendor).unknown, Contains(Pair("energy", HasSubstr("not a value"))));
    say("amdsmi_get_energy_count.step number 0\n");
    EXPECT_THAT(read(vendor).unknown, Contains(Pair("energy", HasSubstr("steps of 0"))));
    say("amdsmi_get_energy_count return 2\n");
    const Reading reading = read(vendor);
    EXPECT_THAT(reading.unknown, Contains(Pair("energy", HasSubstr("Some error"))));
    EXPECT_THAT(reading.energy, IsEmpty());
}

TEST_F(AskedVendor, AmdSmiSaysWhyACardDoesNotReportAValue) {
    VendorTelemetry vendor = start(
        "amdsmi_get_gpu_metrics_info return 2\namdsmi_get_gpu_total_ecc_count return 2\n", "rocm");
    const Reading reading = read(vendor);
    EXPECT_EQ(reading.clock_mhz, 2100);
    for (const char* name :
         {"power", "throttling", "card errors, corrected", "card errors, not corrected"}) {
        EXPECT_THAT(reading.unknown, Contains(Pair(name, "Some error (AMD SMI error 2)"))) << name;
    }
}

// The counters came with a later release.
TEST_F(AskedVendor, AnOldAmdSmiLeavesWhatItDoesNotHaveUnknown) {
    VendorTelemetry vendor = start("amdsmi_get_gpu_metrics_info number 1\n", "rocm", "old");
    const Reading reading = read(vendor);
    EXPECT_EQ(reading.power_w, 740);
    EXPECT_THAT(reading.unknown, ElementsAre(Pair("throttling", "the firmware reports no value")));
}

TEST_F(AskedVendor, TheMetricsOfALaterAmdSmiAreNotGuessed) {
    VendorTelemetry vendor = start("", "rocm", "newer");
    const Reading reading = read(vendor);
    EXPECT_EQ(reading.clock_mhz, 2100);
    EXPECT_EQ(reading.power_w, std::nullopt);
    EXPECT_THAT(reading.unknown, Contains(Pair("power", HasSubstr("AMD SMI 27 are not known"))));
    EXPECT_THAT(reading.unknown, Contains(Key("throttling")));
}

TEST_F(AskedVendor, RefusedValuesAreLeftOut) {
    VendorTelemetry vendor = start("nvmlDeviceGetPowerUsage return 3\n");
    const Reading reading = read(vendor);
    EXPECT_EQ(reading.power_w, std::nullopt);
    EXPECT_EQ(reading.clock_mhz, 1755);
}

TEST_F(AskedVendor, AMissingLibraryIsReported) {
    VendorTelemetry vendor = start("", "cuda", "none");
    EXPECT_THAT(vendor.facts().problem, HasSubstr("libnvidia-ml.so.1"));
    EXPECT_EQ(read(vendor).clock_mhz, std::nullopt);
}

TEST_F(AskedVendor, ALibraryThatDoesNotStartIsReportedWithItsMessage) {
    const VendorTelemetry vendor = start("nvmlInit_v2 return 18\n");
    EXPECT_THAT(vendor.facts().problem, HasSubstr("Driver/library version mismatch"));
}

TEST_F(AskedVendor, ACrashedLibraryIsNotQueriedAgain) {
    VendorTelemetry vendor = start("");
    say("nvmlDeviceGetClockInfo crash\n");
    EXPECT_NE(read(vendor).problem, "");
    say("");
    const Reading later = read(vendor);
    EXPECT_EQ(later.clock_mhz, std::nullopt);
    EXPECT_NE(later.problem, "");
}

TEST_F(AskedVendor, AHangingLibraryIsGivenUp) {
    const VendorTelemetry vendor = start("nvmlDeviceGetTemperature hang\n", "cuda", "good", 500ms);
    EXPECT_NE(vendor.facts().problem, "");
}

TEST_F(AskedVendor, ADeadlineHoldsForTheStartAndAllAnswersTogether) {
    imitate(device_line);
    VendorTelemetryOptions options{
        .worker_program = trilby::testing::worker_program(),
        .module = trilby::testing::library_folder() / "trilby-runtimes.so",
        .backend = "cuda",
        .pci_address = card,
        .limit = 10s,
        .deadline = std::chrono::steady_clock::now() - 1s};
    const VendorTelemetry late(options);
    EXPECT_NE(late.facts().problem, "");
    EXPECT_EQ(late.facts().cores, std::nullopt);
    options.deadline = std::chrono::steady_clock::now() + 10s;
    EXPECT_EQ(VendorTelemetry(options).facts().problem, "");
}

TEST_F(AskedVendor, NoLibraryIsQueriedForACpu) {
    VendorTelemetry vendor = start("nvmlInit_v2 crash\n", "cpu");
    EXPECT_EQ(vendor.facts().problem, "");
    EXPECT_EQ(read(vendor).clock_mhz, std::nullopt);
}

}  // namespace
}  // namespace trilby::validate
