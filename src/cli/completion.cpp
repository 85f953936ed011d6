// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "cli/completion.hpp"

#include <CLI/App.hpp>
#include <algorithm>
#include <exception>
#include <fmt/format.h>
#include <set>

#include "base/print.hpp"
#include "cli/command_line.hpp"
#include "cli/option_text.hpp"

namespace trilby::cli {
namespace {

/// A word with hidden characters could only be offered escaped, which is another word.
bool is_completable(std::string_view word) {
    constexpr std::size_t limit_bytes = 4096;  // PATH_MAX
    return word.size() <= limit_bytes && SafeText(word) == word;
}

bool takes_value(const CLI::Option& option) {
    return option.get_items_expected_max() > 0;
}

bool is_repeatable(const CLI::Option& option) {
    return option.get_items_expected_max() > 1;
}

const CLI::Option* find_option(const CLI::App& command, std::string_view name) {
    return command.get_option_no_throw(std::string(name));
}

const CLI::App* find_subcommand(const CLI::App& command, std::string_view name) {
    const auto commands = command.get_subcommands({});
    const auto found = std::ranges::find(commands, name, &CLI::App::get_name);
    return found == commands.end() ? nullptr : *found;
}

/// The state of the line before the word to complete.
struct Position {
    const CLI::App* command;
    std::set<const CLI::Option*> used{};    ///< of `command`
    const CLI::Option* awaiting = nullptr;  ///< the option whose value comes next
    std::size_t operands = 0;
    bool options_ended = false;  ///< after "--"

    [[nodiscard]] bool is_option(std::string_view word) const {
        return !options_ended && word.starts_with('-');
    }
    void pass(std::string_view word);
    void pass_option(std::string_view word);
};

void Position::pass(std::string_view word) {
    if (awaiting != nullptr) {
        awaiting = nullptr;
    } else if (is_option(word)) {
        pass_option(word);
    } else if (const CLI::App* below = find_subcommand(*command, word)) {
        *this = {.command = below};
    } else {
        ++operands;
    }
}

void Position::pass_option(std::string_view word) {
    options_ended = word == "--";
    const std::size_t equals = word.find('=');
    if (const CLI::Option* option = find_option(*command, word.substr(0, equals))) {
        used.insert(option);
        awaiting = equals == std::string_view::npos && takes_value(*option) ? option : nullptr;
    }
}

bool is_allowed(const CLI::Option& option, const Position& position) {
    const auto is_used = [&](const CLI::Option* other) { return position.used.contains(other); };
    return (is_repeatable(option) || !is_used(&option)) &&
           std::ranges::none_of(option.get_excludes(), is_used);
}

Completion options(const Position& position, std::string_view word) {
    Completion completion;
    for (const CLI::Option* option : position.command->get_options({})) {
        if (option->get_positional() || !is_allowed(*option, position)) {
            continue;
        }
        for (const std::string& name : names_of(*option)) {
            if (name.starts_with(word)) {
                completion.words.push_back({name, explained(*option)});
            }
        }
    }
    return completion;
}

Completion subcommands(const CLI::App& command, std::string_view word) {
    Completion completion;
    for (const CLI::App* below : command.get_subcommands({})) {
        if (below->get_name().starts_with(word)) {
            completion.words.push_back({below->get_name(), below->get_description()});
        }
    }
    return completion;
}

/// `lead` is the part of the last word before its value: "--only=".
Completion values(const CLI::Option& option, std::string_view lead, std::string_view typed) {
    const ValueKind* kind = find_value_kind(value_name(option));
    if (kind == nullptr) {
        return {};
    }
    Completion completion{.words = {}, .paths = kind->paths};
    for (const Word& word : kind->words()) {
        if (word.text.starts_with(typed)) {
            completion.words.push_back({fmt::format("{}{}", lead, word.text), word.summary});
        }
    }
    return completion;
}

/// The option itself, or its value in "--option=value".
Completion option_or_value(const Position& position, std::string_view word) {
    const std::size_t equals = word.find('=');
    if (equals == std::string_view::npos) {
        return options(position, word);
    }
    const CLI::Option* option = find_option(*position.command, word.substr(0, equals));
    return option == nullptr ? Completion()
                             : values(*option, word.substr(0, equals + 1), word.substr(equals + 1));
}

const CLI::Option* next_operand(const Position& position) {
    const auto operands = position.command->get_options(
        [](const CLI::Option* option) { return option->get_positional(); });
    return position.operands < operands.size() ? operands[position.operands] : nullptr;
}

Completion complete_at(const Position& position, std::string_view word) {
    if (position.awaiting != nullptr) {
        return values(*position.awaiting, "", word);
    }
    if (position.is_option(word)) {
        return option_or_value(position, word);
    }
    if (!position.command->get_subcommands({}).empty()) {
        return subcommands(*position.command, word);
    }
    if (const CLI::Option* operand = next_operand(position)) {
        return values(*operand, "", word);
    }
    return position.options_ended ? Completion() : options(position, word);
}

}  // namespace

Completion complete(const CLI::App& parser, std::span<const std::string_view> typed) {
    if (typed.empty() || !is_completable(typed.back())) {
        return {};
    }
    Position position{.command = &parser};
    for (const std::string_view word : typed.first(typed.size() - 1)) {
        position.pass(word);
    }
    return complete_at(position, typed.back());
}

SafeText to_lines(const Completion& completion) {
    SafeText lines;
    for (const auto& [text, summary] : completion.words) {
        if (is_completable(text) && is_completable(summary)) {
            lines += summary.empty() ? SafeText::format("{}\n", text)
                                     : SafeText::format("{}\t{}\n", text, summary);
        }
    }
    switch (completion.paths) {
        case Paths::files:
            return lines + ":files\n";
        case Paths::folders:
            return lines + ":folders\n";
        case Paths::none:
            break;
    }
    return lines;
}

int run_completion(std::span<char* const> words) {
    try {
        const std::vector<std::string_view> typed(words.begin(), words.end());
        print(to_lines(complete(*command_line().parser, typed)));
    } catch (const std::exception&) {
        return 0;
    }
    return 0;
}

}  // namespace trilby::cli
