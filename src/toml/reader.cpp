// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "toml/reader.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text.hpp"

namespace trilby::toml {
namespace {

std::string_view type_name(const toml::node& node) {
    switch (node.type()) {
        case ::toml::node_type::table:
            return "a table";
        case ::toml::node_type::array:
            return "an array";
        case ::toml::node_type::string:
            return "a string";
        case ::toml::node_type::integer:
            return "an integer";
        case ::toml::node_type::floating_point:
            return "a number with a fraction";
        case ::toml::node_type::boolean:
            return "a boolean";
        default:
            return "a date or time";
    }
}

// Each dot in a key can nest a table, and toml++ limits only the depth of values. It frees nested
// tables by recursion, until the stack overflows.
constexpr std::ptrdiff_t dot_limit = 2000;

/// The size of a string with its quotation marks, with whose first mark `text` begins. A string on
/// one line ends with that line at the latest. One on several lines may end with two marks more.
std::size_t string_bytes(std::string_view text) {
    const char mark = text.front();
    const bool has_lines = text.starts_with(std::string(3, mark));
    const std::size_t marks = has_lines ? 3 : 1;
    std::size_t at = marks;
    while (at < text.size()) {
        const std::string_view rest = text.substr(at);
        if (rest.starts_with(std::string(marks, mark))) {
            const std::size_t run = std::min(rest.find_first_not_of(mark), rest.size());
            return at + std::min(run, has_lines ? marks + 2 : marks);
        }
        if (rest.starts_with('\n') && !has_lines) {
            return at;
        }
        at += rest.starts_with('\\') && mark == '"' ? 2 : 1;
    }
    return text.size();
}

/// The dots outside of strings, which nest nothing. A quotation mark in a comment begins no string.
std::ptrdiff_t count_dots(std::string_view text) {
    std::ptrdiff_t dots = 0;
    while (!text.empty()) {
        const char next = text.front();
        std::size_t bytes = 0;
        if (next == '"' || next == '\'') {
            bytes = string_bytes(text);
        } else {
            bytes = next == '#' ? std::min(text.find('\n'), text.size()) : 1;
            dots += std::ranges::count(text.substr(0, bytes), '.');
        }
        text.remove_prefix(bytes);
    }
    return dots;
}

}  // namespace

Result<toml::table> parse(std::string_view text, std::string_view where) {
    if (count_dots(text) > dot_limit) {
        return failure(ErrorCode::bad_data,
                       fmt::format("{}: has more than {} dots, so its tables could be nested too "
                                   "deeply",
                                   where, dot_limit));
    }
    try {
        return ::toml::parse(text);
    } catch (const ::toml::parse_error& error) {  // the packaged toml++ is built to throw
        return failure(
            ErrorCode::bad_data,
            fmt::format("{}:{}:{}: not valid TOML: {}", where, error.source().begin.line,
                        error.source().begin.column, printable(error.description(), 400)));
    }
}

std::string place_of(const toml::node& node, std::string_view where) {
    const ::toml::source_position at = node.source().begin;
    // A value that was not read from a file, such as that of --set, has no line.
    return at.line == 0 ? std::string(where) : fmt::format("{}:{}:{}", where, at.line, at.column);
}

Reader::Reader(const toml::table& table, std::string_view where, std::string context)
    : table_(table), where_(where), context_(std::move(context)) {}

std::int64_t Reader::integer(std::string_view key, std::int64_t minimum, std::int64_t maximum,
                             std::optional<std::int64_t> fallback) {
    const toml::node* node = find(key, !fallback);
    if (node == nullptr) {
        return fallback.value_or(minimum);
    }
    if (!node->is_integer()) {
        wrong_type(*node, key, "an integer");
        return minimum;
    }
    const std::int64_t value = node->as_integer()->get();
    if (value < minimum || value > maximum) {
        reject(*node, fmt::format("'{}' is {}, expected {} to {}", key, value, minimum, maximum));
        return minimum;
    }
    return value;
}

double Reader::number(std::string_view key, double minimum, double maximum,
                      std::optional<double> fallback) {
    const toml::node* node = find(key, !fallback);
    if (node == nullptr) {
        return fallback.value_or(minimum);
    }
    if (!node->is_number()) {
        wrong_type(*node, key, "a number");
        return minimum;
    }
    const double value = *node->value<double>();
    if (!std::isfinite(value) || value < minimum || value > maximum) {
        reject(*node, fmt::format("'{}' is {}, expected {} to {}", key, value, minimum, maximum));
        return minimum;
    }
    return value;
}

bool Reader::boolean(std::string_view key, bool fallback) {
    const toml::node* node = find(key, false);
    if (node == nullptr) {
        return fallback;
    }
    if (!node->is_boolean()) {
        wrong_type(*node, key, "true or false");
        return fallback;
    }
    return node->as_boolean()->get();
}

std::string Reader::text(std::string_view key, std::optional<std::string> fallback) {
    const toml::node* node = find(key, !fallback);
    return node != nullptr ? text_of(*node, key) : fallback.value_or("");
}

std::vector<std::string> Reader::texts(std::string_view key) {
    std::vector<std::string> texts;
    const toml::node* node = find(key, false);
    if (node != nullptr && !node->is_array()) {
        wrong_type(*node, key, "an array of strings");
    } else if (node != nullptr) {
        for (const toml::node& element : *node->as_array()) {
            texts.push_back(text_of(element, key));
        }
    }
    return texts;
}

std::string Reader::text_of(const toml::node& node, std::string_view key) {
    constexpr std::size_t limit_bytes = 1000;
    if (!node.is_string()) {
        wrong_type(node, key, "a string");
        return {};
    }
    const std::string& value = node.as_string()->get();
    if (value.size() > limit_bytes || printable(value, limit_bytes) != value) {
        reject(node, fmt::format("'{}' is longer than {} bytes or has control characters", key,
                                 limit_bytes));
    }
    return value;
}

std::size_t Reader::word(std::string_view key, std::span<const std::string_view> words,
                         std::optional<std::size_t> fallback) {
    const toml::node* node = find(key, !fallback);
    if (node == nullptr) {
        return fallback.value_or(0);
    }
    if (!node->is_string()) {
        wrong_type(*node, key, "a string");
        return 0;
    }
    const std::string& typed = node->as_string()->get();
    const auto found = std::ranges::find(words, typed);
    if (found == words.end()) {
        reject(*node,
               fmt::format("'{}' is '{}'{}", key, printable(typed, 64), did_you_mean(typed, words)),
               fmt::format("the choices are: {}", fmt::join(words, ", ")));
        return 0;
    }
    return static_cast<std::size_t>(found - words.begin());
}

const toml::table* Reader::table(std::string_view key) {
    const toml::node* node = find(key, true);
    if (node != nullptr && !node->is_table()) {
        wrong_type(*node, key, "a table");
    }
    return node != nullptr ? node->as_table() : nullptr;
}

const toml::array* Reader::array(std::string_view key) {
    const toml::node* node = find(key, true);
    if (node != nullptr && !node->is_array()) {
        wrong_type(*node, key, "an array");
    }
    return node != nullptr ? node->as_array() : nullptr;
}

const toml::table* Reader::optional_table(std::string_view key) {
    const toml::node* node = find(key, false);
    if (node != nullptr && !node->is_table()) {
        wrong_type(*node, key, "a table");
    }
    return node != nullptr ? node->as_table() : nullptr;
}

void Reader::reject(Error error) {
    if (!error_) {
        error_ = std::move(error);
    }
}

void Reader::reject(const toml::node& node, std::string message, std::string hint) {
    reject(error_at(node, std::move(message), std::move(hint)));
}

Error Reader::error_at(const toml::node& node, std::string message, std::string hint) const {
    return {ErrorCode::bad_data,
            fmt::format("{}: {}: {}", place_of(node, where_), context_, message), std::move(hint)};
}

void Reader::reject_unknown_keys() {
    for (const auto& [key, node] : table_) {
        const std::string name(key.str());
        if (std::ranges::find(asked_, std::string_view(name)) == asked_.end()) {
            reject(
                node,
                fmt::format("unknown key '{}'{}", printable(name, 64), did_you_mean(name, asked_)),
                fmt::format("use one of the keys {}", fmt::join(asked_, ", ")));
        }
    }
}

Result<void> Reader::finish(UnknownKeys unknown_keys) {
    if (unknown_keys == UnknownKeys::are_errors) {
        reject_unknown_keys();
    }
    if (error_ || missing_) {
        return std::unexpected(error_ ? *error_ : *missing_);
    }
    return {};
}

const toml::node* Reader::find(std::string_view key, bool is_required) {
    asked_.emplace_back(key);
    const toml::node* node = table_.get(key);
    if (node == nullptr && is_required && !missing_) {
        missing_ = error_at(table_, fmt::format("key '{}' is missing", key), {});
    }
    return node;
}

void Reader::wrong_type(const toml::node& node, std::string_view key, std::string_view expected) {
    reject(node, fmt::format("'{}' is {}, expected {}", key, type_name(node), expected));
}

}  // namespace trilby::toml
