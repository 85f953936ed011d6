// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "manual/command_tree.hpp"

#include <algorithm>

#include "cli/option_text.hpp"

namespace trilby::manual {
namespace {

std::vector<std::string> names_of(const CLI::Option& option) {
    if (option.get_positional()) {
        return {option.get_name(true)};
    }
    std::vector<std::string> names;
    for (const std::string& letter : option.get_snames()) {
        names.push_back('-' + letter);
    }
    for (const std::string& word : option.get_lnames()) {
        names.push_back("--" + word);
    }
    return names;
}

Option option_of(const CLI::Option& option) {
    std::vector<std::string> excludes;
    for (const CLI::Option* other : option.get_excludes()) {
        excludes.push_back(other->get_name());
    }
    std::ranges::sort(excludes);
    return {.names = names_of(option),
            .value = cli::value_name(option),
            .text = cli::explained(option),
            .excludes = std::move(excludes),
            .is_required = option.get_required()};
}

CommandNode node_of(const CLI::App& parser, const std::string& parent) {
    CommandNode node{.path = parent + parser.get_name(),
                     .name = parser.get_name(),
                     .summary = parser.get_description(),
                     .operands = {},
                     .options = {},
                     .commands = {}};
    for (const CLI::Option* option : parser.get_options({})) {
        (option->get_positional() ? node.operands : node.options).push_back(option_of(*option));
    }
    for (const CLI::App* command : parser.get_subcommands({})) {
        node.commands.push_back(node_of(*command, node.path + ' '));
    }
    return node;
}

}  // namespace

CommandNode command_tree(const CLI::App& parser) {
    return node_of(parser, "");
}

std::vector<const CommandNode*> all_commands(const CommandNode& tree) {
    std::vector<const CommandNode*> all{&tree};
    for (const CommandNode& command : tree.commands) {
        std::ranges::copy(all_commands(command), std::back_inserter(all));
    }
    return all;
}

}  // namespace trilby::manual
