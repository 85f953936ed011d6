// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Text in man(7), the language of manual pages.

#pragma once

#include <string>
#include <string_view>

namespace trilby::manual::roff {

/// One line that shows exactly these characters: no request, escape or ligature. White space,
/// including line ends, becomes single spaces; control characters are dropped.
[[nodiscard]] std::string escaped(std::string_view text);

[[nodiscard]] std::string bold(std::string_view text);
[[nodiscard]] std::string italic(std::string_view text);

/// Prose with the marks of Markdown: `literal` is bold and *REPLACEABLE* italic. --option is bold
/// without marks, as in the texts of --help. Everything else is escaped.
[[nodiscard]] std::string prose(std::string_view text);

}  // namespace trilby::manual::roff
