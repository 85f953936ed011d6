// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/read_json.hpp"

#include <fmt/format.h>

namespace trilby::json {

Result<void> Reader::read(std::string& into, const object& from, std::string_view key,
                          std::string_view where) const {
    TRILBY_TRY(text, get_string(from, key, where));
    into = printable(text, limits_.text_bytes);
    return {};
}

Result<void> Reader::read(bool& into, const object& from, std::string_view key,
                          std::string_view where) const {
    TRILBY_TRY(flag, get_boolean(from, key, where));
    into = flag;
    return {};
}

Result<void> Reader::read(double& into, const object& from, std::string_view key,
                          std::string_view where) const {
    TRILBY_TRY(number, get_number(from, key, where));
    into = number;
    return {};
}

Result<void> Reader::read(object& into, const object& from, std::string_view key,
                          std::string_view where) const {
    TRILBY_TRY(members, get_object(from, key, where));
    into = std::move(members);
    return {};
}

Result<void> Reader::read_row(std::string& into, const value& row, std::string_view where) const {
    if (!row.is_string()) {
        return failure(ErrorCode::bad_data, fmt::format("{}: expected texts", where));
    }
    into = printable(std::string_view(row.get_string()), limits_.text_bytes);
    return {};
}

Result<void> Reader::read_row(std::pair<double, double>& into, const value& row,
                              std::string_view where) const {
    if (!row.is_array() || row.get_array().size() != 2) {
        return failure(ErrorCode::bad_data, fmt::format("{}: expected pairs of numbers", where));
    }
    const object pair{{"x", row.get_array()[0]}, {"y", row.get_array()[1]}};
    TRILBY_CHECK(read(into.first, pair, "x", where));
    return read(into.second, pair, "y", where);
}

Result<array> Reader::get_rows(const object& from, std::string_view key,
                               std::string_view where) const {
    TRILBY_TRY(rows, get_array(from, key, where));
    if (rows.size() > limits_.rows) {
        return failure(ErrorCode::bad_data,
                       fmt::format("{}: {} has {} entries, expected at most {}", where, key,
                                   rows.size(), limits_.rows));
    }
    return std::move(rows);
}

Result<std::uint64_t> Reader::read_count(const object& from, std::string_view key,
                                         std::string_view where, std::uint64_t most) {
    // The parser makes an unsigned number of what no signed one can hold.
    const value* large = from.if_contains(key);
    if (large != nullptr && large->is_uint64() && large->get_uint64() <= most) {
        return large->get_uint64();
    }
    TRILBY_TRY(count, get_integer(from, key, where));
    if (count < 0) {
        return failure(ErrorCode::bad_data,
                       fmt::format("{}: {} is {}, expected a count", where, key, count));
    }
    if (std::cmp_greater(count, most)) {
        return failure(ErrorCode::bad_data,
                       fmt::format("{}: {} is {}, expected at most {}", where, key, count, most));
    }
    return static_cast<std::uint64_t>(count);
}

Result<void> Reader::out_of_range(std::int64_t number, std::string_view key,
                                  std::string_view where) {
    return failure(ErrorCode::bad_data,
                   fmt::format("{}: {} is {}, which is out of range", where, key, number));
}

Result<void> Reader::unknown_name(std::string_view name, std::string_view key,
                                  std::string_view where) {
    return failure(ErrorCode::bad_data,
                   fmt::format("{}: unknown {} '{}'", where, key, printable(name, 64)));
}

std::string Reader::place_of(std::string_view key, std::string_view where) {
    return fmt::format("{}: {}", where, key);
}

}  // namespace trilby::json
