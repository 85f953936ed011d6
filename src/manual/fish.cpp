// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include "manual/completions.hpp"
#include "manual/quoting.hpp"

namespace trilby::manual {
namespace {

constexpr std::string_view head = R"(# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
#
# Completion of trilby's command line for fish; made from its parser when it was built.

)";

/// A function that is true where `command` is the last of the commands on the line.
std::string path_function(const CommandNode& tree) {
    std::string known;
    for (const CommandNode* command : all_commands(tree)) {
        known += ' ' + fish_quoted(command->path);
    }
    return fmt::format(
        "function __trilby_at --argument-names command\n"
        "    set -l path trilby\n"
        "    for word in (commandline -opc)[2..-1]\n"
        "        contains -- \"$path $word\"{}\n"
        "        and set path \"$path $word\"\n"
        "    end\n"
        "    test \"$path\" = \"$command\"\n"
        "end\n\n",
        known);
}

std::string value_function(const std::string& kind) {
    return "__trilby_value_" + kind;
}

/// A function that prints what can stand for a value, a line each.
std::string value_function_of(const ValueKind& kind) {
    std::string body;
    for (const Word& word : kind.words) {
        body += fmt::format("    printf '%s\\t%s\\n' {} {}\n", fish_quoted(word.text),
                            fish_quoted(word.summary));
    }
    if (!kind.query.empty()) {
        body += fmt::format(
            "    set -l program (commandline -opc)[1]\n"
            "    $program {} 2> /dev/null | string replace --regex ' +' \\t\n",
            kind.query);
    }
    if (kind.paths == Paths::folders) {
        body += "    __fish_complete_directories\n";
    }
    return fmt::format("function {}\n{}end\n\n", value_function(kind.name), body);
}

const ValueKind& kind_of(const Manual& manual, const std::string& name) {
    static const ValueKind open;
    for (const ValueKind& kind : manual.kinds) {
        if (kind.name == name) {
            return kind;
        }
    }
    return open;
}

/// Files need no function: fish offers them itself.
bool has_function(const ValueKind& kind) {
    return !kind.words.empty() || !kind.query.empty() || kind.paths == Paths::folders;
}

/// Options of `complete` that offer the values.
std::string offer(const ValueKind& kind) {
    const std::string files = kind.paths == Paths::files ? " -F" : " -f";
    return !has_function(kind) ? files
                               : fmt::format("{} -a '({})'", files, value_function(kind.name));
}

std::string option_lines(const Manual& manual, const CommandNode& command,
                         const std::string& condition) {
    std::string script;
    for (const Option& option : command.options) {
        std::string line = "complete -c trilby -n " + condition;
        for (const std::string& name : option.names) {
            line += name.starts_with("--") ? " -l " + fish_quoted(name.substr(2))
                                           : " -s " + fish_quoted(name.substr(1));
        }
        if (!option.value.empty()) {
            line += " -r" + offer(kind_of(manual, option.value));
        }
        script += fmt::format("{} -d {}\n", line, fish_quoted(option.text));
    }
    return script;
}

std::string command_lines(const Manual& manual, const CommandNode& command) {
    const std::string condition = fish_quoted("__trilby_at " + fish_quoted(command.path));
    std::string script;
    for (const CommandNode& below : command.commands) {
        script += fmt::format("complete -c trilby -n {} -a {} -d {}\n", condition,
                              fish_quoted(below.name), fish_quoted(below.summary));
    }
    for (const Option& operand : command.operands) {
        script += fmt::format("complete -c trilby -n {}{}\n", condition,
                              offer(kind_of(manual, operand.value)));
    }
    return script + option_lines(manual, command, condition);
}

}  // namespace

std::string fish_completion(const Manual& manual) {
    std::string script = std::string(head) + path_function(manual.tree);
    for (const ValueKind& kind : manual.kinds) {
        script += has_function(kind) ? value_function_of(kind) : "";
    }
    script += "complete -c trilby -f\n";
    for (const CommandNode* command : all_commands(manual.tree)) {
        script += command_lines(manual, *command);
    }
    return script;
}

}  // namespace trilby::manual
