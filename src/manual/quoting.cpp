// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "manual/quoting.hpp"

namespace trilby::manual {

std::string fish_quoted(std::string_view text) {
    return "'" + backslashed(text, "'") + "'";
}

std::string backslashed(std::string_view text, std::string_view special) {
    std::string escaped;
    for (const char character : text) {
        if (character == '\\' || special.find(character) != std::string_view::npos) {
            escaped += '\\';
        }
        escaped += character;
    }
    return escaped;
}

std::string shell_words(const std::vector<std::string>& words) {
    std::string line;
    for (const std::string& word : words) {
        line += (line.empty() ? "" : " ") + shell_quoted(word);
    }
    return line;
}

}  // namespace trilby::manual
