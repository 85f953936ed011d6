// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Steps contain the values of the machine.

#include "doctor/values.hpp"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>
#include <string>

#include "doctor/cases.hpp"
#include "doctor/condition.hpp"

namespace trilby::doctor {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::MadeFacts;
using ::testing::Not;

std::vector<std::string> steps_in(const Page& page) {
    return page.sections.at(0).steps;
}

std::vector<std::string> filled(const char* steps, const Values& values) {
    return steps_in(with_values(parse_page(std::string("## Any system\n\n") + steps), values));
}

TEST(Values, ReplaceMarks) {
    EXPECT_THAT(filled("Edit @file@:\n\n    sudoedit @file@\n\n{{boot-argument @word@}}\n",
                       {{"file", "/etc/a.conf"}, {"word", "a=b"}}),
                ElementsAre("Edit /etc/a.conf:", "sudoedit /etc/a.conf", "{{boot-argument a=b}}"));
}

TEST(Values, LeaveOutStepsThatTheMachineDoesNotNeed) {
    EXPECT_THAT(filled("    rm @file@\n    reboot\n", {}), ElementsAre("reboot"));
}

TEST(Values, RepeatAStepForEachOfThem) {
    EXPECT_THAT(filled("    unset @variable@\n", {{"variable", "A"}, {"variable", "B"}}),
                ElementsAre("unset A", "unset B"));
}

TEST(Values, ThatAShellCouldMisreadAreNotPasted) {
    EXPECT_THAT(filled("    rm @file@\n", {{"file", "/etc/a;reboot"}}), ElementsAre("rm FILE"));
    EXPECT_THAT(filled("    rm @file@\n", {{"file", "@file@"}}), ElementsAre("rm @file@"));
}

TEST(Values, AreNamesWithoutAMachine) {
    EXPECT_THAT(steps_in(with_names(parse_page("## Any system\n\n    rm @file@\n"))),
                ElementsAre("rm FILE"));
}

/// The names of the marks in a page.
std::set<std::string> marks_in(Page page) {
    std::set<std::string> names;
    for (const Section& section : page.sections) {
        for (const std::string& step : section.steps) {
            for (std::size_t start = step.find('@'); start != std::string::npos;) {
                const std::size_t end = step.find('@', start + 1);
                names.insert(step.substr(start + 1, end - start - 1));
                start = end == std::string::npos ? end : step.find('@', end + 1);
            }
        }
    }
    return names;
}

/// The names of the values that a condition has on the machines of its cases.
std::set<std::string> values_of(const Condition& condition) {
    std::set<std::string> names;
    for (const testing::ConditionCase& one : testing::condition_cases()) {
        if (one.id == condition.id.text && condition.values != nullptr) {
            MadeFacts made = one.healthy();
            one.fire(made);
            for (const Value& value : condition.values(Facts(made.machine))) {
                names.insert(std::string(value.name));
            }
        }
    }
    return names;
}

/// A mark that nothing fills in would silently drop its step.
TEST(Values, AreThoseThatThePageAsksFor) {
    for (const Family& family : families()) {
        for (const Condition& condition : family.conditions) {
            EXPECT_EQ(marks_in(page_of(condition.id.text)), values_of(condition))
                << condition.id.text;
        }
    }
}

/// The steps on the machine of the condition's case with this number.
std::vector<std::string> remedy(const std::string& id, std::size_t number = 0) {
    for (const testing::ConditionCase& one : testing::condition_cases()) {
        if (one.id == id && number-- == 0) {
            MadeFacts made = one.healthy();
            one.fire(made);
            const auto findings = diagnose(made.machine).findings;
            const auto found = std::ranges::find(findings, id, &Finding::id);
            return found == findings.end() ? std::vector<std::string>() : found->remedy;
        }
    }
    return {};
}

TEST(Values, KeepOtherModulesBlacklisted) {
    EXPECT_THAT(remedy("TRL-A026"),
                Contains("sudo grubby --update-kernel=ALL --args=\"modprobe.blacklist=nouveau\""));
    EXPECT_THAT(remedy("TRL-A026"), Each(Not(HasSubstr("sudoedit"))));
    EXPECT_THAT(remedy("TRL-A026", 1), Contains(HasSubstr("sudoedit /etc/modprobe.d/")));
    EXPECT_THAT(remedy("TRL-A026", 1), Each(Not(HasSubstr("grubby"))));
}

TEST(Values, AllowNvidiasModuleWhereItIsKeptOut) {
    constexpr const char* for_files = "/etc/modprobe.d/*.conf";
    const auto file = remedy("TRL-N041");
    EXPECT_THAT(file, Contains(HasSubstr(for_files)));
    EXPECT_THAT(file, Contains(HasSubstr("wrote /etc/modprobe.d/blacklist-nvidia.conf")));
    EXPECT_THAT(file, Each(Not(HasSubstr("grubby"))));
    const auto word = remedy("TRL-N041", 1);
    EXPECT_THAT(word, Contains("sudo grubby --update-kernel=ALL "
                               "--remove-args=\"modprobe.blacklist=nvidia\""));
    EXPECT_THAT(word, Each(Not(HasSubstr("--args="))));
    EXPECT_THAT(word, Each(Not(HasSubstr(for_files))));
    EXPECT_THAT(remedy("TRL-N041", 2),
                Contains("sudo grubby --update-kernel=ALL --args=\"modprobe.blacklist=nouveau\""));
    const auto rule = remedy("TRL-N041", 4);
    EXPECT_THAT(rule, Contains("sudoedit /etc/udev/rules.d/50-remove-nvidia.rules"));
    EXPECT_THAT(rule, Each(Not(HasSubstr(for_files))));
    EXPECT_THAT(rule, Each(Not(HasSubstr("grubby"))));
}

TEST(Values, AreThePathsOfTheLibrariesToRemove) {
    EXPECT_THAT(remedy("TRL-N051"), Contains("rpm -qf /usr/lib64/libcuda.so.1"));
}

TEST(Values, UnsetTheVariableThatDoesHarm) {
    EXPECT_THAT(remedy("TRL-A033"), Contains("unset HSA_OVERRIDE_GFX_VERSION"));
    EXPECT_THAT(remedy("TRL-A033", 4), Contains("unset HSA_OVERRIDE_GFX_VERSION_1"));
    EXPECT_THAT(remedy("TRL-A033", 3), Contains(HasSubstr("rocm/whl/gfx110X-all/")));
    EXPECT_THAT(remedy("TRL-A033", 0), Each(Not(HasSubstr("rocm/whl"))))
        << "the installed LibTorch has code for the GPU";
}

TEST(Values, OfAGpuAreItsOwn) {
    EXPECT_THAT(remedy("TRL-A035"), Contains("export ROCR_VISIBLE_DEVICES=0"));
    EXPECT_THAT(remedy("TRL-A060"), Contains("export HSA_OVERRIDE_GFX_VERSION_2=10.3.0"));
}

}  // namespace
}  // namespace trilby::doctor
