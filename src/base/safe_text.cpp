// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/safe_text.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace trilby {

std::string one_line(std::string_view untrusted, std::size_t limit_bytes) {
    std::string text = printable(untrusted, limit_bytes);
    std::ranges::replace_if(
        text, [](char c) { return c == '\n' || c == '\t'; }, ' ');
    return text;
}

SafeText SafeText::lines(std::string_view untrusted) {
    SafeText text;
    text.text_ = printable(untrusted, untrusted.size());
    return text;
}

SafeText SafeText::quoted_lines(std::string_view untrusted) {
    SafeText text;
    for (const std::string_view line : split_lines(untrusted)) {
        text += format("  {}\n", line);
    }
    return text;
}

}  // namespace trilby
