// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "manual/manual.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "base/try.hpp"
#include "manual/pages.hpp"

namespace trilby::manual {
namespace {

Result<void> check_every_command_has_a_page(const Manual& manual) {
    for (const CommandNode& command : manual.tree.commands) {
        if (std::ranges::find(manual.pages, command.path, &Page::command) == manual.pages.end()) {
            return failure(ErrorCode::internal,
                           fmt::format("'{}' has no page in src/manual/pages", command.path));
        }
    }
    return {};
}

Result<void> check_every_page_has_a_command(const Manual& manual) {
    const auto commands = all_commands(manual.tree);
    for (const Page& page : manual.pages) {
        if (!page.command.empty() &&
            std::ranges::find(commands, page.command, &CommandNode::path) == commands.end()) {
            return failure(ErrorCode::internal,
                           fmt::format("the page {} is about '{}', which is no command",
                                       page.reference(), page.command));
        }
    }
    return {};
}

}  // namespace

Result<Manual> make_manual() {
    const cli::CommandLine line = cli::command_line();
    Manual manual{.tree = command_tree(*line.parser), .pages = all_pages()};
    TRILBY_CHECK(check_every_command_has_a_page(manual));
    TRILBY_CHECK(check_every_page_has_a_command(manual));
    return manual;
}

}  // namespace trilby::manual
