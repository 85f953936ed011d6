// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Functions for ASCII and UTF-8 text. None depends on the locale.

#pragma once

#include <charconv>
#include <concepts>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace trilby {

[[nodiscard]] std::string_view trim(std::string_view text);
/// With ASCII letters in lower case.
[[nodiscard]] std::string lower_case(std::string_view text);
[[nodiscard]] std::vector<std::string_view> split_lines(std::string_view text);
[[nodiscard]] std::vector<std::string_view> split_words(std::string_view text);
// The views would outlive the text.
template <std::same_as<std::string> Temporary>
std::vector<std::string_view> split_lines(Temporary&& text) = delete;
template <std::same_as<std::string> Temporary>
std::vector<std::string_view> split_words(Temporary&& text) = delete;

/// Longer text from outside is cut where nothing else is said.
inline constexpr std::size_t default_text_limit_bytes = 4096;

/// Text from outside, made safe to print: control and escape bytes become \xNN. Text longer than
/// `limit_bytes` is cut, with a note of how much was left out.
[[nodiscard]] std::string printable(std::string_view untrusted,
                                    std::size_t limit_bytes = default_text_limit_bytes);

/// The text as one word for bash or zsh, in single quotes.
[[nodiscard]] std::string shell_quoted(std::string_view text);
/// The same, without quotes where none are needed.
[[nodiscard]] std::string shell_word(std::string_view text);

/// The word of `known` nearest to `typed`, or empty if none is close enough to be a typo.
[[nodiscard]] std::string nearest_word(std::string_view typed,
                                       std::span<const std::string_view> known);

/// " (did you mean 'x'?)", or empty when no known word is near.
[[nodiscard]] std::string did_you_mean(std::string_view typed,
                                       std::span<const std::string_view> known);

/// The whole of `text` as a number; nothing if any byte is left over or the value does not fit.
template <std::integral T>
[[nodiscard]] std::optional<T> parse_number(std::string_view text, int base = 10) {
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (error != std::errc{} || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return value;
}

/// Like parse_number() in base 16, with the leading 0x that sysfs prints.
template <std::integral T>
[[nodiscard]] std::optional<T> parse_hex(std::string_view text) {
    if (!text.starts_with("0x")) {
        return std::nullopt;
    }
    return parse_number<T>(text.substr(2), 16);
}

}  // namespace trilby
