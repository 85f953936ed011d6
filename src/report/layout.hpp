// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Plain text in two columns that folds to the width of the terminal.

#pragma once

#include <string_view>

#include "base/safe_text.hpp"

namespace trilby::report {

struct Style {
    int columns = 80;
    bool has_color = false;
};

/// `label`, then `text` folded at words, each further line indented like the first.
[[nodiscard]] SafeText row(std::string_view label, std::string_view text, const Style& style,
                           std::size_t label_columns = 10);

/// `text` folded at words.
[[nodiscard]] SafeText paragraph(std::string_view text, const Style& style);

/// Bold text, or plain text where there is no color.
[[nodiscard]] SafeText bold(std::string_view text, const Style& style);

}  // namespace trilby::report
