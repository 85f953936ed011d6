// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/json_text.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <iterator>
#include <utility>

#include "base/text.hpp"
#include "base/unicode.hpp"

namespace trilby::json {
namespace {

/// \uNNNN, or two of them for a character beyond U+FFFF.
std::string numbered(char32_t code_point) {
    constexpr char32_t first_beyond = 0x10000;
    if (code_point < first_beyond) {
        return fmt::format("\\u{:04x}", static_cast<std::uint32_t>(code_point));
    }
    const auto rest = static_cast<std::uint32_t>(code_point - first_beyond);
    return fmt::format("\\u{:04x}\\u{:04x}", 0xd800 + (rest >> 10), 0xdc00 + (rest & 0x3ff));
}

std::string escaped(const Character& character, std::string_view bytes) {
    switch (character.code_point) {
        case '"':
            return "\\\"";
        case '\\':
            return "\\\\";
        case '\n':
            return "\\n";
        case '\t':
            return "\\t";
        default:
            return is_visible(character.code_point) ? std::string(bytes)
                                                    : numbered(character.code_point);
    }
}

/// All that a terminal or a reader may misread gets its number. For people, what is not UTF-8
/// becomes \xNN; for programs it stays, because they must refuse it.
std::string escaped(std::string_view text, bool is_for_people) {
    std::string out;
    while (!text.empty()) {
        const Character character = first_character(text);
        const std::string_view bytes = text.substr(0, std::max<std::size_t>(1, character.bytes));
        out += character.bytes > 0 ? escaped(character, bytes)
               : is_for_people     ? '\\' + printable(bytes)
                                   : std::string(bytes);
        text.remove_prefix(bytes.size());
    }
    return out;
}

}  // namespace

std::string TextWriter::text() && {
    if (is_indented_) {
        out_ += '\n';
    }
    return std::move(out_);
}

void TextWriter::begin_short_object() {
    open('{');
    if (depth_of_line_ == 0) {
        depth_of_line_ = depth_;
    }
}

void TextWriter::key(std::string_view name) {
    begin_element();
    append(name);
    out_ += is_indented_ ? ": " : ":";
    has_key_ = true;
}

void TextWriter::write(std::string_view text) {
    begin_element();
    append(text);
}

/// The shortest digits that read back the same, never in the form of an integer.
void TextWriter::write(double number) {
    if (!std::isfinite(number)) {
        return write_null();
    }
    begin_element();
    const std::string digits = fmt::format("{}", number);
    out_ += digits;
    out_ += digits.find_first_of(".e") == std::string::npos ? ".0" : "";
}

void TextWriter::write(bool boolean) {
    begin_element();
    out_ += boolean ? "true" : "false";
}

void TextWriter::write(std::int64_t number) {
    begin_element();
    fmt::format_to(std::back_inserter(out_), "{}", number);
}

void TextWriter::write(std::uint64_t number) {
    begin_element();
    fmt::format_to(std::back_inserter(out_), "{}", number);
}

void TextWriter::write_null() {
    begin_element();
    out_ += "null";
}

void TextWriter::begin_element() {
    if (std::exchange(has_key_, false)) {
        return;
    }
    if (!std::exchange(is_first_, false)) {
        out_ += ',';
    }
    if (depth_ > 0) {
        begin_line();
    }
}

void TextWriter::begin_line() {
    if (!is_indented_) {
        return;
    }
    if (depth_of_line_ != 0) {
        out_ += ' ';
    } else {
        out_ += '\n';
        out_.append(2 * depth_, ' ');
    }
}

void TextWriter::open(char bracket) {
    begin_element();
    out_ += bracket;
    ++depth_;
    is_first_ = true;
}

void TextWriter::close(char bracket) {
    const bool is_last_of_line = depth_ == depth_of_line_;
    --depth_;
    if (!std::exchange(is_first_, false)) {
        begin_line();
    }
    if (is_last_of_line) {
        depth_of_line_ = 0;
    }
    out_ += bracket;
}

void TextWriter::append(std::string_view text) {
    const bool is_plain = std::ranges::none_of(
        text, [](unsigned char c) { return c < 0x20 || c >= 0x7f || c == '"' || c == '\\'; });
    out_ += '"';
    if (is_plain) {
        out_ += text;
    } else {
        out_ += escaped(text, is_indented_);
    }
    out_ += '"';
}

}  // namespace trilby::json
