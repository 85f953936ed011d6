// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/unicode.hpp"

#include <algorithm>
#include <array>

namespace trilby {
namespace {

struct Range {
    char32_t first;
    char32_t last;
};

/// From the categories Cc, Cf, Cs, Co, Zl and Zp of Unicode, without the marks that are visible,
/// and from Default_Ignorable_Code_Point, without the two selectors that emoji need.
constexpr std::array hidden_ranges{
    Range{0x0000, 0x001f},      // C0 controls
    Range{0x007f, 0x009f},      // delete and C1 controls
    Range{0x00ad, 0x00ad},      // soft hyphen
    Range{0x034f, 0x034f},      // combining grapheme joiner
    Range{0x061c, 0x061c},      // Arabic letter mark
    Range{0x115f, 0x1160},      // Hangul fillers
    Range{0x17b4, 0x17b5},      // Khmer inherent vowels
    Range{0x180b, 0x180f},      // Mongolian selectors
    Range{0x200b, 0x200f},      // zero-width characters and direction marks
    Range{0x2028, 0x202e},      // line and paragraph separators, embeddings and overrides
    Range{0x2060, 0x206f},      // word joiner, invisible operators, isolates
    Range{0x3164, 0x3164},      // Hangul filler
    Range{0xd800, 0xf8ff},      // surrogates and private use
    Range{0xfdd0, 0xfdef},      // noncharacters
    Range{0xfe00, 0xfe0d},      // variation selectors 1 to 14
    Range{0xfeff, 0xfeff},      // byte order mark
    Range{0xffa0, 0xffa0},      // halfwidth Hangul filler
    Range{0xfff0, 0xfffb},      // specials
    Range{0x1bca0, 0x1bca3},    // shorthand controls
    Range{0x1d173, 0x1d17a},    // musical controls
    Range{0xe0000, 0x10ffff}};  // tags, more selectors and private use

/// 0 for a byte that does not start a character.
std::size_t length_after(unsigned char lead) {
    return lead < 0x80   ? 1
           : lead < 0xc2 ? 0
           : lead < 0xe0 ? 2
           : lead < 0xf0 ? 3
           : lead < 0xf5 ? 4
                         : 0;
}

/// An encoding that is longer than necessary, a surrogate, or beyond Unicode.
bool is_forbidden(char32_t code_point, std::size_t length) {
    constexpr std::array<char32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
    return code_point < least.at(length) || (code_point >= 0xd800 && code_point <= 0xdfff) ||
           code_point > 0x10ffff;
}

}  // namespace

Character first_character(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text.front());
    const std::size_t length = length_after(lead);
    if (length <= 1) {
        return {.code_point = lead, .bytes = length};
    }
    if (text.size() < length) {
        return {};
    }
    char32_t code_point = lead & (0x7fU >> length);
    for (const char c : text.substr(1, length - 1)) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte & 0xc0) != 0x80) {
            return {};
        }
        code_point = code_point << 6 | (byte & 0x3fU);
    }
    return is_forbidden(code_point, length) ? Character{} : Character{code_point, length};
}

bool is_visible(char32_t code_point) {
    const auto* range = std::ranges::lower_bound(hidden_ranges, code_point, {}, &Range::last);
    const bool is_hidden = range != hidden_ranges.end() && range->first <= code_point;
    const bool is_noncharacter = (code_point & 0xfffe) == 0xfffe;
    return !is_hidden && !is_noncharacter;
}

}  // namespace trilby
