// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "manual/roff.hpp"

#include <array>
#include <cctype>
#include <utility>

#include "base/text.hpp"

namespace trilby::manual::roff {
namespace {

// Plain forms: the typographic ones cannot be copied into a shell.
constexpr std::array<std::pair<char, std::string_view>, 7> forms{{{'\\', "\\(rs"},
                                                                  {'-', "\\-"},
                                                                  {'\'', "\\(aq"},
                                                                  {'"', "\\(dq"},
                                                                  {'`', "\\(ga"},
                                                                  {'^', "\\(ha"},
                                                                  {'~', "\\(ti"}}};

std::string form_of(char character) {
    for (const auto& [plain, form] : forms) {
        if (character == plain) {
            return std::string(form);
        }
    }
    const bool is_control = std::iscntrl(static_cast<unsigned char>(character)) != 0;
    return is_control ? std::string() : std::string(1, character);
}

std::string escaped_part(std::string_view text) {
    std::string line;
    for (const char character : text) {
        line += form_of(character);
    }
    return line;
}

std::string one_line(std::string_view text) {
    std::string line;
    for (const std::string_view word : split_words(text)) {
        line += line.empty() ? "" : " ";
        line += word;
    }
    return line;
}

/// A full stop starts a request at the start of a line, but not after \\&, which shows nothing.
std::string guarded(std::string line) {
    return line.starts_with('.') ? "\\&" + line : line;
}

bool is_word_byte(char character) {
    return std::isalnum(static_cast<unsigned char>(character)) != 0 || character == '-';
}

std::size_t word_length(std::string_view text) {
    std::size_t length = 0;
    while (length < text.size() && is_word_byte(text[length])) {
        ++length;
    }
    return length;
}

/// The text between two marks at the start of `text`; empty if one is missing.
std::string_view between(std::string_view text, char first, char last) {
    const std::size_t end = text.starts_with(first) ? text.find(last, 1) : std::string_view::npos;
    return end == std::string_view::npos ? std::string_view() : text.substr(1, end - 1);
}

/// One piece of prose: its roff, and how many bytes of the text it took.
std::pair<std::string, std::size_t> next_piece(std::string_view text, bool is_word_start) {
    if (const std::string_view literal = between(text, '`', '`'); !literal.empty()) {
        return {bold(literal), literal.size() + 2};
    }
    if (const std::string_view name = between(text, '*', '*'); !name.empty()) {
        return {italic(name), name.size() + 2};
    }
    if (is_word_start && text.starts_with("--") && word_length(text) > 2) {
        return {bold(text.substr(0, word_length(text))), word_length(text)};
    }
    return {form_of(text.front()), 1};
}

}  // namespace

std::string escaped(std::string_view text) {
    return guarded(escaped_part(one_line(text)));
}

std::string bold(std::string_view text) {
    return "\\fB" + escaped_part(text) + "\\fR";
}

std::string italic(std::string_view text) {
    return "\\fI" + escaped_part(text) + "\\fR";
}

std::string prose(std::string_view text) {
    const std::string line = one_line(text);
    std::string roff;
    bool is_word_start = true;
    for (std::size_t at = 0; at < line.size();) {
        const auto [piece, length] = next_piece(std::string_view(line).substr(at), is_word_start);
        roff += piece;
        at += length;
        is_word_start = !is_word_byte(line[at - 1]);
    }
    return guarded(roff);
}

}  // namespace trilby::manual::roff
