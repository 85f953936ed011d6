// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/environment.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/facts.hpp"

namespace trilby::validate {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using trilby::testing::fact;

/// A card on 16 lanes of 16, on a machine with 8 CPUs.
Machine machine_with(std::uint32_t lanes) {
    PciDevice card;
    card.address = "0000:03:00.0";
    card.link.width = fact<std::uint32_t>(lanes);
    card.link.max_width = fact<std::uint32_t>(16);
    card.link.speed_gt_per_s = fact(2.5);
    Machine machine;
    machine.pci_devices = fact(std::vector{card});
    machine.cpu.usable_cpus = fact<std::uint32_t>(8);
    return machine;
}

Subject subject_with(const char* blas) {
    return {.backend = "cuda",
            .pci_address = "0000:03:00.0",
            .threads = 8,
            .libraries = {{"blas", {{"kind", blas}}}}};
}

CheckResult check(const Machine& machine, const Subject& subject, bool has_inventory = false) {
    return check_environment({find_check(state_checks::environment), 0, 0},
                             {machine, subject, has_inventory});
}

/// Only the report.
CheckReport judge(const Machine& machine, const Subject& subject) {
    return check(machine, subject).report;
}

TEST(Environment, PassesIfTheDeviceHasAllItNeeds) {
    const CheckReport report = judge(machine_with(16), subject_with("openblas"));
    EXPECT_EQ(report.verdict, Verdict::pass);
    EXPECT_EQ(report.values_compared, 3U);
}

TEST(Environment, ANarrowLinkFails) {
    const CheckReport report = judge(machine_with(8), subject_with("openblas"));
    EXPECT_EQ(report.verdict, Verdict::fail);
    EXPECT_EQ(report.message, "PCI Express lanes: found 8, expected 16");
}

TEST(Environment, ANarrowLinkHasARemedy) {
    const CheckResult result = check(machine_with(8), subject_with("openblas"));
    ASSERT_EQ(result.issues.size(), 1U);
    EXPECT_EQ(sentence(result.issues[0]), result.report.message);
    EXPECT_THAT(result.issues[0].remedy, HasSubstr("--write-expect"));
}

// The check `inventory` compares them then.
TEST(Environment, AFileMayAllowFewerLanes) {
    const CheckResult result = check(machine_with(8), subject_with("openblas"), true);
    EXPECT_EQ(result.report.verdict, Verdict::pass);
    EXPECT_TRUE(result.issues.empty());
}

// Cards save power while they idle: a slow link without load is not a fault.
TEST(Environment, ASlowIdleLinkIsNotAFailure) {
    EXPECT_EQ(judge(machine_with(16), subject_with("mkl")).verdict, Verdict::pass);
}

TEST(Environment, ReportsTheFactsOfTheVendorsLibrary) {
    Subject subject = subject_with("mkl");
    subject.card.is_persistent = false;
    subject.card.problem = "libnvidia-ml.so.1 is not in the loader's folders";
    const CheckReport report = judge(machine_with(16), subject);
    EXPECT_EQ(report.verdict, Verdict::pass);  // neither is wrong
    EXPECT_THAT(report.lacking, Contains(HasSubstr("libnvidia-ml.so.1")));
    EXPECT_THAT(report.measurements,
                Contains(::testing::Field(&Measurement::name, "persistence mode")));
}

TEST(Environment, TheReferenceBlasFails) {
    const CheckReport report = judge(machine_with(16), subject_with("reference"));
    EXPECT_EQ(report.verdict, Verdict::fail);
    EXPECT_THAT(report.message, HasSubstr("BLAS"));
}

TEST(Environment, MoreThreadsThanCpusFails) {
    Subject subject = subject_with("openblas");
    subject.threads = 9;
    EXPECT_EQ(judge(machine_with(16), subject).verdict, Verdict::fail);
}

TEST(Environment, UnknownFactsAreReportedAndDoNotFail) {
    const CheckReport report = judge(Machine{}, subject_with("openblas"));
    EXPECT_EQ(report.verdict, Verdict::pass);
    EXPECT_THAT(report.lacking, Contains("usable CPUs"));
    EXPECT_EQ(judge(Machine{}, Subject{}).verdict, Verdict::skip);
}

}  // namespace
}  // namespace trilby::validate
