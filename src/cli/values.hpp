// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The values that an option or an operand accepts, by the name of the value.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace trilby::cli {

enum class Paths : std::uint8_t { none, folders, files };

struct Word {
    std::string text;
    std::string summary;  ///< may be empty
};

struct ValueKind {
    std::string_view name;  ///< "DIR"
    Paths paths = Paths::none;
    std::vector<Word> (*find_words)() = nullptr;  ///< null if no word is known

    [[nodiscard]] std::vector<Word> words() const;
};

/// Null for an unknown name.
[[nodiscard]] const ValueKind* find_value_kind(std::string_view name);

}  // namespace trilby::cli
