// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "probe/assignments.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace trilby::sources {
namespace {

std::string unquoted(std::string_view value) {
    const bool is_quoted = value.size() >= 2 && (value.front() == '"' || value.front() == '\'') &&
                           value.front() == value.back();
    if (!is_quoted) {
        return std::string(value);
    }
    std::string out;
    value = value.substr(1, value.size() - 2);
    for (std::size_t i = 0; i < value.size(); ++i) {
        const bool is_escape = value[i] == '\\' && i + 1 < value.size();
        out += value[is_escape ? ++i : i];
    }
    return out;
}

Observed<std::string> value_after(const Observed<std::string>& text, std::string_view key,
                                  char separator) {
    const auto value = text ? find_value(*text, key, separator) : std::nullopt;
    const Presence why = text ? Presence::absent : text.presence();
    return value ? Observed<std::string>::present(std::string(*value), text.source())
                 : Observed<std::string>::missing(why, text.source());
}

}  // namespace

std::optional<std::string_view> find_value(std::string_view text, std::string_view key,
                                           char separator) {
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        const std::size_t at = line.find(separator);
        if (at != std::string_view::npos && trim(line.substr(0, at)) == key) {
            return trim(line.substr(at + 1));
        }
    }
    return std::nullopt;
}

Observed<std::string> assigned_value(const Observed<std::string>& text, std::string_view key) {
    const Observed<std::string> raw = value_after(text, key, '=');
    return raw ? Observed<std::string>::present(unquoted(*raw), raw.source()) : raw;
}

Observed<std::string> colon_value(const Observed<std::string>& text, std::string_view key) {
    return value_after(text, key, ':');
}

Observed<std::string> defined_value(const Observed<std::string>& text, std::string_view key) {
    if (!text) {
        return text;
    }
    for (const std::string_view line : split_lines(*text)) {
        const auto words = split_words(line);
        if (words.size() == 3 && words[0] == "#define" && words[1] == key) {
            return Observed<std::string>::present(std::string(words[2]), text.source());
        }
    }
    return Observed<std::string>::missing(Presence::absent, text.source());
}

}  // namespace trilby::sources
