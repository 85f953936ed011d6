// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "manual/completions.hpp"
#include "manual/quoting.hpp"

namespace trilby::manual {
namespace {

constexpr std::string_view head = R"(#compdef trilby
# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
#
# Completion of trilby's command line for zsh; made from its parser when it was built.

)";

// zsh takes the whole file for the function of its name, until that defines itself anew.
constexpr const char* tail = R"(_trilby() {
    local trilby=$words[1]
    _trilby_command
}

_trilby
)";

std::string function_of(std::string name) {
    std::ranges::replace(name, ' ', '_');
    return fmt::format("_{}_command", name);
}

std::string value_function(const std::string& kind) {
    return "_trilby_value_" + kind;
}

/// An element of an array for _describe.
std::string described(const std::string& word, const std::string& summary) {
    const std::string name = backslashed(word, ":");
    return shell_quoted(summary.empty() ? name : name + ':' + backslashed(summary, ""));
}

/// ":DIR:action", as _arguments takes it; a space is an action that offers nothing.
std::string argument(const Manual& manual, const std::string& value) {
    const auto kind = std::ranges::find(manual.kinds, value, &ValueKind::name);
    const bool is_open = kind == manual.kinds.end() || kind->is_open();
    return ':' + backslashed(value, ":") + ':' + (is_open ? " " : value_function(value));
}

std::string option_spec(const Manual& manual, const Option& option, const std::string& name) {
    std::vector<std::string> rivals = option.excludes;
    std::ranges::copy(option.names, std::back_inserter(rivals));
    const bool takes_value = !option.value.empty();
    return shell_quoted(fmt::format("({}){}{}[{}]{}", fmt::join(rivals, " "), name,
                                    takes_value ? "=" : "", backslashed(option.text, "[]"),
                                    takes_value ? argument(manual, option.value) : ""));
}

std::vector<std::string> argument_specs(const Manual& manual, const CommandNode& command) {
    std::vector<std::string> specs;
    for (const Option& option : command.options) {
        for (const std::string& name : option.names) {
            specs.push_back(option_spec(manual, option, name));
        }
    }
    for (const Option& operand : command.operands) {
        specs.push_back(
            shell_quoted((operand.is_required ? "" : ":") + argument(manual, operand.value)));
    }
    return specs;
}

/// Of a command that has others below it.
std::string dispatch(const CommandNode& command) {
    std::string commands;
    std::string cases;
    for (const CommandNode& below : command.commands) {
        commands += fmt::format("                {}\n", described(below.name, below.summary));
        cases += fmt::format("                {}) {} ;;\n", shell_quoted(below.name),
                             function_of(below.path));
    }
    return fmt::format(
        "    case $state in\n"
        "        command)\n"
        "            commands=(\n{}            )\n"
        "            _describe -t commands command commands\n"
        "            ;;\n"
        "        rest)\n"
        "            case $words[1] in\n{}            esac\n"
        "            ;;\n"
        "    esac\n",
        commands, cases);
}

std::string command_function(const Manual& manual, const CommandNode& command) {
    std::vector<std::string> specs = argument_specs(manual, command);
    std::string body;
    if (command.commands.empty()) {
        body = fmt::format("    _arguments \\\n        {}\n", fmt::join(specs, " \\\n        "));
    } else {
        specs.insert(specs.end(), {"'(-): :->command'", "'(-)*:: :->rest'"});
        body = fmt::format(
            "    local curcontext=$curcontext state line\n"
            "    local -a commands\n"
            "    typeset -A opt_args\n"
            "    _arguments -C \\\n        {} && return\n{}",
            fmt::join(specs, " \\\n        "), dispatch(command));
    }
    return fmt::format("{}() {{\n{}}}\n\n", function_of(command.path), body);
}

std::string words_of(const ValueKind& kind) {
    std::string words;
    for (const Word& word : kind.words) {
        words += fmt::format("        {}\n", described(word.text, word.summary));
    }
    return words;
}

/// Offers the words of a kind, those that trilby prints among them.
std::string word_lines(const ValueKind& kind) {
    if (kind.words.empty() && kind.query.empty()) {
        return {};
    }
    std::string lines = fmt::format("    local -a values=(\n{}    )\n", words_of(kind));
    if (!kind.query.empty()) {
        // The first word of each line. What was typed as the command loses its quotes and is not
        // evaluated.
        lines += fmt::format(
            "    values+=(${{${{(f)\"$(${{(Q)trilby}} {} 2> /dev/null)\"}}%% *}})\n", kind.query);
    }
    return lines + fmt::format("    _describe -t values {} values && failed=0\n", kind.name);
}

std::string path_line(Paths paths) {
    switch (paths) {
        case Paths::folders:
            return "    _files -/ && failed=0\n";
        case Paths::files:
            return "    _files && failed=0\n";
        case Paths::none:
            break;
    }
    return {};
}

std::string value_function_of(const ValueKind& kind) {
    return fmt::format("{}() {{\n    local failed=1\n{}{}    return failed\n}}\n\n",
                       value_function(kind.name), word_lines(kind), path_line(kind.paths));
}

}  // namespace

std::string zsh_completion(const Manual& manual) {
    std::string script(head);
    for (const ValueKind& kind : manual.kinds) {
        script += kind.is_open() ? "" : value_function_of(kind);
    }
    std::vector<const CommandNode*> commands = all_commands(manual.tree);
    std::ranges::reverse(commands);
    for (const CommandNode* command : commands) {
        script += command_function(manual, *command);
    }
    return script + tail;
}

}  // namespace trilby::manual
