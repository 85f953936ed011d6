// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "recording/redaction.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "base/text.hpp"
#include "recording/identifiers.hpp"
#include "recording/known_words.hpp"
#include "recording/personal_names.hpp"

namespace trilby::recording {
namespace {

std::string_view leading_word(std::string_view text) {
    const auto* const end = std::ranges::find_if_not(text, is_in_word);
    return text.substr(0, static_cast<std::size_t>(end - text.begin()));
}

/// Whether the next word is the name of somebody's folder.
bool is_in_folder_of_homes(std::string_view before) {
    constexpr std::array<std::string_view, 3> folders{"/home/", "/Users/", "/media/"};
    return std::ranges::any_of(folders,
                               [&](std::string_view folder) { return before.ends_with(folder); });
}

/// Long words of hexadecimal digits are serial numbers or hashes.
bool is_long_hex(std::string_view word) {
    constexpr std::size_t shortest = 16;
    return word.size() >= shortest &&
           word.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

/// The path, or the address with a user, at the start of `text`; empty if there is none.
std::string_view leading_path(std::string_view text, std::string_view before) {
    if (!before.empty() && is_in_word(before.back())) {
        return {};
    }
    const std::string_view run = text.substr(0, text.find_first_of(" \t\n\r\"'<>()[]{},;"));
    const bool is_path = run.size() > 1 && run.front() == '/';
    const bool has_user = run.size() > 1 && run.find('@') != std::string_view::npos;
    return is_path || has_user ? run : std::string_view();
}

}  // namespace

Redaction::Redaction(const std::vector<std::string>& names) {
    for (const std::string& name : names) {
        for (std::string_view rest = name; !rest.empty();) {
            const std::string_view word = leading_word(rest);
            if (!word.empty() && !is_known_word(word)) {
                names_.insert(lower_case(word));
            }
            rest.remove_prefix(std::max<std::size_t>(word.size(), 1));
        }
    }
}

const std::string& Redaction::replacement_of(std::string_view word) {
    auto found = replacements_.find(word);
    if (found == replacements_.end()) {
        found =
            replacements_
                .emplace(word, fmt::format("{}{}", replacement_prefix, replacements_.size() + 1))
                .first;
    }
    return found->second;
}

std::string Redaction::replaced(std::string_view text, const IsKept& is_kept) {
    std::string out;
    for (std::size_t i = 0; i < text.size();) {
        const std::string_view rest = text.substr(i);
        const std::string_view before = text.substr(0, i);
        const std::string_view word = leading_word(rest);
        const std::size_t common = common_address_length(rest);
        const std::size_t identifier = common > 0 ? 0 : identifier_length(rest, before);
        if (identifier > 0) {
            out += replacement_of(rest.substr(0, identifier));
        } else if (common > 0 || word.empty() || is_kept(word, before)) {
            out += rest.substr(0, std::max({common, word.size(), std::size_t{1}}));
        } else {
            out += replacement_of(word);
        }
        i += std::max({common, identifier, word.size(), std::size_t{1}});
    }
    return out;
}

std::string Redaction::words(std::string_view text) {
    return replaced(text, [](std::string_view word, std::string_view before) {
        const bool is_persons = is_in_folder_of_homes(before) && !is_common_name(word);
        return is_persons ? is_replacement(word) : is_known_word(word);
    });
}

std::string Redaction::prose(std::string_view text) {
    std::string out;
    std::size_t start = 0;  // of the text that holds no path
    const auto take = [&](std::size_t end) {
        out +=
            replaced(text.substr(start, end - start), [&](std::string_view word, std::string_view) {
                return !is_long_hex(word) && !names_.contains(lower_case(word));
            });
    };
    for (std::size_t i = 0; i < text.size();) {
        const std::string_view path = leading_path(text.substr(i), text.substr(0, i));
        if (!path.empty()) {
            take(i);
            out += words(path);
            start = i + path.size();
        }
        i += std::max<std::size_t>(path.size(), 1);
    }
    take(text.size());
    return out;
}

std::string Redaction::path(std::string_view text) {
    const auto found = renamed_.find(text);
    return found == renamed_.end() ? words(text) : found->second;
}

void Redaction::rename(std::string_view file, std::string name) {
    const std::size_t folder = file.rfind('/') + 1;
    renamed_[std::string(file)] = words(file.substr(0, folder)) + name;
}

}  // namespace trilby::recording
