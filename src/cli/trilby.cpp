// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "cli/trilby.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <fmt/format.h>
#include <span>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "cli/command_line.hpp"
#include "platform/atomic_file.hpp"
#include "report/error.hpp"

namespace trilby::cli {
namespace {

/// The word that was typed where a command belongs, if it is none.
std::string unknown_command(int argc, char** argv, std::span<const std::string_view> known) {
    const std::string first = argc > 1 ? argv[1] : "";
    const bool is_word = !first.empty() && !first.starts_with('-');
    return is_word && std::ranges::find(known, std::string_view(first)) == known.end()
               ? first
               : std::string();
}

/// `command` is the one whose help would have told, or empty.
int usage_error(const std::string& message, std::string_view command = {}) {
    const std::string hint =
        command.empty() ? "see 'trilby --help'" : fmt::format("see 'trilby {} --help'", command);
    return report::print_error({ErrorCode::usage, message, hint}, false);
}

/// A pipe that closed or a disk that filled must not look like success.
int finish(int exit_code) {
    if (std::fflush(stdout) != 0 && exit_code == 0) {
        return report::print_error(platform::system_error(errno, "write to", "standard output"),
                                   false);
    }
    return exit_code;
}

}  // namespace

int run(int argc, char** argv) {
    const auto [parser, commands] = command_line();
    std::vector<std::string_view> names;
    for (const Command& command : commands) {
        names.push_back(command.parser->get_name());
    }
    if (const std::string word = unknown_command(argc, argv, names); !word.empty()) {
        return usage_error(
            fmt::format("unknown command '{}'{}", printable(word, 64), did_you_mean(word, names)));
    }
    try {
        parser->parse(argc, argv);
    } catch (const CLI::Success& wanted) {  // --help and --version
        return finish(parser->exit(wanted));
    } catch (const CLI::ParseError& error) {
        const auto command =
            std::ranges::find_if(commands, [](const Command& one) { return one.parser->parsed(); });
        return usage_error(printable(error.what(), 400),
                           command == commands.end() ? "" : command->parser->get_name());
    }
    for (const Command& command : commands) {
        if (command.parser->parsed()) {
            return finish(command.run());
        }
    }
    fmt::print("{}", parser->help());
    return finish(0);
}

}  // namespace trilby::cli
