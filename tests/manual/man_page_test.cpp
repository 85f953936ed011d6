// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "manual/man_page.hpp"

#include <CLI/CLI.hpp>
#include <gmock/gmock.h>

#include "cli/option_text.hpp"
#include "manual/roff.hpp"

namespace trilby::manual {
namespace {

using testing::HasSubstr;
using testing::Not;

const Page& page_about(const Manual& manual, const std::string& command) {
    return *std::ranges::find(manual.pages, command, &Page::command);
}

TEST(ManPage, HoldsEveryOptionAndOperandOfItsCommands) {
    const Result<Manual> manual = make_manual();
    ASSERT_TRUE(manual) << manual.error().message;
    for (const CommandNode& command : manual->tree.commands) {
        const std::string page = man_page(page_about(*manual, command.path), *manual);
        for (const CommandNode* node : all_commands(command)) {
            for (const Option& operand : node->operands) {
                EXPECT_THAT(page, HasSubstr(roff::italic(operand.value) + '\n' +
                                            roff::prose(operand.text)));
            }
            for (const Option& option : node->options) {
                const std::string value =
                    option.value.empty() ? "" : ' ' + roff::italic(option.value);
                EXPECT_THAT(page, HasSubstr(roff::bold(option.names.back()) + value + '\n' +
                                            roff::prose(option.text)));
            }
        }
    }
}

TEST(ManPage, OfTrilbyNamesEveryCommandAndItsPage) {
    const Result<Manual> manual = make_manual();
    ASSERT_TRUE(manual) << manual.error().message;
    const std::string page = man_page(page_about(*manual, "trilby"), *manual);
    for (const CommandNode& command : manual->tree.commands) {
        EXPECT_THAT(page, HasSubstr(roff::bold(command.name)));
        EXPECT_THAT(page, HasSubstr(roff::bold("trilby-" + command.name) + "(1)"));
    }
}

TEST(ManPage, TextsOfAParserCannotMakeRequests) {
    CLI::App parser("Show \\fBx\n.so /etc/passwd", "odd");
    std::string value;
    parser.add_option("--odd", value, ".so /etc/passwd")->type_name("X");
    const Manual manual{.tree = command_tree(parser), .pages = {}};
    Page about_odd;
    about_odd.name = "odd";
    about_odd.command = "odd";
    const std::string page = man_page(about_odd, manual);
    EXPECT_THAT(page, Not(HasSubstr("\n.so")));
    EXPECT_THAT(page, HasSubstr("\\(rsfBx .so"));
}

TEST(CommandTree, OptionsTellRangeDefaultAndRivals) {
    CLI::App parser("", "odd");
    unsigned seconds = 20;
    bool fast = false;
    bool slow = false;
    CLI::Option* quick = parser.add_flag("--fast", fast, "Hurry");
    parser.add_flag("--slow", slow, "Do not")->excludes(quick);
    parser.add_option("--wait", seconds, "Wait so long")
        ->needs(quick)
        ->check(cli::whole_number(1, 60))
        ->type_name("SECONDS")
        ->capture_default_str();
    parser.add_option("NAME", "Of something")->required();
    const CommandNode tree = command_tree(parser);
    const auto option = [&](const char* name) {
        return *std::ranges::find_if(tree.options,
                                     [&](const Option& one) { return one.names.back() == name; });
    };
    EXPECT_EQ(option("--wait").text, "Wait so long (1 to 60; default 20; only with --fast)");
    EXPECT_EQ(option("--wait").value, "SECONDS");
    EXPECT_EQ(option("--slow").text, "Do not (not with --fast)");
    EXPECT_THAT(option("--slow").excludes, testing::ElementsAre("--fast"));
    EXPECT_EQ(option("--slow").value, "");
    ASSERT_EQ(tree.operands.size(), 1U);
    EXPECT_EQ(tree.operands.front().value, "NAME");
    EXPECT_TRUE(tree.operands.front().is_required);
}

}  // namespace
}  // namespace trilby::manual
