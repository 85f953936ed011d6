// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "manual/manual.hpp"

#include <CLI/App.hpp>
#include <gmock/gmock.h>

#include "cli/command_line.hpp"
#include "cli/option_text.hpp"
#include "manual/roff.hpp"

namespace trilby::manual {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* everything =
    "{{summary}}\n\n{{synopsis}}\n\n{{commands}}\n\n{{options}}\n\n{{see also}}\n";

/// One page with everything for `parser` and each of its commands.
Pages pages_about(const CLI::App& parser) {
    Pages pages;
    pages.pages.push_back({page_name(parser), '1', everything});
    for (const CLI::App* command : parser.get_subcommands({})) {
        pages.pages.push_back({page_name(*command), '1', everything});
    }
    return pages;
}

/// The only page about a command called "odd".
Result<std::string> page_of(const CLI::App& parser, const std::string& text,
                            Insertions shared = {}) {
    const Pages pages{.pages = {{"odd", '1', text}}, .shared = std::move(shared)};
    auto manual = make_manual(parser, pages);
    return manual ? Result<std::string>(manual->at("odd.1")) : std::unexpected(manual.error());
}

void expect_options(const std::string& page, const CLI::App& command) {
    for (const CLI::Option* option : command.get_options({})) {
        const std::string name = cli::names_of(*option).back();
        EXPECT_THAT(page,
                    HasSubstr(option->get_positional() ? roff::italic(name) : roff::bold(name)));
        EXPECT_THAT(page, HasSubstr('\n' + roff::prose(cli::explained(*option))));
    }
    for (const CLI::App* below : command.get_subcommands({})) {
        expect_options(page, *below);
    }
}

TEST(Manual, PagesHoldEveryOptionAndOperandOfTheirCommands) {
    const cli::CommandLine line = cli::command_line();
    const auto manual = make_manual(*line.parser, pages_about(*line.parser));
    ASSERT_TRUE(manual) << manual.error().message;
    for (const CLI::App* command : line.parser->get_subcommands({})) {
        expect_options(manual->at(page_name(*command) + ".1"), *command);
    }
}

TEST(Manual, FirstPageListsEveryCommandAndItsPage) {
    const cli::CommandLine line = cli::command_line();
    const auto manual = make_manual(*line.parser, pages_about(*line.parser));
    ASSERT_TRUE(manual) << manual.error().message;
    for (const CLI::App* command : line.parser->get_subcommands({})) {
        EXPECT_THAT(manual->at("trilby.1"), HasSubstr(roff::bold(command->get_name())));
        EXPECT_THAT(manual->at("trilby.1"), HasSubstr(roff::bold(page_name(*command)) + "(1)"));
    }
}

TEST(Manual, RefusesACommandWithoutAPage) {
    CLI::App parser("", "odd");
    parser.add_subcommand("new", "Be new");
    const auto page = page_of(parser, "");
    ASSERT_FALSE(page);
    EXPECT_THAT(page.error().message, HasSubstr("odd-new.1.md"));
}

TEST(Manual, RefusesAPageWithoutACommand) {
    const CLI::App parser("", "odd");
    const Pages pages{.pages = {{"odd", '1', ""}, {"odd-gone", '1', ""}}, .shared = {}};
    const auto manual = make_manual(parser, pages);
    ASSERT_FALSE(manual);
    EXPECT_THAT(manual.error().message, HasSubstr("odd-gone"));
}

TEST(Manual, RefusesAnUnknownInsertion) {
    const CLI::App parser("", "odd");
    for (const char* text : {"{{surprise}}", "{{exit 3}}", "{{options", "{{}}"}) {
        const auto page = page_of(parser, text);
        ASSERT_FALSE(page) << text;
        EXPECT_THAT(page.error().message, HasSubstr("page odd.1"));
    }
}

TEST(Manual, InsertsExitCodesAndSharedTexts) {
    const CLI::App parser("", "odd");
    const auto page = page_of(parser, "a {{exit 64}} b {{X_VARIABLE}} c", {{"X_VARIABLE", "xyz"}});
    ASSERT_TRUE(page) << page.error().message;
    EXPECT_THAT(*page, HasSubstr("The command line is wrong."));
    EXPECT_THAT(*page, HasSubstr("b xyz c"));
}

TEST(Manual, ListsTheValuesThatAnOptionAccepts) {
    CLI::App parser("", "odd");
    std::string value;
    parser.add_option("--use", value, "Use it")->type_name("BACKEND");
    const auto page = page_of(parser, "{{options}}");
    ASSERT_TRUE(page) << page.error().message;
    EXPECT_THAT(*page, HasSubstr("Use it. Possible values: " + roff::bold("cuda")));
}

TEST(Manual, TextsOfAParserCannotMakeRequests) {
    CLI::App parser("Show \\fBx\n.so /etc/passwd", "odd");
    std::string value;
    parser.add_option("--odd", value, ".so /etc/passwd")->type_name("X");
    const auto page = page_of(parser, everything);
    ASSERT_TRUE(page) << page.error().message;
    EXPECT_THAT(*page, Not(HasSubstr("\n.so")));
    EXPECT_THAT(*page, HasSubstr("\\(rsfBx .so"));
}

}  // namespace
}  // namespace trilby::manual
