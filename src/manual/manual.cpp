// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "manual/manual.hpp"

#include <CLI/App.hpp>
#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <set>
#include <vector>

#include "base/try.hpp"
#include "manual/markdown.hpp"

namespace trilby::manual {
namespace {

std::vector<const CLI::App*> all_commands(const CLI::App& parser) {
    std::vector<const CLI::App*> all{&parser};
    for (const CLI::App* command : parser.get_subcommands({})) {
        std::ranges::copy(all_commands(*command), std::back_inserter(all));
    }
    return all;
}

const CLI::App* find_command(const CLI::App& parser, const Page& page) {
    const auto all = all_commands(parser);
    const auto found = std::ranges::find(
        all, page.name, [](const CLI::App* command) { return page_name(*command); });
    return found == all.end() ? nullptr : *found;
}

std::set<std::string> names_of(const std::vector<Page>& pages) {
    std::set<std::string> names;
    for (const Page& page : pages) {
        names.insert(page.name);
    }
    return names;
}

Result<void> check_has_page(const CLI::App& command, const std::set<std::string>& page_names) {
    const std::string name = page_name(command);
    return page_names.contains(name)
               ? Result<void>()
               : failure(ErrorCode::internal,
                         fmt::format("there is no src/manual/pages/{}.1.md", name));
}

Result<void> check_every_command_has_a_page(const CLI::App& parser,
                                            const std::set<std::string>& page_names) {
    TRILBY_CHECK(check_has_page(parser, page_names));
    for (const CLI::App* command : parser.get_subcommands({})) {
        TRILBY_CHECK(check_has_page(*command, page_names));
    }
    return {};
}

std::string see_also(const std::vector<Page>& pages, const Page& page) {
    std::vector<std::string> references;
    for (const Page& other : pages) {
        if (other.name != page.name) {
            references.push_back(fmt::format("`{}`({})", other.name, other.section));
        }
    }
    return fmt::format("{}", fmt::join(references, ", "));
}

/// None for a page that is not in section 1, and so not about a command.
Result<Insertions> insertions_from(const CLI::App& parser, const Page& page,
                                   const std::set<std::string>& page_names) {
    if (page.section != '1') {
        return Insertions();
    }
    const CLI::App* command = find_command(parser, page);
    return command == nullptr
               ? failure(ErrorCode::internal,
                         fmt::format("the page {} is not about a command", page.file_name()))
               : Result<Insertions>(insertions_about(*command, page_names));
}

}  // namespace

Result<std::map<std::string, std::string>> make_manual(const CLI::App& parser, const Pages& pages) {
    const std::set<std::string> page_names = names_of(pages.pages);
    TRILBY_CHECK(check_every_command_has_a_page(parser, page_names));
    Insertions general = general_insertions();
    general.insert(pages.shared.begin(), pages.shared.end());
    std::map<std::string, std::string> manual;
    for (const Page& page : pages.pages) {
        TRILBY_TRY(insertions, insertions_from(parser, page, page_names));
        insertions["see also"] = see_also(pages.pages, page);
        insertions.insert(general.begin(), general.end());
        TRILBY_TRY(text, expanded(page, insertions));
        manual[page.file_name()] = man_page(page.name, page.section, text);
    }
    return manual;
}

}  // namespace trilby::manual
