// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "report/layout.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "base/text.hpp"

namespace trilby::report {
namespace {

/// The width of UTF-8 text in columns, for single-width scripts.
std::size_t columns_of(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

/// `text` broken at words. Lines after the first are indented; `used` columns of the first are
/// taken.
std::string folded(std::string_view text, const Style& style, std::size_t indent,
                   std::size_t used) {
    constexpr std::size_t narrowest_text = 20;
    const auto total = static_cast<std::size_t>(std::max(style.columns, 1));
    const std::size_t width = std::max(narrowest_text, total - std::min(total, indent));
    std::string out;
    bool is_line_start = true;
    for (const std::string_view word : split_words(text)) {
        const std::size_t size = columns_of(word);
        if (!is_line_start && used + 1 + size > width) {
            out += '\n' + std::string(indent, ' ');
            used = 0;
            is_line_start = true;
        }
        if (!is_line_start) {
            out += ' ';
            ++used;
        }
        out += word;
        used += size;
        is_line_start = false;
    }
    return out;
}

}  // namespace

std::string one_line(std::string_view untrusted, std::size_t limit_bytes) {
    std::string text = printable(untrusted, limit_bytes);
    std::ranges::replace_if(
        text, [](char c) { return c == '\n' || c == '\t'; }, ' ');
    return text;
}

std::string row(std::string_view label, std::string_view text, const Style& style,
                std::size_t label_columns) {
    const std::size_t label_width = std::max(columns_of(label) + 1, label_columns);
    std::string out = bold(label, style) + std::string(label_width - columns_of(label), ' ') +
                      folded(text, style, label_columns, label_width - label_columns);
    while (out.ends_with(' ')) {
        out.pop_back();
    }
    return out + '\n';
}

std::string paragraph(std::string_view text, const Style& style) {
    return folded(text, style, 0, 0) + '\n';
}

std::string bold(std::string_view text, const Style& style) {
    return style.has_color && !text.empty() ? fmt::format("\x1b[1m{}\x1b[0m", text)
                                            : std::string(text);
}

}  // namespace trilby::report
