// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Text as the language of manual pages has it, man(7).

#pragma once

#include <string>
#include <string_view>

namespace trilby::manual::roff {

/// The text of one line that shows these characters and does nothing else: no request, escape or
/// ligature. White space, line ends among it, becomes single spaces; control characters are
/// dropped.
[[nodiscard]] std::string escaped(std::string_view text);

[[nodiscard]] std::string bold(std::string_view text);
[[nodiscard]] std::string italic(std::string_view text);

/// Prose with marks: `literal` is bold, <REPLACEABLE> is italic, and so that --help's texts need no
/// marks, --option is bold. Everything else is escaped.
[[nodiscard]] std::string prose(std::string_view text);

}  // namespace trilby::manual::roff
