// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/findings.hpp"

#include <gmock/gmock.h>

namespace trilby::validate {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

ComparedResult wrong_result(const std::string& what, std::size_t count) {
    ComparedResult result{.what = what, .values = 100, .wrong = count};
    result.mismatches.resize(count, {.where = what + " [0]"});
    result.error_map = Series{.name = "error map of " + what};
    return result;
}

TEST(Findings, CorrectValuesAreAPass) {
    Findings findings;
    findings.begin_round();
    findings.add({.what = "add float32, 7", .values = 7});
    findings.add({.what = "add float32, 5", .values = 5});
    const CheckReport report = std::move(findings).finish(0);
    EXPECT_EQ(report.verdict, Verdict::pass);
    EXPECT_EQ(report.rounds, 1U);
    EXPECT_EQ(report.values_compared, 12U);
    EXPECT_THAT(report.covered, ElementsAre("add float32"));
}

TEST(Findings, AWrongValueIsAFailureWithItsPlace) {
    Findings findings;
    EXPECT_FALSE(findings.has_wrong_values());
    findings.add(wrong_result("matmul float32, NN 2x2x2", 3));
    EXPECT_TRUE(findings.has_wrong_values());
    const CheckReport report = std::move(findings).finish(1);
    EXPECT_EQ(report.verdict, Verdict::fail);
    EXPECT_EQ(report.message, "3 of 100 values are wrong; first: matmul float32, NN 2x2x2 [0]");
    EXPECT_EQ(report.faults_injected, 1U);
}

TEST(Findings, KeepsTheFirstMismatchesAndTheFirstErrorMap) {
    Findings findings;
    findings.add(wrong_result("first", 10));
    findings.add(wrong_result("second", 10));
    const CheckReport report = std::move(findings).finish(0);
    EXPECT_EQ(report.values_wrong, 20U);
    EXPECT_THAT(report.mismatches, SizeIs(most_mismatches));
    ASSERT_THAT(report.series, SizeIs(1));
    EXPECT_EQ(report.series[0].name, "error map of first");
}

TEST(Findings, NothingToCompareOrMeasureIsNotSupported) {
    Findings findings;
    findings.add_lacking("attention float16");
    findings.add_lacking("attention float16");
    const CheckReport report = std::move(findings).finish(0);
    EXPECT_EQ(report.verdict, Verdict::skip);
    EXPECT_EQ(report.skip_reason, SkipReason::not_supported);
    EXPECT_THAT(report.lacking, ElementsAre("attention float16"));
}

TEST(Findings, SkipWithTheReasonThatWasGivenOnlyIfNothingWasCompared) {
    Findings nothing;
    nothing.explain_skip(SkipReason::not_applicable, "the device is not a CPU");
    const CheckReport skipped = std::move(nothing).finish(0);
    EXPECT_EQ(skipped.verdict, Verdict::skip);
    EXPECT_EQ(skipped.skip_reason, SkipReason::not_applicable);
    EXPECT_EQ(skipped.message, "the device is not a CPU");
    Findings something;
    something.explain_skip(SkipReason::not_permitted, "no thread can be moved to a CPU");
    something.add({.what = "CPU 0", .values = 4});
    EXPECT_EQ(std::move(something).finish(0).verdict, Verdict::pass);
}

TEST(Findings, CoversWhatWasComparedAndWhatIsAdded) {
    Findings findings;
    findings.add({.what = "matmul float32, NN 2x2x2", .values = 4});
    findings.add_covered("1 shape of float32");
    EXPECT_THAT(std::move(findings).finish(0).covered,
                ElementsAre("matmul float32", "1 shape of float32"));
}

TEST(Findings, AMeasurementAloneIsAPass) {
    Findings findings;
    findings.measure(quantities::triad, 30, "the median", 31);
    const CheckReport report = std::move(findings).finish(0);
    EXPECT_EQ(report.verdict, Verdict::pass);
    ASSERT_THAT(report.measurements, SizeIs(1));
    EXPECT_EQ(report.measurements[0].name, "triad");
    EXPECT_EQ(report.measurements[0].unit, "GB/s");
    EXPECT_EQ(report.measurements[0].unshared, 31);
    EXPECT_THAT(report.covered, IsEmpty());
}

}  // namespace
}  // namespace trilby::validate
