// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Turns the part of Markdown that pages are written in into man(7). Blank lines separate blocks:
///
///     ## Heading            and ### Subheading
///     Term                  with ": " and its text on the next lines
///         literal lines     after four spaces
///     <!-- comment -->      is left out
///     a paragraph           in which a backslash breaks a line

#pragma once

#include <string>
#include <string_view>

namespace trilby::manual {

/// The same bytes for the same version: nothing depends on when or where it was built.
[[nodiscard]] std::string man_page(const std::string& name, char section,
                                   std::string_view markdown);

}  // namespace trilby::manual
