// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "report/markup.hpp"

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

}  // namespace trilby::report
