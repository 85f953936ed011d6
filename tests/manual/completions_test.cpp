// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "manual/completions.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "manual/quoting.hpp"

namespace trilby::manual {
namespace {

using testing::HasSubstr;

TEST(Completions, HoldEveryCommandOptionAndOperand) {
    const Result<Manual> manual = make_manual();
    ASSERT_TRUE(manual) << manual.error().message;
    const std::string bash = bash_completion(*manual);
    const std::string zsh = zsh_completion(*manual);
    const std::string fish = fish_completion(*manual);
    for (const CommandNode* command : all_commands(manual->tree)) {
        EXPECT_THAT(bash, HasSubstr(shell_quoted(command->path)));
        EXPECT_THAT(fish, HasSubstr(fish_quoted(command->path)));
        for (const CommandNode& below : command->commands) {
            EXPECT_THAT(zsh, HasSubstr(shell_quoted(below.name) + ")"));
        }
        for (const Option& option : command->options) {
            for (const std::string& name : option.names) {
                EXPECT_THAT(bash, HasSubstr(shell_quoted(name)));
                EXPECT_THAT(zsh, HasSubstr(")" + name));
                EXPECT_THAT(fish, HasSubstr(fish_quoted(name.substr(name.find_first_not_of('-')))));
            }
        }
        for (const Option& operand : command->operands) {
            EXPECT_THAT(bash, HasSubstr("operand=" + shell_quoted(operand.value)));
            EXPECT_THAT(zsh, HasSubstr(fmt::format(":{}:", operand.value)));
        }
    }
}

TEST(Completions, TextsOfAParserAreNotRun) {
    CLI::App parser("Odd", "trilby");
    bool flag = false;
    parser.add_flag("--odd", flag, "It's $(x) [y] `z` \\");
    const Manual manual{.tree = command_tree(parser), .kinds = {}, .pages = {}};
    EXPECT_THAT(zsh_completion(manual), HasSubstr(R"(--odd[It'\''s $(x) \[y\] `z` \\]')"));
    EXPECT_THAT(fish_completion(manual), HasSubstr(R"(-d 'It\'s $(x) [y] `z` \\')"));
}

TEST(Completions, WhatIsInstalledIsAskedFor) {
    const Result<Manual> manual = make_manual();
    ASSERT_TRUE(manual) << manual.error().message;
    for (const std::string& script :
         {bash_completion(*manual), zsh_completion(*manual), fish_completion(*manual)}) {
        EXPECT_THAT(script, HasSubstr("train --list"));
        EXPECT_THAT(script, HasSubstr("TRL-P002"));
        EXPECT_THAT(script, HasSubstr("nvidia"));
    }
}

}  // namespace
}  // namespace trilby::manual
