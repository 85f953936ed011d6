// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Plain text in two columns that folds to the width of the terminal.

#pragma once

#include <string>
#include <string_view>

namespace trilby::report {

struct Style {
    int columns = 80;
    bool has_color = false;
};

/// Untrusted text on one line: printable, with spaces for line feeds and tabs.
[[nodiscard]] std::string one_line(std::string_view untrusted, std::size_t limit_bytes = 256);

/// `label`, then `text` folded at words, each further line indented like the first.
[[nodiscard]] std::string row(std::string_view label, std::string_view text, const Style& style,
                              std::size_t label_columns = 10);

/// `text` folded at words.
[[nodiscard]] std::string paragraph(std::string_view text, const Style& style);

/// Bold text, or plain text where there is no color.
[[nodiscard]] std::string bold(std::string_view text, const Style& style);

}  // namespace trilby::report
