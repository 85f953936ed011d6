// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Every condition is found on a machine that has it, but not on one that nearly has it, and has
/// complete texts.

#include <algorithm>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <map>
#include <set>

#include "doctor/cases.hpp"

namespace trilby::doctor {
namespace {

using testing::condition_cases;
using testing::ConditionCase;
using testing::MadeFacts;

/// The finding with this id, also if it is a consequence.
std::optional<Finding> finding(const MadeFacts& made, const char* id) {
    const Diagnosis diagnosis = diagnose(made.machine);
    for (const auto* list : {&diagnosis.findings, &diagnosis.consequences}) {
        const auto one = std::ranges::find(*list, id, &Finding::id);
        if (one != list->end()) {
            return *one;
        }
    }
    return std::nullopt;
}

class Conditions : public ::testing::TestWithParam<ConditionCase> {};

TEST_P(Conditions, AreNotFoundOnAHealthyMachine) {
    EXPECT_FALSE(finding(GetParam().healthy(), GetParam().id));
}

TEST_P(Conditions, AreFoundWithEvidence) {
    MadeFacts made = GetParam().healthy();
    GetParam().fire(made);
    const auto found = finding(made, GetParam().id);
    ASSERT_TRUE(found) << GetParam().fires_on;
    ASSERT_FALSE(found->evidence.empty());
    for (const std::string& line : found->evidence) {
        EXPECT_GE(line.size(), 8U) << line;
    }
    EXPECT_FALSE(found->remedy.empty());
}

TEST_P(Conditions, AreNotFoundOnANearMiss) {
    MadeFacts made = GetParam().healthy();
    GetParam().miss(made);
    EXPECT_FALSE(finding(made, GetParam().id)) << GetParam().silent_on;
}

TEST_P(Conditions, AreNotFoundIfNothingIsKnown) {
    EXPECT_FALSE(finding(MadeFacts(), GetParam().id));
}

INSTANTIATE_TEST_SUITE_P(All, Conditions, ::testing::ValuesIn(condition_cases()),
                         [](const auto& made) {
                             // A condition may have several cases.
                             std::string name = made.param.id;
                             std::ranges::replace(name, '-', '_');
                             return fmt::format("{}_{}", name, made.index);
                         });

TEST(ConditionTexts, EveryConditionHasACase) {
    std::set<std::string> tried;
    for (const ConditionCase& one : condition_cases()) {
        tried.insert(one.id);
    }
    for (const Explanation& condition : known_conditions()) {
        EXPECT_TRUE(tried.contains(condition.id)) << condition.id;
    }
}

TEST(ConditionTexts, FamiliesHaveAllConditions) {
    std::map<std::string_view, std::size_t> sizes;
    const auto known = known_conditions();
    for (const Explanation& condition : known) {
        ++sizes[condition.family];
    }
    EXPECT_EQ(known_families().size(), sizes.size());
    for (const ConditionFamily& family : known_families()) {
        EXPECT_EQ(family.conditions, sizes[family.name]) << family.name;
    }
}

TEST(ConditionTexts, IdsAreUniqueAndWellFormed) {
    std::set<std::string> ids;
    for (const Explanation& condition : known_conditions()) {
        EXPECT_TRUE(ids.insert(condition.id).second) << condition.id;
        EXPECT_EQ(condition.id.size(), 8U) << condition.id;
        EXPECT_TRUE(condition.id.starts_with("TRL-")) << condition.id;
    }
}

TEST(ConditionTexts, AreComplete) {
    for (const Explanation& condition : known_conditions()) {
        EXPECT_LE(condition.title.size(), 80U) << condition.id;
        EXPECT_FALSE(condition.title.ends_with('.')) << condition.id;
        EXPECT_TRUE(condition.why.ends_with('.')) << condition.id;
        EXPECT_GE(condition.details.size(), 80U) << condition.id;
        EXPECT_FALSE(condition.remedies.empty()) << condition.id;
    }
}

TEST(ConditionTexts, CausesAreKnownConditions) {
    std::set<std::string_view> ids;
    for (const Family& family : families()) {
        for (const Condition& condition : family.conditions) {
            ids.insert(condition.id.text);
        }
    }
    for (const Family& family : families()) {
        for (const Condition& condition : family.conditions) {
            for (const ConditionId cause : condition.causes) {
                EXPECT_TRUE(ids.contains(cause.text))
                    << condition.id.text << " has the unknown cause " << cause.text;
                EXPECT_NE(cause.text, condition.id.text);
            }
        }
    }
}

}  // namespace
}  // namespace trilby::doctor
