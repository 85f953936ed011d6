// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "recording/redaction.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "base/text.hpp"

namespace trilby::recording {
namespace {

constexpr std::size_t min_identifier_digits = 24;
// The GUID in the names of UEFI's own variables is the same on every machine.
constexpr std::string_view firmware_variables = "8be4df61-93ca-11d2-aa0d-00e098032b8c";

bool is_hex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool is_word(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/// Whether `text` begins with the pattern, where 'h' matches a hexadecimal digit.
bool has_shape(std::string_view text, std::string_view pattern) {
    return text.size() >= pattern.size() &&
           std::ranges::equal(text.substr(0, pattern.size()), pattern, [](char c, char shape) {
               return shape == 'h' ? is_hex(c) : c == shape;
           });
}

/// The length of the identifier at the start of `text`; 0 if there is none.
std::size_t identifier_length(std::string_view text) {
    constexpr std::string_view uuid = "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh";
    constexpr std::string_view mac = "hh:hh:hh:hh:hh:hh";
    for (const std::string_view pattern : {uuid, mac}) {
        if (has_shape(text, pattern)) {
            return pattern.size();
        }
    }
    const auto digits =
        static_cast<std::size_t>(std::ranges::find_if_not(text, is_hex) - text.begin());
    return digits >= min_identifier_digits ? digits : 0;
}

bool is_serial_key(std::string_view key) {
    constexpr std::array<std::string_view, 4> keys{"unique_id", "hive_id", "GPU UUID", "Serial"};
    return std::ranges::find(keys, key) != keys.end();
}

}  // namespace

const std::string& Redaction::replacement_of(std::string_view word) {
    auto found = replacements_.find(word);
    if (found == replacements_.end()) {
        std::string zeros(word);
        std::ranges::replace_if(zeros, is_hex, '0');
        const std::string number = fmt::format("{}", replacements_.size() + 1);
        // Writes from the end and skips separators, to keep the shape.
        std::size_t at = zeros.size();
        for (std::size_t i = number.size(); i > 0 && at > 0;) {
            if (zeros[--at] == '0') {
                zeros[at] = number[--i];
            }
        }
        found = replacements_.emplace(word, std::move(zeros)).first;
    }
    return found->second;
}

std::string Redaction::identifiers(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size();) {
        const bool begins_word = i == 0 || !is_word(text[i - 1]);
        const bool is_kept = text.substr(i).starts_with(firmware_variables);
        const std::size_t length = begins_word && !is_kept ? identifier_length(text.substr(i)) : 0;
        if (length > 0) {
            out += replacement_of(text.substr(i, length));
            i += length;
        } else {
            out += text[i++];
        }
    }
    return out;
}

std::string Redaction::names(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size();) {
        const bool begins_word = i == 0 || !is_word(text[i - 1]);
        const auto name = std::ranges::find_if(names_, [&](const std::string& candidate) {
            const std::string_view rest = text.substr(i);
            return begins_word && !candidate.empty() && rest.starts_with(candidate) &&
                   (rest.size() == candidate.size() || !is_word(rest[candidate.size()]));
        });
        if (name != names_.end()) {
            out += "redacted";
            i += name->size();
        } else {
            out += text[i++];
        }
    }
    return identifiers(out);
}

std::string Redaction::path(std::string_view text) {
    constexpr std::array<std::string_view, 8> system_folders{
        "/dev/", "/etc/", "/proc/", "/run/", "/sys/", "/usr/include/", "/usr/lib", "/usr/share/"};
    const bool is_system =
        std::ranges::any_of(system_folders,
                            [&](std::string_view folder) { return text.starts_with(folder); }) &&
        !text.starts_with("/sys/fs/cgroup/");
    return text.starts_with('/') && !is_system ? names(text) : identifiers(text);
}

std::string Redaction::serial_numbers(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        const std::size_t separator =
            line.find(line.find(':') == std::string_view::npos ? ' ' : ':');
        const bool is_serial =
            separator != std::string_view::npos && is_serial_key(trim(line.substr(0, separator)));
        const std::string_view value =
            is_serial ? trim(line.substr(separator + 1)) : std::string_view();
        if (value.empty() || value == "0") {
            out += line;
        } else {
            out += line.substr(0, static_cast<std::size_t>(value.data() - line.data()));
            out += replacement_of(value);
        }
        const bool has_line_feed = line.size() < text.size();
        out.append(has_line_feed ? 1 : 0, '\n');
        text.remove_prefix(line.size() + (has_line_feed ? 1 : 0));
    }
    return identifiers(out);
}

}  // namespace trilby::recording
