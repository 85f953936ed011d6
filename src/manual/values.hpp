// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What can stand where an option or an operand takes a value, told by the value's name.

#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "manual/command_tree.hpp"
#include <trilby/result.hpp>

namespace trilby::manual {

enum class Paths : std::uint8_t { none, folders, files };

struct Word {
    std::string text;
    std::string summary;  ///< may be empty
};

struct ValueKind {
    std::string name;  ///< "DIR"
    Paths paths = Paths::none;
    std::vector<Word> words;
    /// Arguments of `trilby` with which it prints more words, each the first of its line: what is
    /// installed is not known when Trilby is built.
    std::string query;

    [[nodiscard]] bool is_open() const {  ///< nothing can be offered
        return paths == Paths::none && words.empty() && query.empty();
    }
};

/// The kinds that the options and operands below `tree` name, each once. A name that is not known
/// is ErrorCode::internal: nobody has said what stands there.
[[nodiscard]] Result<std::vector<ValueKind>> value_kinds(const CommandNode& tree);

}  // namespace trilby::manual
