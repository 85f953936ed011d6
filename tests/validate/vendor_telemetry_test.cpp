// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/vendor_telemetry.hpp"

#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temporary_folder.hpp"
#include "worker/worker_fixture.hpp"

namespace trilby::validate {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using trilby::testing::test_folder;
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
                                 {"throttle_reasons", {1, nullptr}},
                                 {"errors", {{"a", -3}, {"b", "many"}, {"c", 1.5}}}});
    EXPECT_EQ(reading.clock_mhz, std::nullopt);
    EXPECT_EQ(reading.link_replays, std::nullopt);
    EXPECT_THAT(reading.throttle_reasons, IsEmpty());
    EXPECT_THAT(reading.errors, IsEmpty());
}

TEST(CardFacts, ValuesOfWrongTypesAreUnknown) {
    const CardFacts facts =
        card_facts({{"memory_free_bytes", -5}, {"cores", "all"}, {"is_persistent", 1}});
    EXPECT_EQ(facts.memory_free_bytes, std::nullopt);
    EXPECT_EQ(facts.cores, std::nullopt);
    EXPECT_EQ(facts.is_persistent, std::nullopt);
}

/// A card that the made-up libraries of tests/vendors know, which do what `table` says.
class AskedVendor : public trilby::testing::WorkerTest {
  protected:
    void SetUp() override {
        WorkerTest::SetUp();
        for (const auto& [name, value] : trilby::testing::worker_environment()) {
            ::setenv(name.c_str(), value.c_str(), 1);
        }
    }
    void TearDown() override {
        ::unsetenv("LD_LIBRARY_PATH");
        ::unsetenv("TRILBY_FAKE_TABLE");
        WorkerTest::TearDown();
    }

    VendorTelemetry start(const std::string& table, const char* backend = "cuda",
                          const char* vendors = "good", std::chrono::milliseconds limit = 10s) {
        say(table);
        ::setenv("LD_LIBRARY_PATH", (test_folder() / "vendors" / vendors).c_str(), 1);
        ::setenv("TRILBY_FAKE_TABLE", (folder_ / "table").c_str(), 1);
        return VendorTelemetry({.worker_program = trilby::testing::worker_program(),
                                .module = trilby::testing::library_folder() / "trilby-runtimes.so",
                                .backend = backend,
                                .pci_address = card,
                                .limit = limit});
    }
    void say(const std::string& table) { folder_.write("table", device_line + table); }

    static Reading read(VendorTelemetry& vendor) {
        Reading reading;
        vendor.add_to(reading);
        return reading;
    }

  private:
    trilby::testing::TemporaryFolder folder_;
};

TEST_F(AskedVendor, NvmlReportsTheStateOfACard) {
    VendorTelemetry vendor = start("");
    const Reading reading = read(vendor);
    EXPECT_EQ(reading.clock_mhz, 1755);
    EXPECT_EQ(reading.temperature_c, 64);
    EXPECT_EQ(reading.power_w, 412.5);
    EXPECT_EQ(reading.link_replays, 3U);
    EXPECT_THAT(reading.throttle_reasons, ElementsAre("heat", "power cap"));
    EXPECT_THAT(reading.errors, ElementsAre(Pair("card errors, corrected", 2U),
                                            Pair("card errors, not corrected", 0U)));
}

TEST_F(AskedVendor, NvmlReportsTheLimitsOfACard) {
    const VendorTelemetry vendor = start("nvmlDeviceGetMigMode number 0\n");
    EXPECT_EQ(vendor.facts().problem, "");
    EXPECT_EQ(vendor.facts().cores, 16896);
    EXPECT_EQ(vendor.facts().max_clock_mhz, 1980);
    EXPECT_EQ(vendor.facts().memory_bus_bits, 5120);
    EXPECT_EQ(vendor.facts().max_memory_clock_mhz, 2619);
    EXPECT_EQ(vendor.facts().is_persistent, true);
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
}

TEST_F(AskedVendor, AmdSmiReportsTheStateOfACard) {
    VendorTelemetry vendor = start("", "rocm");
    EXPECT_EQ(vendor.facts().problem, "");
    const Reading reading = read(vendor);
    EXPECT_EQ(reading.clock_mhz, 2100);
    EXPECT_EQ(reading.temperature_c, 58);
    EXPECT_EQ(reading.link_replays, 7U);
    EXPECT_THAT(reading.errors, ElementsAre(Pair("card errors, corrected", 4U),
                                            Pair("card errors, not corrected", 1U)));
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

TEST_F(AskedVendor, NoLibraryIsQueriedForACpu) {
    VendorTelemetry vendor = start("nvmlInit_v2 crash\n", "cpu");
    EXPECT_EQ(vendor.facts().problem, "");
    EXPECT_EQ(read(vendor).clock_mhz, std::nullopt);
}

}  // namespace
}  // namespace trilby::validate
