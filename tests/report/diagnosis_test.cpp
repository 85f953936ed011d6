// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "report/diagnosis.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <gtest/gtest.h>

namespace trilby::report {
namespace {

Explanation longest_condition() {
    return std::ranges::max(known_conditions(), {},
                            [](const Explanation& condition) { return condition.title.size(); });
}

TEST(DiagnosisLines, AreNotFoldedForFindings) {
    const Explanation longest = longest_condition();
    Finding finding;
    finding.id = longest.id;
    finding.severity = Severity::blocks;
    finding.title = longest.title;
    Diagnosis diagnosis;
    diagnosis.findings = {finding, finding};
    const std::string line = fmt::format("blocks    {}: {}\n", longest.id, longest.title);
    ASSERT_GT(line.size(), 81U);
    EXPECT_EQ(to_lines(diagnosis, {}), line + line);
}

TEST(DiagnosisLines, AreNotFoldedForConditions) {
    const Explanation longest = longest_condition();
    EXPECT_EQ(to_line(longest, {}), fmt::format("{}  {}: {}\n", longest.id,
                                                severity_name(longest.severity), longest.title));
}

}  // namespace
}  // namespace trilby::report
