// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "cli/trilby.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fmt/format.h>
#include <iostream>
#include <span>
#include <string>
#include <system_error>
#include <vector>

#include "base/text.hpp"
#include "cli/command_line.hpp"
#include "cli/option_text.hpp"
#include "platform/atomic_file.hpp"
#include "report/error.hpp"

namespace trilby::cli {
namespace {

/// The word that was typed where a command belongs, if it is none.
std::string unknown_command(std::span<char* const> arguments,
                            std::span<const std::string_view> known) {
    const std::string first = arguments.size() > 1 ? arguments[1] : "";
    const bool is_word = !first.empty() && !first.starts_with('-');
    return is_word && std::ranges::find(known, std::string_view(first)) == known.end()
               ? first
               : std::string();
}

/// Whether `--json` was typed, for errors that come before it could be parsed.
bool wants_json(std::span<char* const> arguments) {
    return std::ranges::any_of(
        arguments, [](const char* argument) { return std::string_view(argument) == "--json"; });
}

/// `command` is the one whose help would have told, or empty.
int usage_error(const std::string& message, bool as_json, std::string_view command = {}) {
    const std::string hint =
        command.empty() ? "see 'trilby --help'" : fmt::format("see 'trilby {} --help'", command);
    return report::print_error({ErrorCode::usage, message, hint}, as_json);
}

/// CLI11's words for an option without its value, "--root: 1 required DIR missing", put plainly.
std::string explained(const CLI::ParseError& error) {
    constexpr std::string_view before = ": 1 required ";
    constexpr std::string_view after = " missing";
    std::string text = error.what();
    const std::size_t at = text.find(before);
    if (at != std::string::npos && text.ends_with(after)) {
        text.resize(text.size() - after.size());
        text.replace(at, before.size(), " needs a value: ");
    }
    return printable(text, 400);
}

/// `trilby help COMMAND` is `trilby COMMAND --help`.
std::vector<char*> with_help_as_option(int argc, char** argv) {
    static std::string help = "--help";
    std::vector<char*> arguments(argv, argv + argc);
    if (argc > 1 && std::string_view(argv[1]) == "help") {
        arguments.erase(arguments.begin() + 1);
        arguments.insert(arguments.begin() + std::min(argc - 1, 2), help.data());
    }
    return arguments;
}

/// A pipe that closed or a disk that filled must not look like success.
int finish(int exit_code) {
    std::cout.flush();
    const bool is_written = std::fflush(stdout) == 0 && !std::cout.fail();
    if (!is_written && exit_code == 0) {
        return report::print_error(platform::system_error(errno, "write to", "standard output"),
                                   false);
    }
    return exit_code;
}

std::string_view kind_of_value(const CLI::Option& option) {
    const std::string value = value_name(option);
    return value == "DIR" ? "a folder" : value == "FILE" ? "a file" : "a value";
}

/// An option without a value is a slip, such as a variable of a script that was never set.
std::string empty_option(const CLI::App& command) {
    for (const CLI::Option* option : command.get_options()) {
        if (std::ranges::find(option->results(), "") != option->results().end()) {
            return fmt::format("{} is empty, expected {}", option->get_name(),
                               kind_of_value(*option));
        }
    }
    for (const CLI::App* below : command.get_subcommands()) {
        if (const std::string empty = empty_option(*below); !empty.empty()) {
            return empty;
        }
    }
    return {};
}

/// The command that was typed, parsed; its exit code where nothing is left to be run.
int run_command(std::span<char*> arguments, bool as_json) {
    const auto [parser, commands] = command_line();
    std::vector<std::string_view> names;
    for (const Command& command : commands) {
        names.push_back(command.parser->get_name());
    }
    if (const std::string word = unknown_command(arguments, names); !word.empty()) {
        return usage_error(
            fmt::format("unknown command '{}'{}", printable(word, 64), did_you_mean(word, names)),
            as_json);
    }
    const auto chosen = [&] {
        return std::ranges::find_if(commands,
                                    [](const Command& one) { return one.parser->parsed(); });
    };
    try {
        parser->parse(static_cast<int>(arguments.size()), arguments.data());
    } catch (const CLI::Success& wanted) {  // --help and --version
        return parser->exit(wanted);
    } catch (const CLI::ParseError& error) {
        return usage_error(explained(error), as_json,
                           chosen() == commands.end() ? "" : chosen()->parser->get_name());
    }
    if (chosen() == commands.end()) {
        fmt::print("{}", parser->help());
        return 0;
    }
    if (const std::string empty = empty_option(*chosen()->parser); !empty.empty()) {
        return usage_error(empty, as_json, chosen()->parser->get_name());
    }
    return chosen()->run();
}

/// What the standard library and fmt have thrown, as an error like any other.
int report_exception(const std::exception& exception, bool as_json) {
    if (std::ferror(stdout) != 0) {  // fmt::print() throws; nothing more can be said there
        const auto* why = dynamic_cast<const std::system_error*>(&exception);
        return report::print_error(
            platform::system_error(why == nullptr ? EIO : why->code().value(), "write to",
                                   "standard output"),
            false);
    }
    if (const auto* file = dynamic_cast<const std::filesystem::filesystem_error*>(&exception)) {
        return report::print_error(
            platform::system_error(file->code().value(), "use", file->path1()), as_json);
    }
    return report::print_error({ErrorCode::internal, exception.what(), "please report it"},
                               as_json);
}

}  // namespace

int run(int argc, char** argv) {
    std::vector<char*> arguments = with_help_as_option(argc, argv);
    const bool as_json = wants_json(arguments);
    try {
        return finish(run_command(arguments, as_json));
    } catch (const std::exception& exception) {
        return report_exception(exception, as_json);
    }
}

}  // namespace trilby::cli
