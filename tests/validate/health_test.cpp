// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/health.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/facts.hpp"

namespace trilby::validate {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using trilby::testing::fact;

constexpr const char* address = "0000:1b:00.0";

/// One healthy NVIDIA card in a healthy machine.
HealthFacts healthy() {
    PciDevice card;
    card.address = address;
    card.class_code = fact<std::uint32_t>(0x030200);
    card.vendor_id = fact<std::uint16_t>(0x10de);
    card.device_name = fact<std::string>("H100");
    card.link.width = fact<std::uint32_t>(16);
    card.link.max_width = fact<std::uint32_t>(16);
    HealthFacts facts;
    facts.machine.pci_devices = fact(std::vector{card});
    facts.host.temperature_c = 50;
    facts.host.temperature_limit_c = 100;
    facts.host.errors = {{"memory errors, not corrected", 0}};
    CardState state{.address = address, .backend = "cuda"};
    state.reading.temperature_c = 40;
    state.reading.temperature_limit_c = 90;
    state.reading.errors = {{"card errors, corrected", 7}, {"card errors, not corrected", 0}};
    state.reading.is_retirement_pending = false;
    state.reading.has_retirement_failed = false;
    state.reading.throttle_reasons.emplace();
    facts.cards = {state};
    facts.xids = fact(XidCounts{});
    return facts;
}

Reading& card_of(HealthFacts& facts) {
    return facts.cards.front().reading;
}

CheckResult judge(const HealthFacts& facts) {
    return check_health({find_check(state_checks::health), 0, 0}, facts);
}

/// The only issue.
Issue issue_of(const HealthFacts& facts) {
    const auto issues = judge(facts).issues;
    EXPECT_EQ(issues.size(), 1U);
    return issues.empty() ? Issue{} : issues.front();
}

TEST(Health, AHealthyMachinePassesWithoutIssues) {
    const CheckResult result = judge(healthy());
    EXPECT_EQ(result.report.verdict, Verdict::pass);
    EXPECT_THAT(result.issues, IsEmpty());
}

TEST(Health, UncorrectedErrorsOfACardFail) {
    HealthFacts facts = healthy();
    card_of(facts).errors["card errors, not corrected"] = 3;
    const CheckResult result = judge(facts);
    EXPECT_EQ(result.report.verdict, Verdict::fail);
    EXPECT_EQ(result.report.message,
              "H100 at 0000:1b:00.0, card errors, not corrected: found 3, expected 0 since the "
              "last start");
    EXPECT_THAT(issue_of(facts).remedy, HasSubstr("reboot"));
}

TEST(Health, UncorrectedErrorsOfTheHostsMemoryFail) {
    HealthFacts facts = healthy();
    facts.host.errors["memory errors, not corrected"] = 1;
    EXPECT_EQ(issue_of(facts).kind, IssueKind::failure);
    EXPECT_THAT(issue_of(facts).where, HasSubstr("host"));
}

TEST(Health, MemoryThatWaitsToBeRetiredFails) {
    HealthFacts facts = healthy();
    card_of(facts).is_retirement_pending = true;
    EXPECT_EQ(issue_of(facts).kind, IssueKind::failure);
    facts = healthy();
    card_of(facts).has_retirement_failed = true;
    EXPECT_EQ(issue_of(facts).kind, IssueKind::failure);
    EXPECT_THAT(issue_of(facts).remedy, HasSubstr("have it replaced"));
}

TEST(Health, FaultyMemoryIsResetWithTheToolOfTheCardsVendor) {
    HealthFacts facts = healthy();
    card_of(facts).is_retirement_pending = true;
    EXPECT_THAT(issue_of(facts).remedy, HasSubstr("nvidia-smi --gpu-reset"));
    std::vector<PciDevice> devices = *facts.machine.pci_devices;
    devices.front().vendor_id = fact<std::uint16_t>(0x1002);
    facts.machine.pci_devices = fact(devices);
    EXPECT_THAT(issue_of(facts).remedy, HasSubstr("amd-smi reset"));
}

TEST(Health, ATemperatureAtItsLimitFails) {
    HealthFacts facts = healthy();
    card_of(facts).temperature_c = 90;
    EXPECT_EQ(issue_of(facts).kind, IssueKind::failure);
    card_of(facts).temperature_c = 89;
    EXPECT_THAT(judge(facts).issues, IsEmpty());
}

TEST(Health, ANarrowLinkFailsUnlessAFileSaysHowManyLanesItHas) {
    HealthFacts facts = healthy();
    std::vector<PciDevice> devices = *facts.machine.pci_devices;
    devices.front().link.width = fact<std::uint32_t>(8);
    facts.machine.pci_devices = fact(devices);
    EXPECT_EQ(issue_of(facts).kind, IssueKind::failure);
    facts.has_inventory = true;
    EXPECT_THAT(judge(facts).issues, IsEmpty());
}

// The bits of some cards are stuck, so that a slow clock without load proves nothing.
TEST(Health, AFlagOfThrottlingIsOnlyAWarning) {
    HealthFacts facts = healthy();
    card_of(facts).throttle_reasons = {"heat"};
    EXPECT_EQ(judge(facts).report.verdict, Verdict::pass);
    EXPECT_EQ(issue_of(facts).kind, IssueKind::warning);
}

TEST(Health, TheLogAndTheLinkErrorsOfThePastAreOnlyWarnings) {
    HealthFacts facts = healthy();
    facts.xids = fact(XidCounts{{address, {{79, 2}}}, {"0000:43:00.0", {{48, 1}}}});
    EXPECT_EQ(judge(facts).report.verdict, Verdict::pass);
    EXPECT_THAT(issue_of(facts).found,
                HasSubstr("Xid 79: the GPU no longer answers on the PCI Express bus, 2 times"));
    facts = healthy();
    card_of(facts).errors["PCIe DLP, fatal"] = 1;
    EXPECT_EQ(issue_of(facts).kind, IssueKind::warning);
}

TEST(Health, ACardThatItsLibraryHasLostFails) {
    HealthFacts facts = healthy();
    card_of(facts).problem = "GPU is lost (NVML error 15)";
    EXPECT_EQ(issue_of(facts).kind, IssueKind::failure);
    card_of(facts).problem = "libnvidia-ml.so.1 is not in the loader's folders";
    EXPECT_EQ(issue_of(facts).kind, IssueKind::unknown);
}

TEST(Health, AFindingThatBlocksFailsUnlessTheUserChoseTheBackend) {
    HealthFacts facts = healthy();
    facts.diagnosis.findings = {{.id = "TRL-N004", .severity = Severity::blocks, .title = "none"},
                                {.id = "TRL-N020", .severity = Severity::degrades}};
    EXPECT_EQ(issue_of(facts).kind, IssueKind::failure);
    EXPECT_THAT(issue_of(facts).remedy, HasSubstr("trilby doctor --explain TRL-N004"));
    facts.is_backend_chosen = true;
    EXPECT_EQ(issue_of(facts).kind, IssueKind::warning);
}

TEST(Health, WhatIsNotKnownIsReportedAndDoesNotFail) {
    HealthFacts facts = healthy();
    facts.host = {};
    facts.host.unknown = {{"temperature", "/sys/class/hwmon does not exist"}};
    card_of(facts) = {};
    facts.xids = trilby::testing::missing<XidCounts>(Presence::denied, "/dev/kmsg");
    facts.diagnosis.unread = {{.name = "PCI devices", .reason = "no such folder", .families = {}}};
    const CheckResult result = judge(facts);
    EXPECT_EQ(result.report.verdict, Verdict::pass);
    EXPECT_THAT(result.issues, Not(Contains(Field(&Issue::kind, Not(IssueKind::unknown)))));
    EXPECT_THAT(result.issues,
                Contains(Field(&Issue::found,
                               AllOf(HasSubstr("card errors; "), HasSubstr("retirement of memory"),
                                     HasSubstr("temperature"), HasSubstr("throttling"),
                                     HasSubstr("/dev/kmsg may not be read")))));
    EXPECT_THAT(result.issues, Contains(Field(&Issue::where, "PCI devices")));
    EXPECT_THAT(result.issues, Contains(Field(&Issue::found,
                                              "temperature (/sys/class/hwmon does not exist); "
                                              "memory errors")));
}

}  // namespace
}  // namespace trilby::validate
