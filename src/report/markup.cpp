// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "report/markup.hpp"

#include "base/base64.hpp"
#include "base/text.hpp"

namespace trilby::report {

std::string escaped(std::string_view untrusted) {
    std::string out;
    for (const char c : printable(untrusted)) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\n':
                out += "&#10;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

Markup Markup::lines(std::string_view untrusted) {
    Markup text;
    for (const std::string_view line : split_lines(untrusted)) {
        text += Markup(line) + "\n";
    }
    return text;
}

Markup Markup::base64(std::string_view bytes) {
    Markup text;
    text.text_ = trilby::base64(bytes);  // no character of it needs to be escaped
    return text;
}

}  // namespace trilby::report
