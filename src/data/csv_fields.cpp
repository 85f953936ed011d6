// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/csv_fields.hpp"

#include "base/text.hpp"

namespace trilby::data {
namespace {

constexpr char quote = '"';

enum class State { at_start, plain, quoted, after_quote };

State state_after(State state, char c, char separator) {
    if (state == State::quoted) {
        return c == quote ? State::after_quote : State::quoted;
    }
    if (c == separator) {
        return State::at_start;
    }
    if (c == quote && state != State::plain) {
        return State::quoted;  // opens a field, or is the second one of a pair
    }
    const bool is_blank = c == ' ' || c == '\r';
    return is_blank && state != State::plain ? state : State::plain;
}

/// Undoes the quotation in `field`, which starts with its mark; nullptr if text follows the end.
const char* unquote(std::span<char> field) {
    char* out = field.data();
    bool is_closed = false;
    for (std::size_t i = 1; i < field.size(); ++i) {
        const bool is_pair = field[i] == quote && i + 1 < field.size() && field[i + 1] == quote;
        if (is_closed) {
            return nullptr;
        }
        if (field[i] == quote && !is_pair) {
            is_closed = true;
            continue;
        }
        *out++ = field[i];
        i += is_pair ? 1 : 0;
    }
    return is_closed ? out : nullptr;
}

bool add_field(std::span<char> raw, std::vector<std::string_view>& fields) {
    const std::string_view field = trim({raw.data(), raw.size()});
    if (!field.starts_with(quote)) {
        fields.push_back(field);
        return true;
    }
    char* const first = raw.data() + (field.data() - raw.data());
    const char* const end = unquote({first, field.size()});
    if (end == nullptr) {
        return false;
    }
    fields.emplace_back(first, static_cast<std::size_t>(end - first));
    return true;
}

}  // namespace

std::size_t record_bytes(std::string_view text, char separator) {
    const std::size_t line = text.find('\n');
    if (line == std::string_view::npos ||
        text.substr(0, line).find(quote) == std::string_view::npos) {
        return line == std::string_view::npos ? line : line + 1;
    }
    State state = State::at_start;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\n' && state != State::quoted) {
            return i + 1;
        }
        state = state_after(state, text[i], separator);
    }
    return std::string_view::npos;
}

bool split_fields(std::span<char> record, char separator, std::vector<std::string_view>& fields) {
    fields.clear();
    State state = State::at_start;
    std::size_t first = 0;
    for (std::size_t i = 0; i < record.size(); ++i) {
        if (record[i] == separator && state != State::quoted) {
            if (!add_field(record.subspan(first, i - first), fields)) {
                return false;
            }
            first = i + 1;
        }
        state = state_after(state, record[i], separator);
    }
    return add_field(record.subspan(first), fields);
}

}  // namespace trilby::data
