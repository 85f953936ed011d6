// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Characters of UTF-8 text, and which of them people can see. Nothing depends on the locale.

#pragma once

#include <cstddef>
#include <string_view>

namespace trilby {

struct Character {
    char32_t code_point = 0;
    std::size_t bytes = 0;  ///< 0 if the text is ill-formed here
};

/// `text` is not empty.
[[nodiscard]] Character first_character(std::string_view text);

/// Whether terminals and people take the character for what it is. Controls, line separators,
/// changes of the writing direction, invisible and private characters and noncharacters are not.
[[nodiscard]] bool is_visible(char32_t code_point);

}  // namespace trilby
