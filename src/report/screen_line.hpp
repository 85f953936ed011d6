// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Lines for a window of a terminal. None is ever wider than it may be.

#pragma once

#include <cstdint>
#include <string_view>

#include "base/safe_text.hpp"

namespace trilby::report {

/// The size of a window, and what it can show.
struct Window {
    int columns = 80;
    int rows = 24;
    bool has_color = false;
    bool has_utf8 = false;
};

enum class Paint : std::uint8_t { plain, bold, faint, green, yellow, red, cyan };

class ScreenLine {
  public:
    /// A line of at most `columns`, which may be fewer than those of the window.
    ScreenLine(const Window& window, int columns) : window_(window), columns_(columns) {}

    /// Adds text from outside. Text that does not fit is cut, and ends with a mark for that.
    /// Characters other than ASCII count two columns where they might take as many.
    void add(std::string_view untrusted, Paint paint = Paint::plain);
    /// Adds characters of the program, each of which takes one column, if all of them fit.
    void add_drawn(const SafeText& characters, int columns, Paint paint = Paint::plain);
    /// Adds another line if it fits.
    void add(const ScreenLine& other);
    /// Adds spaces up to a column, counted from 0.
    void move_to(int column);

    [[nodiscard]] int used() const { return used_; }
    [[nodiscard]] int left() const { return columns_ - used_; }
    [[nodiscard]] const SafeText& text() const { return text_; }

  private:
    Window window_;
    int columns_;
    int used_ = 0;
    SafeText text_;
};

/// The columns that ScreenLine::add() takes for a text that fits.
[[nodiscard]] int columns_taken(std::string_view untrusted, const Window& window);

}  // namespace trilby::report
