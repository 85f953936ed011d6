// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/issue.hpp"

#include <gtest/gtest.h>

namespace trilby::validate {
namespace {

Issue issue(IssueKind kind) {
    return {.kind = kind, .where = "fan", .found = "0 rpm", .expected = "1 rpm", .remedy = "clean"};
}

TEST(Judgment, AFailureFailsAndIsTheMessage) {
    Judgment judgment;
    judgment.accept();
    judgment.add(issue(IssueKind::unknown));
    judgment.expect(false, issue(IssueKind::failure));
    EXPECT_EQ(judgment.report().verdict, Verdict::fail);
    EXPECT_EQ(judgment.report().message, "fan: found 0 rpm, expected 1 rpm");
    EXPECT_EQ(judgment.report().values_compared, 2U);
    EXPECT_EQ(judgment.report().values_wrong, 1U);
    judgment.expect(false, issue(IssueKind::failure));
    EXPECT_EQ(judgment.report().message, "fan: found 0 rpm, expected 1 rpm, and 1 other issue");
}

TEST(Judgment, WarningsAndUnknownFactsDoNotFail) {
    Judgment judgment;
    judgment.expect(true, issue(IssueKind::failure));
    judgment.add(issue(IssueKind::warning));
    judgment.add(issue(IssueKind::unknown));
    EXPECT_EQ(judgment.report().verdict, Verdict::pass);
    EXPECT_EQ(judgment.issues().size(), 2U);
}

TEST(Judgment, NothingKnownIsNotAPass) {
    Judgment judgment;
    EXPECT_EQ(judgment.report().verdict, Verdict::skip);
    judgment.add(issue(IssueKind::unknown));
    EXPECT_EQ(judgment.report().verdict, Verdict::skip);
    EXPECT_EQ(judgment.report().skip_reason, SkipReason::not_permitted);
}

TEST(Judgment, FailuresComeFirst) {
    Judgment judgment;
    for (const IssueKind kind : {IssueKind::unknown, IssueKind::failure, IssueKind::warning}) {
        judgment.add(issue(kind));
    }
    const auto sorted = judgment.issues();
    EXPECT_EQ(sorted[0].kind, IssueKind::failure);
    EXPECT_EQ(sorted[1].kind, IssueKind::warning);
    EXPECT_EQ(sorted[2].kind, IssueKind::unknown);
}

}  // namespace
}  // namespace trilby::validate
