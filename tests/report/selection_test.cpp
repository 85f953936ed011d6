// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/machine_json.hpp"
#include "report/text.hpp"

namespace trilby::report {
namespace {

using ::testing::HasSubstr;

Selection made_selection() {
    Candidate cuda;
    cuda.name = "cuda";
    cuda.requirements = {{"nvidia-gpu", Answer::met, "a GPU", ""},
                         {"nvidia-driver", Answer::missed, "not loaded", "install it"},
                         {"nvidia-control-node", Answer::missed, "no node", "make it"}};
    Candidate cpu;
    cpu.name = "cpu";
    cpu.requirements = {{"module-installed", Answer::unknown, "who knows", ""}};
    return {.candidates = {cuda, cpu},
            .choice = Choice{"cpu", "neither cuda nor rocm can be used here"},
            .ignored = {}};
}

TEST(SelectionText, ShowsTheFirstMissedRequirementAndItsRemedyOnly) {
    const std::string text = to_text(made_selection(), {.columns = 80, .has_color = false});
    EXPECT_THAT(text, HasSubstr("cuda      cannot be used\n          not loaded\n"));
    EXPECT_THAT(text, HasSubstr("hint: install it"));
    EXPECT_THAT(text, ::testing::Not(HasSubstr("no node")));
}

TEST(SelectionText, ShowsTheUsedBackendAndTheReason) {
    const std::string text = to_text(made_selection(), {.columns = 80, .has_color = false});
    EXPECT_THAT(text, HasSubstr("cpu is used: neither cuda nor rocm can be used here.\n\n"));
    EXPECT_THAT(text, HasSubstr("\ncpu       used\n"));
    EXPECT_THAT(text, HasSubstr("not known: who knows"));
}

TEST(SelectionJson, ListsEveryRequirementWithItsAnswer) {
    const json::object document = to_json(made_selection());
    EXPECT_EQ(document.at("chosen"), "cpu");
    const json::object& cuda = document.at("candidates").as_array()[0].as_object();
    EXPECT_EQ(cuda.at("usable"), false);
    EXPECT_EQ(cuda.at("requirements").as_array().size(), 3U);
    EXPECT_EQ(cuda.at("requirements").as_array()[1].as_object().at("answer"), "missed");
}

TEST(SelectionJson, HasTheErrorIfNothingWasChosen) {
    Selection selection = made_selection();
    selection.choice = failure(ErrorCode::unavailable, "none", "install one");
    const json::object document = to_json(selection);
    EXPECT_TRUE(document.at("chosen").is_null());
    EXPECT_EQ(document.at("error").as_object().at("exit_code"), 69);
}

}  // namespace
}  // namespace trilby::report
