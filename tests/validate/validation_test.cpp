// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/validation.hpp"

#include <gtest/gtest.h>

#include "base/enum_name.hpp"
#include "validate/describe.hpp"

namespace trilby::validate {
namespace {

CheckResult ended(Verdict verdict, std::optional<SkipReason> reason = {}) {
    CheckResult result{.planned = {find_check("matmul"), 1, 0}};
    result.report.verdict = verdict;
    result.report.skip_reason = reason;
    return result;
}

Conclusion conclusion_of(std::vector<CheckResult> results) {
    Validation validation;
    validation.results = std::move(results);
    return conclude(validation);
}

TEST(Verdict, EveryNameIsFound) {
    for (int i = 0; i <= static_cast<int>(Verdict::fail); ++i) {
        const auto verdict = static_cast<Verdict>(i);
        EXPECT_EQ(verdict_named(verdict_name(verdict)), verdict);
    }
    EXPECT_EQ(verdict_named("good"), std::nullopt);
    for (int i = 0; i <= static_cast<int>(SkipReason::not_permitted); ++i) {
        const auto reason = static_cast<SkipReason>(i);
        EXPECT_EQ(enum_named<SkipReason>(skip_reason_name(reason)), reason);
    }
}

TEST(Conclusion, PassesOnlyIfSomethingPassedAndNothingIsMissing) {
    EXPECT_EQ(conclusion_of({ended(Verdict::pass)}), Conclusion::passed);
    EXPECT_EQ(
        conclusion_of({ended(Verdict::pass), ended(Verdict::skip, SkipReason::not_applicable)}),
        Conclusion::passed);
}

TEST(Conclusion, FailsClosed) {
    EXPECT_EQ(conclusion_of({}), Conclusion::incomplete);
    EXPECT_EQ(conclusion_of({ended(Verdict::skip, SkipReason::not_applicable)}),
              Conclusion::incomplete);
    for (const auto reason : {SkipReason::not_supported, SkipReason::not_permitted}) {
        EXPECT_EQ(conclusion_of({ended(Verdict::pass), ended(Verdict::skip, reason)}),
                  Conclusion::incomplete);
    }
    EXPECT_EQ(conclusion_of({ended(Verdict::pass), ended(Verdict::skip)}), Conclusion::incomplete);
    EXPECT_EQ(conclusion_of({ended(Verdict::pass), ended(Verdict::not_run)}),
              Conclusion::incomplete);
}

TEST(Conclusion, AnyBadVerdictIsAFailure) {
    for (const auto verdict : {Verdict::out_of_memory, Verdict::time_out, Verdict::error,
                               Verdict::crash, Verdict::fail}) {
        EXPECT_EQ(conclusion_of({ended(Verdict::pass), ended(verdict)}), Conclusion::failed)
            << verdict_name(verdict);
    }
}

}  // namespace
}  // namespace trilby::validate
