// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/expectation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/facts.hpp"

namespace trilby::validate {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using trilby::testing::fact;

Machine machine_with(std::vector<std::string> features, std::uint32_t cpus) {
    Machine machine;
    machine.cpu.features = fact(std::move(features));
    machine.cpu.usable_cpus = fact(cpus);
    return machine;
}

const Subject cpu{.backend = "cpu", .threads = 4};
const Subject amd_card{.backend = "rocm", .pci_address = "0000:03:00.0"};

TEST(Expectations, OfACpuFollowFromItsUnitsAndItsClock) {
    const auto found = expectations_of(machine_with({"sse2", "avx2"}, 8), cpu, {.clock_mhz = 2500});
    ASSERT_THAT(found, SizeIs(1));
    // 4 threads, 2.5 GHz, 32 operations in a cycle: 320 at best.
    EXPECT_DOUBLE_EQ(found[0].least, 32);
    EXPECT_DOUBLE_EQ(found[0].most.value(), 640);
    EXPECT_EQ(found[0].basis, "4 CPUs at 2500 MHz with avx2");
}

// One busy CPU among 64: the others sleep, and it is faster than all of them together can be.
TEST(Expectations, OfACpuAllowTheHighestClockAndDemandTheMean) {
    const Subject one_thread{.backend = "cpu", .threads = 1};
    const auto found = expectations_of(machine_with({"avx2"}, 64), one_thread,
                                       {.clock_mhz = 5000, .mean_clock_mhz = 1000});
    ASSERT_THAT(found, SizeIs(1));
    EXPECT_DOUBLE_EQ(found[0].least, 3.2);
    EXPECT_DOUBLE_EQ(found[0].most.value(), 320);
    EXPECT_EQ(found[0].basis, "1 CPUs at 5000 MHz (mean 1000 MHz) with avx2");
}

TEST(Expectations, AreEmptyIfTheClockOrTheUnitsAreUnknown) {
    EXPECT_THAT(expectations_of(machine_with({"avx2"}, 8), cpu, {}), IsEmpty());
    EXPECT_THAT(expectations_of(machine_with({}, 8), cpu, {.clock_mhz = 2500}), IsEmpty());
    EXPECT_THAT(expectations_of(Machine{}, cpu, {.clock_mhz = 2500}), IsEmpty());
    EXPECT_THAT(expectations_of(Machine{}, amd_card, {.clock_mhz = 2500}), IsEmpty());
}

TEST(Expectations, OfACardFollowFromTheFactsOfItsLibrary) {
    Subject subject{.backend = "cuda", .pci_address = "0000:03:00.0"};
    subject.card = {.cores = 16896,
                    .max_clock_mhz = 1980,
                    .memory_bus_bits = 5120,
                    .max_memory_clock_mhz = 2619};
    const auto found = expectations_of(Machine{}, subject, {.clock_mhz = 1000});
    ASSERT_THAT(found, SizeIs(2));
    EXPECT_NEAR(found[0].most.value(), 2 * 33792, 1);  // twice of what 1 GHz allows
    EXPECT_EQ(found[1].most, std::nullopt);
    // 66.9 TFLOP/s and 3.35 TB/s at best.
    EXPECT_EQ(found[0].quantity.name, "matmul float32");
    EXPECT_NEAR(found[0].least, 0.3 * 66908, 1);
    EXPECT_EQ(found[1].quantity.name, "triad");
    EXPECT_NEAR(found[1].least, 0.5 * 3352.3, 1);
}

/// A card of AMD, or a partition of one.
Machine machine_with_amd_card(std::optional<std::uint32_t> partition = {}) {
    KfdNode node;
    node.pci_address = fact<std::string>("0000:03:00.0");
    node.compute_units = fact<std::uint32_t>(96);
    node.max_clock_mhz = fact<std::uint32_t>(2500);
    if (partition) {
        node.partition = fact(*partition);
    }
    PciDevice device;
    device.address = "0000:03:00.0";
    device.link.max_speed_gt_per_s = fact(32.0);  // more than its slot
    device.link.width = fact<std::uint32_t>(16);
    device.link.speed_gt_per_s = fact(2.5);  // it slept when it was probed
    Machine machine;
    machine.kfd_nodes = fact(std::vector{node});
    machine.pci_devices = fact(std::vector{device});
    return machine;
}

TEST(Expectations, OfACardFollowFromItsUnitsAndItsLink) {
    const auto found = expectations_of(machine_with_amd_card(), amd_card, {.link_gt_per_s = 16});
    ASSERT_THAT(found, SizeIs(3));
    EXPECT_EQ(found[0].quantity.name, "matmul float32");
    EXPECT_NEAR(found[0].least, 0.3 * 30720, 1);  // 96 * 64 * 2 * 2.5 GHz
    EXPECT_EQ(found[1].quantity.name, "to the device, pinned");
    EXPECT_NEAR(found[1].least, 0.4 * 31.5, 0.1);
}

TEST(Expectations, PartsOfACardShareItsLink) {
    const auto found = expectations_of(machine_with_amd_card(0), amd_card, {.link_gt_per_s = 16});
    ASSERT_THAT(found, SizeIs(1));
    EXPECT_EQ(found[0].quantity.name, "matmul float32");
}

CheckReport measured(double gigaflops) {
    CheckReport report;
    report.verdict = Verdict::pass;
    report.measurements = {{"matmul float32", "GFLOP/s", gigaflops, {}, "the median"}};
    return report;
}

const std::vector<Expectation> between_10_and_100{{quantities::matmul_float32, 10, 100, "made"}};

TEST(Judge, PassesAFastEnoughSpeedAndRecordsTheThreshold) {
    CheckReport report = measured(50);
    judge(report, between_10_and_100);
    EXPECT_EQ(report.verdict, Verdict::pass);
    EXPECT_EQ(report.measurements[0].least, 10);
    EXPECT_EQ(report.measurements[0].basis, "made");
}

TEST(Judge, ATooSlowSpeedIsAFailure) {
    CheckReport report = measured(3);
    judge(report, between_10_and_100);
    EXPECT_EQ(report.verdict, Verdict::fail);
    EXPECT_EQ(report.message,
              "matmul float32: found 3 GFLOP/s, expected at least 10 GFLOP/s: made");
}

TEST(Judge, TimeTakenByOtherProgramsIsNotCounted) {
    CheckReport report = measured(3);
    report.measurements[0].unshared = 12;
    judge(report, between_10_and_100);
    EXPECT_EQ(report.verdict, Verdict::pass);
    report.measurements[0].unshared = 4;
    judge(report, between_10_and_100);
    EXPECT_EQ(report.message,
              "matmul float32: found 4 GFLOP/s, expected at least 10 GFLOP/s: made");
}

TEST(Judge, ASpeedAboveTheClocksLimitIsAFailure) {
    CheckReport report = measured(300);
    judge(report, between_10_and_100);
    EXPECT_EQ(report.verdict, Verdict::fail);
    EXPECT_THAT(report.message, HasSubstr("by the clock"));
}

TEST(Judge, UnmeasuredQuantitiesAreNotJudged) {
    CheckReport report;
    report.verdict = Verdict::pass;
    judge(report, between_10_and_100);
    EXPECT_EQ(report.verdict, Verdict::pass);
    EXPECT_EQ(report.values_compared, 0U);
}

}  // namespace
}  // namespace trilby::validate
