// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "cli/trilby.hpp"

#include <CLI/App.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <fmt/format.h>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/print.hpp"
#include "base/text.hpp"
#include "cli/command_line.hpp"
#include "cli/completion.hpp"
#include "cli/option_text.hpp"
#include "platform/process.hpp"
#include "report/error.hpp"

namespace trilby::cli {
namespace {

/// Whether a word after `parser` may be something else than a command.
bool takes_operands(const CLI::App& parser) {
    return !parser.get_options(&CLI::Option::get_positional).empty();
}

/// The error for a word that is not a command of `parser` or of a command below it. `typed` holds
/// the words before it.
std::optional<Error> unknown_command(const CLI::App& parser, std::span<char* const> words,
                                     const std::string& typed = "trilby") {
    std::vector<std::string_view> known;
    const CLI::App* next = nullptr;
    const std::string_view word = words.empty() ? std::string_view() : words.front();
    for (const CLI::App* command : parser.get_subcommands({})) {
        known.push_back(command->get_name());
        next = command->get_name() == word ? command : next;
    }
    if (known.empty() || word.empty() || word.starts_with('-')) {
        return {};
    }
    if (next != nullptr) {
        return unknown_command(*next, words.subspan(1), fmt::format("{} {}", typed, word));
    }
    if (takes_operands(parser)) {
        return {};
    }
    return Error{
        ErrorCode::usage,
        fmt::format("unknown command '{}'{}", printable(word, 64), did_you_mean(word, known)),
        fmt::format("see '{} --help'", typed)};
}

/// The parser of `trilby` and the commands that were recognized, such as toolbox and create.
std::vector<const CLI::App*> typed_commands(const CLI::App& parser) {
    std::vector<const CLI::App*> commands{&parser};
    while (!commands.back()->get_subcommands().empty()) {
        commands.push_back(commands.back()->get_subcommands().front());
    }
    return commands;
}

/// Reports the first word that no option or operand takes.
std::string unexpected_word(const CLI::App& parser, std::span<char* const> words) {
    const std::vector<std::string> left = parser.remaining(true);
    const auto first = std::ranges::find_if(
        words, [&](std::string_view word) { return std::ranges::find(left, word) != left.end(); });
    const std::string word = first != words.end() ? *first : left.front();
    std::vector<std::string> names;
    for (const CLI::Option* option : typed_commands(parser).back()->get_options()) {
        names.push_back(option->get_name());
    }
    const std::vector<std::string_view> known(names.begin(), names.end());
    return fmt::format("unexpected '{}'{}", printable(word, 64), did_you_mean(word, known));
}

/// Whether `--json` was typed, for errors that come before it could be parsed.
bool wants_json(std::span<char* const> arguments) {
    return std::ranges::any_of(
        arguments, [](const char* argument) { return std::string_view(argument) == "--json"; });
}

/// Points to the help of the last command that was recognized.
int usage_error(const std::string& message, const CLI::App& parser, bool as_json) {
    std::string command;
    for (const CLI::App* one : typed_commands(parser)) {
        command += one->get_name() + ' ';
    }
    return report::print_error({ErrorCode::usage, message, fmt::format("see '{}--help'", command)},
                               as_json);
}

/// Rewords CLI11's message for an option without its value, "--root: 1 required DIR missing".
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

std::string_view kind_of_value(const CLI::Option& option) {
    const std::string value = value_name(option);
    return value == "DIR" ? "a folder" : value == "FILE" ? "a file" : "a value";
}

/// An empty value is a mistake, such as an unset variable in a script.
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

/// Parses the command line, runs the command and returns its exit code.
int run_command(std::vector<char*> arguments, bool as_json) {
    const auto [parser, commands] = command_line();
    const auto words =
        std::span<char* const>(arguments).subspan(std::min<std::size_t>(1, arguments.size()));
    if (const auto unknown = unknown_command(*parser, words)) {
        return report::print_error(*unknown, as_json);
    }
    try {
        parser->parse(static_cast<int>(arguments.size()), arguments.data());
    } catch (const CLI::CallForHelp&) {
        print(SafeText::lines(parser->help()));
        return 0;
    } catch (const CLI::CallForVersion& wanted) {
        print("{}\n", wanted.what());
        return 0;
    } catch (const CLI::ExtrasError&) {
        return usage_error(unexpected_word(*parser, words), *parser, as_json);
    } catch (const CLI::ParseError& error) {
        return usage_error(explained(error), *parser, as_json);
    }
    const auto chosen =
        std::ranges::find_if(commands, [](const Command& one) { return one.parser->parsed(); });
    if (chosen == commands.end()) {
        print(SafeText::lines(parser->help()));
        return 0;
    }
    if (const std::string empty = empty_option(*chosen->parser); !empty.empty()) {
        return usage_error(empty, *parser, as_json);
    }
    return chosen->run();
}

}  // namespace

int run(int argc, char** argv) {
    if (argc > 1 && argv[1] == completion_command) {
        return run_completion({argv + 2, argv + argc});
    }
    const bool as_json = wants_json({argv, argv + argc});
    const auto program = [&] { return run_command(with_help_as_option(argc, argv), as_json); };
    const auto report = [&](const Error& error) { return report::print_error(error, as_json); };
    return platform::run_to_end(std::ref(program), std::ref(report));
}

}  // namespace trilby::cli
