// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The parser of `trilby` as the manual and the completions see it: names and texts, nothing to
/// run.

#pragma once

#include <CLI/App.hpp>
#include <string>
#include <vector>

namespace trilby::manual {

struct Option {
    std::vector<std::string> names;     ///< "-h", "--help"; of an operand "RECIPE"
    std::string value;                  ///< "DIR"; empty for a flag
    std::string text;                   ///< as --help has it
    std::vector<std::string> excludes;  ///< options that may not stand beside it
    bool is_required = false;
};

struct CommandNode {
    std::string path;  ///< "trilby data fetch"
    std::string name;  ///< "fetch"
    std::string summary;
    std::vector<Option> operands;
    std::vector<Option> options;  ///< in the order of --help
    std::vector<CommandNode> commands;
};

[[nodiscard]] CommandNode command_tree(const CLI::App& parser);

/// `tree` and everything below it, parents first.
[[nodiscard]] std::vector<const CommandNode*> all_commands(const CommandNode& tree);

}  // namespace trilby::manual
