// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "toml/text.hpp"

#include <fmt/format.h>

namespace trilby::toml {

std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        const auto code = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (code < 0x20 || code == 0x7f) {
            out += fmt::format("\\u{:04x}", code);
        } else {
            out += c;
        }
    }
    return out + '"';
}

}  // namespace trilby::toml
