// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "recording/identifiers.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace trilby::recording {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_hex(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// Whether `text` begins with the pattern, where 'h' matches a hexadecimal digit, and no word goes
/// on behind it.
bool has_shape(std::string_view text, std::string_view pattern) {
    return text.size() >= pattern.size() &&
           std::ranges::equal(
               text.substr(0, pattern.size()), pattern,
               [](char c, char shape) { return shape == 'h' ? is_hex(c) : c == shape; }) &&
           (text.size() == pattern.size() || !is_in_word(text[pattern.size()]));
}

template <std::size_t count>
std::size_t length_of_shape(std::string_view text,
                            const std::array<std::string_view, count>& patterns) {
    const auto* const found = std::ranges::find_if(
        patterns, [&](std::string_view pattern) { return has_shape(text, pattern); });
    return found == patterns.end() ? 0 : found->size();
}

/// The length of the text at the start of which every character is wanted.
std::size_t length_of(std::string_view text, bool (*is_wanted)(char)) {
    return static_cast<std::size_t>(std::ranges::find_if_not(text, is_wanted) - text.begin());
}

bool is_octet(std::string_view number) {
    return parse_number<unsigned char>(number) && (number == "0" || number.front() != '0');
}

/// "10.0.0.5", but not a part of a longer version.
std::size_t ipv4_length(std::string_view text, std::string_view before) {
    const std::size_t length = length_of(text, [](char c) { return is_digit(c) || c == '.'; });
    std::string_view rest = text.substr(0, length);
    rest = rest.ends_with('.') ? rest.substr(0, length - 1) : rest;
    const std::size_t whole = rest.size();
    const bool goes_on = before.size() > 1 && before.back() == '.' && is_digit(before.end()[-2]);
    if (goes_on || before.ends_with(".so.") || text.substr(whole).starts_with("-microsoft")) {
        return 0;
    }
    for (int octets = 1;; ++octets) {
        const std::string_view octet = rest.substr(0, rest.find('.'));
        if (!is_octet(octet) || octets > 4) {
            return 0;
        }
        if (octet.size() == rest.size()) {
            return octets == 4 ? whole : 0;
        }
        rest.remove_prefix(octet.size() + 1);
    }
}

/// "fe80::1": hexadecimal groups, one of them left out or at least four of them there.
std::size_t ipv6_length(std::string_view text) {
    constexpr std::ptrdiff_t fewest_colons = 4;
    constexpr std::size_t shortest = sizeof("fe80::1") - 1;
    const std::size_t run = length_of(text, [](char c) { return is_hex(c) || c == ':'; });
    const std::size_t length = run - (text.substr(0, run).ends_with(':') ? 1 : 0);
    const std::string_view address = text.substr(0, length);
    const bool is_short = address.find("::") != std::string_view::npos;
    const bool ends_word = length == text.size() || !is_in_word(text[length]);
    return ends_word && length >= shortest &&
                   (is_short || std::ranges::count(address, ':') >= fewest_colons)
               ? length
               : 0;
}

}  // namespace

bool is_in_word(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           static_cast<unsigned char>(c) >= 0x80;
}

std::size_t identifier_length(std::string_view text, std::string_view before) {
    constexpr std::array<std::string_view, 3> patterns{"hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh",
                                                       "hh:hh:hh:hh:hh:hh", "hh-hh-hh-hh-hh-hh"};
    if (const std::size_t length = length_of_shape(text, patterns); length > 0) {
        return length;
    }
    const std::size_t length = ipv6_length(text);
    return length > 0 ? length : ipv4_length(text, before);
}

std::size_t common_address_length(std::string_view text) {
    constexpr std::string_view firmware_variables = "8be4df61-93ca-11d2-aa0d-00e098032b8c";
    constexpr std::array<std::string_view, 6> patterns{firmware_variables, "hhhh:hh:hh.h",
                                                       "hhhhh:hh:hh.h",    "hhhhhhhh:hh:hh.h",
                                                       "hhhh:hh",          "pcihhhh:hh"};
    return length_of_shape(text, patterns);
}

}  // namespace trilby::recording
