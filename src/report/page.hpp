// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What the reports as HTML pages have in common. A page is self-contained, and readable on a
/// phone, on paper, in dark mode and without color.

#pragma once

#include <string_view>

#include "report/markup.hpp"

namespace trilby::report {

/// A whole page, whose content starts with its heading.
[[nodiscard]] Markup page(std::string_view title, const Markup& content);

/// A row of a table of facts. A fact without a value has no row.
[[nodiscard]] Markup fact(std::string_view name, std::string_view value);

/// A table that scrolls on its own where it is wider than the page; nothing without a row.
[[nodiscard]] Markup table(const Markup& head, const Markup& rows);
[[nodiscard]] Markup fact_table(const Markup& facts);

/// Plots side by side; nothing without a plot.
[[nodiscard]] Markup plots(const Markup& svgs);

}  // namespace trilby::report
