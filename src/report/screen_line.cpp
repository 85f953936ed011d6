// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "report/screen_line.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "base/unicode.hpp"

namespace trilby::report {
namespace {

constexpr char32_t first_wide = 0x1100;  // no character before it takes two columns

struct CutText {
    std::string text;
    int columns = 0;
    bool is_whole = true;
};

/// As much of a text without controls as fits. Where a terminal has no UTF-8, other characters
/// than ASCII become question marks.
CutText cut(std::string_view text, int most_columns, bool has_utf8) {
    CutText taken;
    while (!text.empty()) {
        const Character character = first_character(text);
        const bool is_ascii = character.code_point < 0x80;
        const int columns = is_ascii || !has_utf8 || character.code_point < first_wide ? 1 : 2;
        if (taken.columns + columns > most_columns) {
            taken.is_whole = false;
            return taken;
        }
        const std::string_view bytes = text.substr(0, std::max<std::size_t>(1, character.bytes));
        taken.text += is_ascii || has_utf8 ? bytes : "?";
        taken.columns += columns;
        text.remove_prefix(bytes.size());
    }
    return taken;
}

SafeText painted(const SafeText& text, Paint paint, const Window& window) {
    constexpr std::array codes{0, 1, 2, 32, 33, 31, 36};
    return window.has_color && paint != Paint::plain
               ? SafeText::format("\x1b[{}m{}\x1b[0m", codes.at(static_cast<std::size_t>(paint)),
                                  text)
               : text;
}

}  // namespace

void ScreenLine::add(std::string_view untrusted, Paint paint) {
    constexpr std::size_t most_bytes = 4096;  // no window is as wide
    if (left() <= 0) {
        return;
    }
    const std::string line = one_line(untrusted.substr(0, most_bytes));
    CutText taken = cut(line, left(), window_.has_utf8);
    if (!taken.is_whole) {
        taken = cut(line, left() - 1, window_.has_utf8);
        taken.text += window_.has_utf8 ? "\u2026" : "~";
        ++taken.columns;
    }
    text_ += painted(SafeText(taken.text), paint, window_);
    used_ += taken.columns;
}

void ScreenLine::add_drawn(const SafeText& characters, int columns, Paint paint) {
    if (columns <= left()) {
        text_ += painted(characters, paint, window_);
        used_ += columns;
    }
}

void ScreenLine::add(const ScreenLine& other) {
    add_drawn(other.text(), other.used());
}

void ScreenLine::move_to(int column) {
    const int spaces = std::min(column - used_, left());
    if (spaces > 0) {
        add_drawn(SafeText(std::string(static_cast<std::size_t>(spaces), ' ')), spaces);
    }
}

int columns_taken(std::string_view untrusted, const Window& window) {
    const std::string line = one_line(untrusted);
    return cut(line, static_cast<int>(2 * line.size()), window.has_utf8).columns;
}

}  // namespace trilby::report
