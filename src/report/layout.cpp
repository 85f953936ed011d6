// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "report/layout.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "base/text.hpp"

namespace trilby::report {
namespace {

/// The width in columns: fmt counts two for wide characters when it pads.
std::size_t columns_of(const std::string& text) {
    return 2 * text.size() - fmt::formatted_size("{:{}}", text, text.size());
}

SafeText spaces(std::size_t count) {
    return SafeText(std::string(count, ' '));
}

/// `text` broken at words. Lines after the first are indented; `used` columns of the first are
/// taken.
SafeText folded(std::string_view text, const Style& style, std::size_t indent, std::size_t used) {
    constexpr std::size_t narrowest_text = 20;
    const auto total = static_cast<std::size_t>(std::max(style.columns, 1));
    const std::size_t width = std::max(narrowest_text, total - std::min(total, indent));
    SafeText out;
    bool is_line_start = true;
    for (const std::string_view untrusted : split_words(text)) {
        const SafeText word(untrusted);
        const std::size_t size = columns_of(word);
        if (!is_line_start && used + 1 + size > width) {
            out += "\n" + spaces(indent);
            used = 0;
            is_line_start = true;
        }
        if (!is_line_start) {
            out += " ";
            ++used;
        }
        out += word;
        used += size;
        is_line_start = false;
    }
    return out;
}

}  // namespace

SafeText row(std::string_view label, std::string_view text, const Style& style,
             std::size_t label_columns) {
    const SafeText name(label);
    const std::size_t used = columns_of(name);
    const std::size_t label_width = std::max(used + 1, label_columns);
    const SafeText body = folded(text, style, label_columns, label_width - label_columns);
    return bold(label, style) + (body.empty() ? "" : spaces(label_width - used)) + body + "\n";
}

SafeText paragraph(std::string_view text, const Style& style) {
    return folded(text, style, 0, 0) + "\n";
}

SafeText bold(std::string_view text, const Style& style) {
    return style.has_color && !text.empty() ? SafeText::format("\x1b[1m{}\x1b[0m", text)
                                            : SafeText(text);
}

}  // namespace trilby::report
