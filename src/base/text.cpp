// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <vector>

#include "base/unicode.hpp"

namespace trilby {
namespace {

// With NUL, because copies of files in /sys are sometimes padded with it.
constexpr std::string_view whitespace(" \t\r\n\v\f\0", 7);

/// Insertions, deletions, substitutions and swaps of neighbors (optimal string alignment).
std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::vector<std::size_t>> cost(a.size() + 1,
                                               std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i) {
        for (std::size_t j = 0; j <= b.size(); ++j) {
            if (i == 0 || j == 0) {
                cost[i][j] = i + j;
                continue;
            }
            const std::size_t substitution = cost[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, substitution});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
            }
        }
    }
    return cost[a.size()][b.size()];
}

bool is_plain(char c) {
    return (c >= 0x20 && c < 0x7f) || c == '\n' || c == '\t';
}

/// \xNN for each byte.
std::string escaped(std::string_view bytes) {
    std::string out;
    for (const char c : bytes) {
        out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    }
    return out;
}

/// Removes the first character from `rest` and returns it, escaped if it is not visible.
std::string take_character(std::string_view& rest) {
    const Character character = first_character(rest);
    const std::string_view bytes = rest.substr(0, std::max<std::size_t>(1, character.bytes));
    rest.remove_prefix(bytes.size());
    const bool is_shown = character.bytes > 0 && is_visible(character.code_point);
    return is_shown ? std::string(bytes) : escaped(bytes);
}

/// $'...', in which a shell reads \xNN as a byte.
std::string ansi_quoted(std::string_view text) {
    std::string quoted = "$'";
    for (const char c : text) {
        const bool is_literal = c >= 0x20 && c < 0x7f && c != '\'' && c != '\\';
        quoted += is_literal ? std::string(1, c) : escaped({&c, 1});
    }
    return quoted + "'";
}

template <class IsSeparator>
std::vector<std::string_view> split(std::string_view text, IsSeparator is_separator) {
    std::vector<std::string_view> parts;
    std::size_t begin = 0;
    for (std::size_t i = 0; i <= text.size(); ++i) {
        if (i == text.size() || is_separator(text[i])) {
            if (i > begin) {
                parts.push_back(text.substr(begin, i - begin));
            }
            begin = i + 1;
        }
    }
    return parts;
}

}  // namespace

std::string_view trim(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(whitespace);
    if (begin == std::string_view::npos) {
        return {};
    }
    return text.substr(begin, text.find_last_not_of(whitespace) - begin + 1);
}

std::string lower_case(std::string_view text) {
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return lower;
}

std::vector<std::string_view> split_lines(std::string_view text) {
    return split(text, [](char c) { return c == '\n'; });
}

std::vector<std::string_view> split_words(std::string_view text) {
    return split(text, [](char c) { return whitespace.contains(c); });
}

std::string printable(std::string_view untrusted, std::size_t limit_bytes) {
    std::string_view rest = untrusted.substr(0, limit_bytes);
    const std::size_t left_out = untrusted.size() - rest.size();
    std::string out;
    while (!rest.empty()) {
        const auto odd = std::ranges::find_if_not(rest, is_plain);
        out.append(rest.begin(), odd);
        rest.remove_prefix(static_cast<std::size_t>(odd - rest.begin()));
        out += rest.empty() ? "" : take_character(rest);
    }
    return left_out == 0 ? out : out + fmt::format("... ({} bytes more)", left_out);
}

std::string shell_quoted(std::string_view text) {
    if (printable(text, text.size()) != text || text.find_first_of("\n\t") != text.npos) {
        return ansi_quoted(text);
    }
    std::string quoted = "'";
    for (const char character : text) {
        // Nothing is special between single quotes, not even a backslash.
        quoted += character == '\'' ? "'\\''" : std::string(1, character);
    }
    return quoted + "'";
}

std::string shell_word(std::string_view text) {
    constexpr std::string_view plain =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=:,./@%";
    const bool is_plain = !text.empty() && text.find_first_not_of(plain) == std::string_view::npos;
    return is_plain ? std::string(text) : shell_quoted(text);
}

std::string nearest_word(std::string_view typed, std::span<const std::string_view> known) {
    const std::size_t tolerance = std::max<std::size_t>(1, typed.size() / 3);
    std::string best;
    std::size_t best_distance = tolerance + 1;
    for (const std::string_view word : known) {
        const std::size_t distance =
            lower_case(typed) == lower_case(word) ? 0 : edit_distance(typed, word);
        if (distance < best_distance) {
            best_distance = distance;
            best = word;
        }
    }
    return best;
}

std::string did_you_mean(std::string_view typed, std::span<const std::string_view> known) {
    const std::string word = nearest_word(typed, known);
    return word.empty() ? std::string() : fmt::format(" (did you mean '{}'?)", word);
}

}  // namespace trilby
