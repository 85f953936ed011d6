// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/expected_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temporary_folder.hpp"
#include "support/test_files.hpp"

namespace trilby::validate {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

Error error_of(const std::string& text) {
    const auto expected = parse_expected(text, "node.toml");
    EXPECT_FALSE(expected) << text;
    return expected ? Error{} : expected.error();
}

Machine machine_named(const char* name) {
    return probe({.root = trilby::testing::made_machines() / name / "tree"});
}

/// A validation that measured a speed and a latency.
Validation measured() {
    Validation validation;
    validation.started = "2026-05-01T12:00:00Z";
    validation.subject.backend = "cpu";
    validation.subject.threads = 4;
    CheckResult result{.planned = {find_check("latency"), 1, 0}};
    result.report.measurements = {{"launches in a row", "1/s", 2000, {}, ""},
                                  {"launch and wait", "us", 7, {}, ""}};
    validation.results = {result};
    return validation;
}

CheckResult checked(const std::string& text, const Machine& machine, const Subject& subject = {}) {
    const auto expected = parse_expected(text, "node.toml");
    EXPECT_TRUE(expected) << (expected ? "" : expected.error().message);
    return check_inventory({find_check(state_checks::inventory), 0, 0},
                           expected.value_or(Expected{}), inventory_of(machine, {}), subject);
}

TEST(ExpectedFile, WhatIsWrittenIsReadAndFoundAgain) {
    for (const char* name : {"made-nvidia-server-8xh100-mig", "made-amd-mi300x-cpx",
                             "made-mixed-nvidia-amd-intel", "made-arm-server-no-gpu"}) {
        const Machine machine = machine_named(name);
        const std::string text = expected_text(inventory_of(machine, {}), measured());
        const CheckResult result = checked(text, machine, measured().subject);
        EXPECT_EQ(result.report.verdict, Verdict::pass) << name << result.report.message << text;
        EXPECT_THAT(result.issues, IsEmpty()) << name;
    }
}

TEST(ExpectedFile, LimitsAreAShareOfTheSpeedsAndLeaveTimesOut) {
    const std::string text = expected_text({}, measured());
    const auto expected = parse_expected(text, "node.toml");
    ASSERT_TRUE(expected) << expected.error().message;
    const auto limits = limits_of(*expected, *find_check("latency"));
    ASSERT_EQ(limits.size(), 1U);
    EXPECT_EQ(limits[0].quantity.name, "launches in a row");
    EXPECT_EQ(limits[0].least, 1800);
    EXPECT_EQ(limits[0].basis, "limit in node.toml");
    EXPECT_THAT(limits_of(*expected, *find_check("compute")), IsEmpty());
    EXPECT_THAT(text, HasSubstr("# 1/s; 90 % of 2000"));
}

TEST(ExpectedFile, SaysHowManyLanesAreRightIfEveryCardHasThem) {
    Expected expected;
    EXPECT_FALSE(has_lanes(expected)) << "no card";
    expected.inventory.cards = {{{std::string(lanes_key), 8.0}}, {{std::string(lanes_key), 16.0}}};
    EXPECT_TRUE(has_lanes(expected));
    expected.inventory.cards.push_back({{std::string(address_key), std::string("0000:01:00.0")}});
    EXPECT_FALSE(has_lanes(expected));
}

TEST(ExpectedFile, TextOfTheHardwareCannotBreakTheFile) {
    const std::string name = "a \"b\" [limits]\\";
    Inventory inventory;
    inventory.host = {{"cpu_model", FactValue(name)}};
    inventory.drivers = {{"x\"] = 1", "1.0"}};
    const auto expected = parse_expected(expected_text(inventory, {}), "node.toml");
    ASSERT_TRUE(expected) << expected.error().message;
    EXPECT_EQ(std::get<std::string>(expected->inventory.host.at("cpu_model")), name);
    EXPECT_EQ(expected->inventory.drivers.at("x\"] = 1"), "1.0");
}

TEST(ExpectedFile, ErrorsHaveTheLine) {
    const std::pair<const char*, const char*> wrong[] = {
        {"version = 1\ncards = \"8\"\n", "node.toml:2:9: expectations: 'cards' is a string"},
        {"version = 1\ncard_count = 8\n", "node.toml:2:14: expectations: unknown key 'card_count'"},
        {"version = 1\n[host]\ncpu_cors = 8\n",
         "node.toml:3:12: [host]: unknown key 'cpu_cors' (did you mean 'cpu_cores'?)"},
        {"version = 1\n[[card]]\nlink_lanes = \"16\"\n",
         "node.toml:3:14: card 1: 'link_lanes' is a string, expected a number"},
        {"version = 1\n[[card]]\nlink_lanes = -1\n", "node.toml:3:14: card 1: 'link_lanes' is -1"},
        {"version = 1\n[[card]]\nlink_lanes = nan\n", "node.toml:3:14: card 1"},
        {"version = 1\n[[card]]\naddress = \"1b:00.0\"\n",
         "node.toml:3:11: card 1: 'address' is '1b:00.0', expected an address such as"},
        {"version = 1\n[[card]]\naddress = \"0000:1B:00.0\"\n", "such as '0000:1b:00.0'"},
        {"version = 1\n[[card]]\naddress = \"0000:1b:00.0\"\ncount = 2\n", "at one address"},
        {"version = 1\ncard = 8\n", "'card' is an integer, expected an array"},
        {"version = 1\ncard = [8]\n", "not a table"},
        {"version = 1\n[drivers]\nnvidia = 580\n", "node.toml:3:10: [drivers]: 'nvidia'"},
        {"version = 1\n[limits]\nbackend = \"cude\"\n", "did you mean 'cuda'?"},
        {"version = 1\n[limits.compute]\n", "key 'backend' is missing"},
        {"version = 1\n[limits]\nbackend = \"cpu\"\n[limits.compute]\ntriad = 1\n",
         "node.toml:5:9: [limits.compute]: unknown key 'triad'"},
        {"version = 1\n[limits]\nbackend = \"cpu\"\n[limits.latency]\n\"launch and wait\" = 1\n",
         "unknown key 'launch and wait'"},
        {"version = 1\n[limits]\nbackend = \"cpu\"\n[limits.nothing]\n", "unknown key 'nothing'"},
        {"version = 2\n", "node.toml:1:11: version is 2, expected 1"},
        {"version = \"1\"\n", "'version' is a string"},
        {"", "key 'version' is missing"},
        {"version = 1\n", "has nothing to compare"},
        {"{\"schema\": 1}", "not valid TOML"},
    };
    for (const auto& [text, message] : wrong) {
        const Error error = error_of(text);
        EXPECT_EQ(error.code, ErrorCode::bad_data) << text;
        EXPECT_THAT(error.message, AllOf(StartsWith("node.toml"), HasSubstr(message)));
    }
}

TEST(ExpectedFile, ACardMayBeInADomainOfAVirtualBus) {
    const auto expected =
        parse_expected("version = 1\n[[card]]\naddress = \"10000:e1:00.0\"\n", "node.toml");
    ASSERT_TRUE(expected) << expected.error().message;
    EXPECT_EQ(expected->inventory.cards.size(), 1U);
}

TEST(ExpectedFile, TooManyCardsAreRefused) {
    std::string text = "version = 1\n";
    for (int i = 0; i < 300; ++i) {
        text += "[[card]]\n";
    }
    EXPECT_THAT(error_of(text).message, HasSubstr("more than 256 cards"));
}

TEST(ExpectedFile, ACountStandsForSeveralCards) {
    const Machine machine = machine_named("made-nvidia-server-8xh100-mig");
    EXPECT_EQ(checked("version = 1\n[[card]]\ncount = 8\npci_id = \"10de:2330\"\n", machine)
                  .report.verdict,
              Verdict::pass);
    EXPECT_EQ(checked("version = 1\n[[card]]\ncount = 9\npci_id = \"10de:2330\"\n", machine)
                  .report.verdict,
              Verdict::fail);
}

TEST(ExpectedFile, AFileThatCannotBeReadIsNoInput) {
    const trilby::testing::TemporaryFolder folder;
    for (const auto& path : {folder.path() / "missing.toml", folder.path()}) {
        const auto expected = read_expected(path);
        ASSERT_FALSE(expected);
        EXPECT_EQ(expected.error().code, ErrorCode::no_input);
        EXPECT_THAT(expected.error().hint, HasSubstr("--write-expect"));
    }
}

TEST(CheckInventory, LimitsForAnotherBackendOrOtherThreadsFail) {
    const std::string text =
        "version = 1\n[limits]\nbackend = \"cuda\"\nthreads = 8\n[limits.latency]\n"
        "\"launches in a row\" = 1\n";
    Subject subject{.backend = "cpu", .threads = 4};
    const CheckResult result = checked(text, Machine{}, subject);
    EXPECT_EQ(result.report.verdict, Verdict::fail);
    EXPECT_THAT(result.issues, ElementsAre(Field(&Issue::where, "backend of the limits"),
                                           Field(&Issue::where, "CPU threads of the limits")));
    subject = {.backend = "cuda", .threads = 8};
    EXPECT_EQ(checked(text, Machine{}, subject).report.verdict, Verdict::pass);
}

TEST(ExpectedFile, LimitsOfChecksThatDoNotRunAreDropped) {
    auto expected = parse_expected(expected_text({}, measured()), "node.toml");
    ASSERT_TRUE(expected);
    keep_limits_of(*expected, {{find_check("latency"), 1, 0}});
    EXPECT_FALSE(expected->limits.least.empty());
    keep_limits_of(*expected, {{find_check("health"), 1, 0}});
    EXPECT_TRUE(expected->limits.least.empty());
    // So the number of threads does not matter.
    const CheckResult result = check_inventory({find_check(state_checks::inventory), 0, 0},
                                               *expected, {}, {.backend = "cpu", .threads = 1});
    EXPECT_THAT(result.issues, IsEmpty());
}

// Nothing that a file demands counts as met because it could not be read.
TEST(CheckInventory, AnExpectedFactThatCannotBeReadIsNotAPass) {
    const CheckResult result = checked("version = 1\n[host]\ncpu_cores = 8\nkernel = \"6.1\"\n",
                                       machine_named("made-kubernetes-pod-limited"));
    EXPECT_NE(result.report.verdict, Verdict::pass);
    const CheckResult unknown =
        checked("version = 1\n[[card]]\npci_id = \"1002:744c\"\nvideo_bios = \"1\"\n",
                machine_named("made-amd-rx7900xtx"));
    EXPECT_EQ(unknown.report.verdict, Verdict::skip);
    EXPECT_EQ(unknown.report.skip_reason, SkipReason::not_permitted);
    EXPECT_THAT(unknown.report.message, HasSubstr("video BIOS: could not be read"));
}

}  // namespace
}  // namespace trilby::validate
