// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <vector>

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

/// The length in bytes of the well-formed character at the start of `text`; 0 if there is none. C1
/// controls (U+0080 to U+009F) count as ill-formed, because terminals obey them.
std::size_t utf8_sequence_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    if (byte(0) < 0x80) {
        return 1;
    }
    const std::size_t length = byte(0) >= 0xf5   ? 0
                               : byte(0) >= 0xf0 ? 4
                               : byte(0) >= 0xe0 ? 3
                               : byte(0) >= 0xc2 ? 2
                                                 : 0;
    if (length == 0 || text.size() < length) {
        return 0;
    }
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xc0) != 0x80) {
            return 0;
        }
    }
    const bool is_c1_control = byte(0) == 0xc2 && byte(1) < 0xa0;
    const bool is_overlong =
        (byte(0) == 0xe0 && byte(1) < 0xa0) || (byte(0) == 0xf0 && byte(1) < 0x90);
    const bool is_surrogate = byte(0) == 0xed && byte(1) >= 0xa0;
    const bool is_too_large = byte(0) == 0xf4 && byte(1) >= 0x90;
    return is_c1_control || is_overlong || is_surrogate || is_too_large ? 0 : length;
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

std::vector<std::string_view> split_lines(std::string_view text) {
    return split(text, [](char c) { return c == '\n'; });
}

std::vector<std::string_view> split_words(std::string_view text) {
    return split(text, [](char c) { return whitespace.contains(c); });
}

std::string printable(std::string_view untrusted, std::size_t limit_bytes) {
    const std::string_view kept = untrusted.substr(0, limit_bytes);
    const auto first_odd = std::ranges::find_if(kept, [](char c) { return c < 0x20 || c >= 0x7f; });
    std::string out(kept.begin(), first_odd);
    for (std::size_t i = out.size(); i < kept.size();) {
        const std::size_t length = utf8_sequence_length(kept.substr(i));
        const auto byte = static_cast<unsigned char>(kept[i]);
        const bool is_control = (byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7f;
        if (length == 0 || is_control) {
            out += fmt::format("\\x{:02x}", byte);
            ++i;
        } else {
            out += kept.substr(i, length);
            i += length;
        }
    }
    if (untrusted.size() > kept.size()) {
        out += fmt::format("... ({} bytes more)", untrusted.size() - kept.size());
    }
    return out;
}

std::string shell_quoted(std::string_view text) {
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
        const std::size_t distance = edit_distance(typed, word);
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
