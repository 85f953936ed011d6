// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "report/machine_validation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/validation.hpp"

namespace trilby::report {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using validate::Verdict;

constexpr Style plain{.columns = 200, .has_color = false};

validate::CheckResult ended(Verdict verdict, const std::string& message = "") {
    validate::CheckResult result{.planned = {validate::find_check("matmul"), 1, 0}};
    result.report.verdict = verdict;
    result.report.message = message;
    return result;
}

/// Devices that ended so.
validate::MachineValidation machine_of(const std::vector<Verdict>& verdicts) {
    validate::MachineValidation out;
    for (const Verdict verdict : verdicts) {
        validate::Validation device;
        device.started = "2026-05-01T12:00:00Z";
        device.subject.device = static_cast<std::int64_t>(out.devices.size());
        device.subject.device_name = "made <device>";
        device.results.push_back(ended(verdict, "said"));
        out.devices.push_back(std::move(device));
    }
    out.alone.resize(verdicts.size());
    return out;
}

TEST(MachineValidation, AStepHasTheDevicesOfEachVerdict) {
    const validate::CheckInfo& check = *validate::find_check("matmul");
    EXPECT_EQ(step_text(check, {{1, Verdict::pass}, {0, Verdict::pass}}, plain),
              "matmul          pass: devices 0, 1\n");
    EXPECT_EQ(step_text(check,
                        {{0, Verdict::pass},
                         {1, Verdict::pass},
                         {2, Verdict::pass},
                         {3, Verdict::pass},
                         {5, Verdict::pass},
                         {4, Verdict::crash}},
                        plain),
              "matmul          pass: 5 devices; crash: device 4\n");
}

TEST(MachineValidation, OnlyWhatIsWrongWithADeviceIsShown) {
    const std::string text =
        to_text(machine_of({Verdict::pass, Verdict::fail, Verdict::not_run}), plain);
    EXPECT_THAT(text, HasSubstr("0, made <device>: passed\n"));
    EXPECT_THAT(text, HasSubstr("1, made <device>: failed\nmatmul          fail: said\n"));
    EXPECT_THAT(text, HasSubstr("2, made <device>: incomplete\nnot-run         1 check: said\n"));
    EXPECT_THAT(text, HasSubstr("failed: 1 of 3 devices passed; level 1"));
}

// Such as an Xid of a program, which fails no check.
TEST(MachineValidation, CountedErrorsAreShownWhateverTheVerdict) {
    auto machine = machine_of({Verdict::pass});
    machine.devices[0].results[0].errors = {validate::explained("Xid 31", 0, 1)};
    EXPECT_THAT(to_text(machine, plain), HasSubstr("Xid 31: from 0 to 1; a program accessed"));
    EXPECT_THAT(to_junit(machine),
                HasSubstr("<system-out>said&#10;Xid 31: from 0 to 1; a program"));
    EXPECT_THAT(std::string(to_summary(machine)), HasSubstr("Xid 31: from 0 to 1; a program"));
    EXPECT_THAT(to_html(machine), HasSubstr("Xid 31"));
}

TEST(MachineValidation, EachDeviceIsListedWithItsStateAtRest) {
    auto machine = machine_of({Verdict::pass, Verdict::pass});
    validate::Reading& idle = machine.devices[1].subject.idle;
    idle.errors = {{"Xid 79", 2}};
    idle.unknown = {{"power", "no file"}};
    const std::string text = device_list_text(machine.devices, false, plain, 12);
    EXPECT_THAT(text, HasSubstr("device      0, made <device>\ndevice      1, made <device>\n"
                                "errors      Xid 79: 2 so far; the GPU no longer answers"));
    EXPECT_THAT(text, HasSubstr("unknown     power: no file\n"));
    EXPECT_EQ(std::string(device_list_text(machine.devices, true, plain, 12)),
              "device      0, made <device>\ndevice      1, made <device>\n");
    EXPECT_THAT(to_junit(machine), HasSubstr("  <system-out>errors: Xid 79: 2 so far; the GPU"));
}

// Eight cards of one kind lack the same sensors.
TEST(MachineValidation, WhatAllDevicesLackAtRestIsListedOnce) {
    auto machine = machine_of({Verdict::pass, Verdict::pass});
    for (validate::Validation& device : machine.devices) {
        device.subject.idle.unknown = {{"power", "no file"}};
    }
    const std::string text = device_list_text(machine.devices, false, plain, 12);
    EXPECT_EQ(text.find("unknown"), text.rfind("unknown"));
    EXPECT_THAT(text,
                HasSubstr("device      1, made <device>\n            each of them:\nunknown     "));
}

TEST(MachineValidation, AnOutlierIsComparedWithTheOthers) {
    validate::Outlier outlier{.device = 5,
                              .check = "compute",
                              .name = "matmul float32",
                              .unit = "GFLOP/s",
                              .value = 700,
                              .usual = 900,
                              .compared = 8};
    EXPECT_EQ(outlier_text(outlier),
              "device 5, compute: matmul float32 is 700 GFLOP/s; the median of 8 devices is 900 "
              "GFLOP/s");
    outlier.compared = 2;
    EXPECT_THAT(outlier_text(outlier), HasSubstr("; the other device reaches 900 GFLOP/s"));
}

TEST(MachineValidation, DifferentBitsAreThoseOfTheFewOrOfAll) {
    validate::BitDifference difference{.devices = {3},
                                       .check = "matmul",
                                       .round = 5,
                                       .rounds = 12,
                                       .rounds_compared = 30,
                                       .devices_compared = 8};
    EXPECT_EQ(bit_difference_text(difference),
              "device 3, matmul: 12 of 30 rounds gave other bits than most of 8 devices; first: "
              "round 5");
    difference.devices = {0, 1};
    difference.devices_compared = 2;
    EXPECT_EQ(bit_difference_text(difference),
              "devices 0, 1, matmul: 12 of 30 rounds gave different bits, and at least one device "
              "is wrong; first: round 5");
}

TEST(MachineValidation, DifferentBitsHaveTheCommandsThatShowThemAgain) {
    auto machine = machine_of({Verdict::pass, Verdict::pass});
    machine.bits.differences.push_back(
        {.devices = {0, 1}, .check = "matmul", .replay = {"trilby one", "trilby two"}});
    EXPECT_THAT(to_text(machine, plain),
                AllOf(HasSubstr("again: trilby one\n"), HasSubstr("again: trilby two\n"),
                      HasSubstr("failed: 2 of 2 devices passed, 1 "
                                "difference of bits")));
    EXPECT_THAT(to_html(machine), HasSubstr("trilby one; trilby two"));
    EXPECT_EQ(to_json(machine).at("bit_differences").at(0).at("replay").at(1), "trilby two");
}

TEST(MachineValidation, WhatWasComparedToTheBitIsShown) {
    auto machine = machine_of({Verdict::pass, Verdict::pass});
    EXPECT_THAT(to_text(machine, plain),
                HasSubstr("bits            not compared: no round with the same numbers on two "
                          "devices of one kind"));
    machine.bits.compared = {.rounds = 9, .devices = {0, 1}};
    EXPECT_EQ(compared_bits_text(machine), "9 rounds compared on devices 0, 1, all the same");
    EXPECT_THAT(to_html(machine), HasSubstr("9 rounds compared on devices 0, 1, all the same"));
    EXPECT_EQ(to_json(machine).at("bits_compared").at("rounds"), 9);
    machine.bits.differences.push_back({.devices = {0, 1}, .check = "matmul"});
    EXPECT_EQ(compared_bits_text(machine), "9 rounds compared on devices 0, 1");
}

TEST(MachineValidation, TheOnlyDeviceIsComparedWithNone) {
    EXPECT_THAT(to_text(machine_of({Verdict::pass}), plain), Not(HasSubstr("compared")));
}

TEST(MachineValidation, APartOfACardIsCalledSo) {
    validate::Subject subject{.device_name = "NVIDIA A100-SXM4-40GB MIG 1g.5gb",
                              .pci_address = "0000:01:00.0"};
    EXPECT_EQ(device_text({}, subject),
              "0, NVIDIA A100-SXM4-40GB MIG 1g.5gb at 0000:01:00.0 (MIG instance)");
    subject.uuid = "MIG-9c2b6a1f";
    EXPECT_THAT(device_text({}, subject), HasSubstr("0000:01:00.0 (MIG instance MIG-9c2b6a1f)"));
    subject.device_name = "NVIDIA A100-SXM4-40GB";
    subject.uuid = "";
    EXPECT_EQ(device_text({}, subject), "0, NVIDIA A100-SXM4-40GB at 0000:01:00.0");
    subject.uuid = "GPU-5d1f0d1e";
    EXPECT_EQ(device_text({}, subject), "0, NVIDIA A100-SXM4-40GB at 0000:01:00.0 (GPU-5d1f0d1e)");
}

TEST(MachineValidation, JUnitHasASuiteForEachDeviceAndOneForTheMachine) {
    auto machine = machine_of({Verdict::pass, Verdict::crash});
    std::string xml = to_junit(machine);
    EXPECT_THAT(xml, HasSubstr("name=\"trilby validate 0, made &lt;device&gt;\""));
    EXPECT_THAT(xml, HasSubstr("<error type=\"crash\" message=\"said\">"));
    EXPECT_THAT(xml, HasSubstr("name=\"trilby validate machine\" tests=\"3\" failures=\"0\" "
                               "errors=\"0\""));
    machine.outliers.push_back({.check = "compute"});
    machine.unseen.push_back({"0000:01:00.0", "not shown", ""});
    xml = to_junit(machine);
    EXPECT_THAT(xml, AllOf(HasSubstr("failures=\"1\" errors=\"1\""),
                           HasSubstr("message=\"0000:01:00.0: not shown\"")));
    machine.bits.differences.push_back({.devices = {1}, .check = "matmul"});
    xml = to_junit(machine);
    EXPECT_THAT(xml, AllOf(HasSubstr("failures=\"2\" errors=\"1\""),
                           HasSubstr("message=\"device 1, matmul: ")));
}

TEST(MachineValidation, ThePageBeginsWithWhatDidNotPassOnWhichDevice) {
    EXPECT_THAT(to_html(machine_of({Verdict::pass, Verdict::fail})),
                HasSubstr("<td>1, made &lt;device&gt;</td><td class=\"verdict failed\">failed</td>"
                          "<td><a href=\"#device-1-matmul\">matmul</a>: fail<br></td>"));
}

TEST(MachineValidation, ThePageHasTheLinksBetweenDevicesAsAMatrix) {
    auto machine = machine_of({Verdict::pass, Verdict::pass});
    validate::CheckResult copies{.planned = {validate::find_check("transfers"), 1, 0}};
    copies.report.measurements.push_back({.name = "to device 0", .unit = "GB/s", .value = 42});
    machine.devices[1].results.push_back(copies);
    EXPECT_THAT(
        to_html(machine),
        AllOf(HasSubstr("Copies in GB/s while all devices were copying"),
              HasSubstr("<tr><td>0</td><td class=\"number\"></td><td class=\"number\"></td></tr>"),
              HasSubstr(
                  "<tr><td>1</td><td class=\"number\">42</td><td class=\"number\"></td></tr>")));
}

TEST(MachineValidation, ThePageTellsTheSameCheckOfTwoDevicesApart) {
    const std::string page = to_html(machine_of({Verdict::pass, Verdict::fail}));
    for (const char* text : {"id=\"device-0-matmul\"", "id=\"device-1-matmul\"",
                             "href=\"#device-1-matmul\"", "made &lt;device&gt;"}) {
        EXPECT_THAT(page, HasSubstr(text));
    }
    EXPECT_THAT(page, Not(HasSubstr("id=\"matmul\"")));
}

/// With a check of all devices together.
validate::MachineValidation with_collectives(Verdict verdict) {
    auto machine = machine_of({Verdict::pass, Verdict::pass});
    validate::CheckResult result{.planned = {validate::find_check("collectives"), 4, 0}};
    result.report.verdict = verdict;
    result.report.message = "through <the host>";
    result.report.rounds = 1;
    result.report.measurements.push_back({"all-reduce", "GB/s", 412, {}, "made"});
    result.issues.push_back({validate::IssueKind::unknown, "device 3", "left out", "", ""});
    machine.results.push_back(std::move(result));
    return machine;
}

TEST(MachineValidation, ACheckOfTheMachineIsShownAfterTheDevices) {
    const auto machine = with_collectives(Verdict::pass);
    EXPECT_THAT(to_text(machine, plain),
                HasSubstr("1, made <device>: passed\n"
                          "collectives     pass: all-reduce 412 GB/s (0.0 s)\n"
                          "                through <the host>\n"
                          "                unknown: device 3: left out\n"));
    EXPECT_THAT(std::string(to_summary(machine)),
                AllOf(HasSubstr("All devices together"), HasSubstr("through <the host>"),
                      HasSubstr("all-reduce: 412 GB/s")));
}

TEST(MachineValidation, ACheckOfTheMachineIsInAllReports) {
    const auto machine = with_collectives(Verdict::crash);
    const json::object document = to_json(machine);
    EXPECT_EQ(document.at("results").at(0).at("check"), "collectives");
    EXPECT_EQ(document.at("conclusion"), "failed");
    EXPECT_THAT(to_junit(machine),
                AllOf(HasSubstr("name=\"trilby validate all devices together\""),
                      HasSubstr("<error type=\"crash\" message=\"through &lt;the host&gt;\">")));
    EXPECT_THAT(to_html(machine),
                AllOf(HasSubstr("id=\"machine-collectives\""), HasSubstr("All devices together")));
}

TEST(MachineValidation, JUnitSaysInWhichWayACheckPassed) {
    EXPECT_THAT(to_junit(with_collectives(Verdict::pass)),
                HasSubstr("<system-out>through &lt;the host&gt;&#10;unknown: device 3: left out"));
}

TEST(MachineValidation, TheDocumentHasOneOfEachDevice) {
    const json::object document = to_json(machine_of({Verdict::pass, Verdict::fail}));
    EXPECT_EQ(document.at("conclusion"), "failed");
    const json::array& devices = document.at("devices").get_array();
    ASSERT_EQ(devices.size(), 2U);
    EXPECT_EQ(devices[0].at("schema"), 1);
    EXPECT_EQ(devices[0].at("conclusion"), "passed");
    EXPECT_EQ(devices[1].at("results").at(0).at("verdict"), "fail");
}

}  // namespace
}  // namespace trilby::report
