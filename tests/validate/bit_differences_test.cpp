// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/bit_differences.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string_view>

#include "support/facts.hpp"

namespace trilby::validate {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using trilby::testing::fact;

/// Rounds with these results, one letter each.
std::vector<RoundDigest> digests(std::string_view results) {
    std::vector<RoundDigest> out;
    for (const char result : results) {
        out.push_back(
            {.round = out.size(), .inputs = fmt::format("{}", out.size()), .results = {result}});
    }
    return out;
}

CheckResult passed(std::string_view check, std::string_view results) {
    CheckResult result{.planned = {find_check(check), 6, 0}};
    result.report.verdict = Verdict::pass;
    result.report.digests = digests(results);
    return result;
}

/// Devices of one kind with these results of their rounds.
std::vector<Validation> with_results(const std::vector<std::string_view>& results) {
    std::vector<Validation> devices;
    for (const std::string_view of_device : results) {
        Validation validation;
        validation.subject.device = static_cast<std::int64_t>(devices.size());
        validation.subject.device_name = "made device";
        validation.subject.libraries = {{"libtorch", "2.14.0"}};
        validation.results.push_back(passed("matmul", of_device));
        devices.push_back(std::move(validation));
    }
    return devices;
}

std::vector<BitDifference> bit_differences(const std::vector<Validation>& devices) {
    return compare_bits(devices).differences;
}

TEST(BitDifferences, DevicesThatAgreeHaveNone) {
    EXPECT_THAT(bit_differences(with_results({"abc", "abc", "abc"})), IsEmpty());
    EXPECT_THAT(bit_differences(with_results({"abc"})), IsEmpty());
}

TEST(BitDifferences, OfManyTheOneThatDiffersIsReportedOnce) {
    const auto found = bit_differences(with_results({"abcde", "abcde", "abxdx", "abcde", "abcde"}));
    ASSERT_THAT(found, SizeIs(1));
    EXPECT_THAT(found[0].devices, ElementsAre(2));
    EXPECT_EQ(found[0].check, "matmul");
    EXPECT_EQ(found[0].round, 2U);
    EXPECT_EQ(found[0].rounds, 2U);
    EXPECT_EQ(found[0].rounds_compared, 5U);
    EXPECT_EQ(found[0].devices_compared, 5U);
    EXPECT_EQ(found[0].other, 0);
    EXPECT_TRUE(found[0].has_majority());
}

TEST(BitDifferences, AllThatDifferFromMostAreReported) {
    const auto found = bit_differences(with_results({"x", "a", "y", "a", "a"}));
    ASSERT_THAT(found, SizeIs(1));
    EXPECT_THAT(found[0].devices, ElementsAre(0, 2));
    EXPECT_EQ(found[0].other, 1);
}

TEST(BitDifferences, OfTwoBothAreReported) {
    const auto found = bit_differences(with_results({"ab", "ax"}));
    ASSERT_THAT(found, SizeIs(1));
    EXPECT_THAT(found[0].devices, ElementsAre(0, 1));
    EXPECT_EQ(found[0].other, 1);
    EXPECT_FALSE(found[0].has_majority());
}

TEST(BitDifferences, WithoutAMajorityAllAreReported) {
    for (const auto& results : {std::vector<std::string_view>{"a", "a", "b", "b"},
                                std::vector<std::string_view>{"a", "a", "b", "c"}}) {
        const auto found = bit_differences(with_results(results));
        ASSERT_THAT(found, SizeIs(1));
        EXPECT_THAT(found[0].devices, ElementsAre(0, 1, 2, 3));
        EXPECT_EQ(found[0].other, 2);
    }
}

TEST(BitDifferences, ASlowDeviceDoesNotHideWhatOthersFoundInLaterRounds) {
    const auto found = bit_differences(with_results({"ab", "abc", "abx", ""}));
    ASSERT_THAT(found, SizeIs(1));
    EXPECT_THAT(found[0].devices, ElementsAre(1, 2));
    EXPECT_EQ(found[0].round, 2U);
    EXPECT_EQ(found[0].rounds_compared, 3U);
    EXPECT_THAT(bit_differences(with_results({"ab", "abc", "ab"})), IsEmpty());
}

TEST(BitDifferences, RoundsAreComparedByTheirNumbers) {
    auto devices = with_results({"abc", "abx"});
    devices[1].results[0].report.digests->erase(devices[1].results[0].report.digests->begin());
    const auto found = bit_differences(devices);
    ASSERT_THAT(found, SizeIs(1));
    EXPECT_EQ(found[0].round, 2U);
    EXPECT_EQ(found[0].rounds_compared, 2U);
}

TEST(BitDifferences, OtherInputsAreNotCompared) {
    auto devices = with_results({"a", "a", "x"});
    devices[2].results[0].report.digests->front().inputs = "others";
    EXPECT_THAT(bit_differences(devices), IsEmpty());
}

TEST(BitDifferences, OtherChecksAreNotCompared) {
    auto devices = with_results({"a", "x"});
    devices[1].results[0].planned.check = find_check("random");
    EXPECT_THAT(bit_differences(devices), IsEmpty());
}

TEST(BitDifferences, DevicesUnderOtherConditionsAreNotCompared) {
    for (const auto change :
         {+[](Validation& one) { one.subject.device_name = "other device"; },
          +[](Validation& one) { one.subject.backend = "cpu"; },
          +[](Validation& one) { one.subject.libraries["libtorch"] = "2.13.0"; },
          +[](Validation& one) {
              one.subject.pci_address = "0000:01:00.0";
              one.machine.pci_devices = fact(std::vector{
                  PciDevice{.address = "0000:01:00.0", .device_id = fact<std::uint16_t>(7)}});
          },
          +[](Validation& one) { one.program_version = "0"; }}) {
        auto devices = with_results({"a", "x"});
        change(devices[1]);
        EXPECT_THAT(bit_differences(devices), IsEmpty());
    }
}

TEST(BitDifferences, AResultWithoutDigestsOrWithWrongValuesIsLeftOut) {
    auto devices = with_results({"a", "a", "x"});
    devices[2].results[0].report.values_wrong = 1;
    EXPECT_THAT(bit_differences(devices), IsEmpty());
    devices[2].results[0].report.values_wrong = 0;
    devices[2].results[0].report.digests.reset();
    EXPECT_THAT(bit_differences(devices), IsEmpty());
    devices[2].results[0].report.digests.emplace();
    EXPECT_THAT(bit_differences(devices), IsEmpty());
}

TEST(BitDifferences, WhatWasComparedIsCounted) {
    auto devices = with_results({"ab", "abx", "abc", "abcd"});
    devices[0].results.push_back(passed("random", "abc"));
    devices[1].results.push_back(passed("random", "ab"));
    devices.push_back(with_results({"abcdef"})[0]);
    devices.back().subject.device = 4;
    devices.back().subject.device_name = "another kind";
    const ComparedBits compared = compare_bits(devices).compared;
    EXPECT_EQ(compared.rounds, 3U + 2U);
    EXPECT_THAT(compared.devices, ElementsAre(0, 1, 2, 3));
    EXPECT_EQ(compare_bits(with_results({"abc"})).compared.rounds, 0U);
}

TEST(RoundComparison, HasTheFirstDifferenceOfTwoRuns) {
    const auto difference = [](const std::vector<RoundDigest>& one,
                               const std::vector<RoundDigest>& other) {
        return compare_rounds(one, other).first_difference;
    };
    EXPECT_EQ(difference(digests("abc"), digests("abc")), std::nullopt);
    EXPECT_EQ(difference(digests("abc"), digests("abxd")), 2U);
    EXPECT_EQ(difference(digests("abc"), digests("axx")), 1U);
    EXPECT_EQ(difference(digests("abc"), digests("")), std::nullopt);
    const std::vector<RoundDigest> only_round{digests("abx").back()};
    EXPECT_EQ(difference(only_round, digests("abc")), 2U);
    EXPECT_EQ(difference(digests("abc"), only_round), 2U);
}

TEST(RoundComparison, CountsTheRoundsOfBoth) {
    EXPECT_EQ(compare_rounds(digests("abc"), digests("axxd")).rounds, 3U);
    EXPECT_EQ(compare_rounds(digests("abc"), digests("")).rounds, 0U);
}

}  // namespace
}  // namespace trilby::validate
