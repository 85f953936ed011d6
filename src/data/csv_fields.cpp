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

/// Undoes the quotation in `field`, which starts with its mark. Returns the new end.
std::expected<const char*, WrongQuotation> unquote(std::span<char> field) {
    char* out = field.data();
    bool is_closed = false;
    for (std::size_t i = 1; i < field.size(); ++i) {
        const bool is_pair = field[i] == quote && i + 1 < field.size() && field[i + 1] == quote;
        if (is_closed) {
            return std::unexpected(WrongQuotation::text_after_end);
        }
        if (field[i] == quote && !is_pair) {
            is_closed = true;
            continue;
        }
        *out++ = field[i];
        i += is_pair ? 1 : 0;
    }
    if (!is_closed) {
        return std::unexpected(WrongQuotation::not_closed);
    }
    return out;
}

std::expected<void, WrongQuotation> add_field(std::span<char> raw,
                                              std::vector<std::string_view>& fields) {
    const std::string_view field = trim({raw.data(), raw.size()});
    if (!field.starts_with(quote)) {
        fields.push_back(field);
        return {};
    }
    char* const first = raw.data() + (field.data() - raw.data());
    const auto end = unquote({first, field.size()});
    if (!end) {
        return std::unexpected(end.error());
    }
    fields.emplace_back(first, static_cast<std::size_t>(*end - first));
    return {};
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

std::expected<void, WrongField> split_fields(std::span<char> record, char separator,
                                             std::vector<std::string_view>& fields) {
    fields.clear();
    State state = State::at_start;
    std::size_t first = 0;
    WrongField wrong;
    std::uint64_t line = 0;
    for (std::size_t i = 0; i <= record.size(); ++i) {
        const bool is_end = i == record.size();
        if (is_end || (record[i] == separator && state != State::quoted)) {
            if (const auto added = add_field(record.subspan(first, i - first), fields); !added) {
                wrong.why = added.error();
                return std::unexpected(wrong);
            }
            first = i + 1;
            wrong.line = line;
        }
        if (!is_end) {
            line += record[i] == '\n' ? 1 : 0;
            state = state_after(state, record[i], separator);
        }
    }
    return {};
}

}  // namespace trilby::data
