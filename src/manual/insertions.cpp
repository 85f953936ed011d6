// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "manual/insertions.hpp"

#include <CLI/App.hpp>
#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/command_line.hpp"
#include "cli/option_text.hpp"
#include "cli/values.hpp"
#include "install/paths.hpp"
#include "report/exit_meaning.hpp"

namespace trilby::manual {
namespace {

/// Changes the first letter, if there is one.
std::string with_first(std::string text, int (*change)(int)) {
    if (!text.empty()) {
        text.front() = static_cast<char>(change(static_cast<unsigned char>(text.front())));
    }
    return text;
}

std::string with_capital(std::string text) {
    return with_first(std::move(text), [](int letter) { return std::toupper(letter); });
}

std::string with_small_letter(std::string text) {
    return with_first(std::move(text), [](int letter) { return std::tolower(letter); });
}

std::string literal(std::string_view text) {
    return fmt::format("`{}`", text);
}

std::string replaceable(std::string_view text) {
    return fmt::format("*{}*", text);
}

std::string item(std::string_view term, std::string_view text) {
    return fmt::format("{}\n: {}\n\n", term, text);
}

/// "trilby data fetch"
std::string path_of(const CLI::App& command) {
    const CLI::App* parent = command.get_parent();
    return (parent == nullptr ? "" : path_of(*parent) + ' ') + command.get_name();
}

std::vector<const CLI::Option*> operands_of(const CLI::App& command) {
    return command.get_options([](const CLI::Option* option) { return option->get_positional(); });
}

std::vector<const CLI::Option*> options_of(const CLI::App& command) {
    return command.get_options([](const CLI::Option* option) { return !option->get_positional(); });
}

std::string usage(const CLI::App& command) {
    std::string line = literal(path_of(command));
    const auto operands = operands_of(command);
    const bool needs_command = !command.get_subcommands({}).empty() && operands.empty();
    line += needs_command ? " *COMMAND* ..." : " [*OPTION*]...";
    for (const CLI::Option* operand : operands) {
        const std::string name = replaceable(cli::value_name(*operand)) +
                                 (operand->get_items_expected_max() > 1 ? "..." : "");
        line += operand->get_required() ? ' ' + name : fmt::format(" [{}]", name);
    }
    return line;
}

std::string term_of(const CLI::Option& option) {
    if (option.get_positional()) {
        return replaceable(cli::value_name(option));
    }
    std::vector<std::string> names = cli::names_of(option);
    std::ranges::transform(names, names.begin(), literal);
    const std::string value = cli::value_name(option);
    return fmt::format("{}{}", fmt::join(names, ", "),
                       value.empty() ? value : ' ' + replaceable(value));
}

/// The words that a value can be, if they are few and `text` does not mention them.
std::string possible_values(const CLI::Option& option, std::string_view text) {
    const cli::ValueKind* kind = cli::find_value_kind(cli::value_name(option));
    if (kind == nullptr || kind->paths != cli::Paths::none) {
        return {};
    }
    constexpr std::size_t most_words = 8;
    std::vector<std::string> names;
    bool are_mentioned = true;
    for (const cli::Word& word : kind->words()) {
        names.push_back(literal(word.text));
        are_mentioned = are_mentioned && text.find(word.text) != std::string_view::npos;
    }
    return are_mentioned || names.size() > most_words
               ? std::string()
               : fmt::format(" Possible values: {}.", fmt::join(names, ", "));
}

std::string option_item(const CLI::Option& option) {
    const std::string text = cli::explained(option);
    return item(term_of(option), text + '.' + possible_values(option, text));
}

std::string options(const CLI::App& command) {
    std::string items;
    for (const auto& list : {operands_of(command), options_of(command)}) {
        for (const CLI::Option* option : list) {
            items += option_item(*option);
        }
    }
    return items;
}

std::string explained_here(const CLI::App& command) {
    return fmt::format("### {}\n\n{}.\n\n{}", path_of(command), command.get_description(),
                       options(command));
}

std::string explained_elsewhere(const CLI::App& command) {
    return item(literal(command.get_name()),
                fmt::format("{}. See `{}`(1).", command.get_description(), page_name(command)));
}

std::string commands(const CLI::App& command, const std::set<std::string>& page_names) {
    std::string text;
    for (const CLI::App* below : command.get_subcommands({})) {
        text += page_names.contains(page_name(*below)) ? explained_elsewhere(*below)
                                                       : explained_here(*below);
    }
    return text;
}

/// A line for the command, or for each one that is explained on its page. A command with operands
/// can be used without those below it.
std::string synopsis(const CLI::App& command, const std::set<std::string>& page_names) {
    std::vector<std::string> lines;
    if (!operands_of(command).empty()) {
        lines.push_back(usage(command));
    }
    for (const CLI::App* below : command.get_subcommands({})) {
        if (!page_names.contains(page_name(*below))) {
            lines.push_back(usage(*below));
        }
    }
    if (lines.empty()) {
        lines.push_back(usage(command));
    }
    return fmt::format("{}", fmt::join(lines, "\\\n"));
}

std::string first_steps() {
    std::string text;
    for (const cli::Example& step : cli::first_steps) {
        text +=
            fmt::format("{}:\n\n    {}\n\n", with_capital(std::string(step.meaning)), step.command);
    }
    return text;
}

std::string installed_data() {
    using namespace install::paths;
    return std::filesystem::path(prefix) / data;
}

}  // namespace

std::string page_name(const CLI::App& command) {
    std::string name = path_of(command);
    std::ranges::replace(name, ' ', '-');
    return name;
}

Insertions general_insertions() {
    Insertions insertions{{"first steps", first_steps()}, {"data", installed_data()}};
    for (int code = 1; code < 256; ++code) {
        const std::string_view meaning = report::exit_meaning(static_cast<ErrorCode>(code));
        if (!meaning.empty()) {
            const std::string text =
                item(fmt::format("`{}`", code), with_capital(std::string(meaning)) + '.');
            insertions[fmt::format("exit {}", code)] = text;
            insertions["exits"] += text;
        }
    }
    return insertions;
}

Insertions insertions_about(const CLI::App& command, const std::set<std::string>& page_names) {
    return {{"summary", with_small_letter(command.get_description())},
            {"synopsis", synopsis(command, page_names)},
            {"commands", commands(command, page_names)},
            {"options", options(command)}};
}

}  // namespace trilby::manual
