// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/json.hpp"

#include <algorithm>
#include <boost/json/kind.hpp>
#include <boost/json/parse_options.hpp>
#include <boost/json/stream_parser.hpp>
#include <cmath>
#include <fmt/format.h>
#include <iterator>
#include <utility>

#include "base/json_text.hpp"
#include "base/try.hpp"

namespace trilby::json {
namespace {

std::string_view kind_name(const value& v) {
    const auto name = boost::json::to_string(v.kind());
    return {name.data(), name.size()};
}

Result<const value*> member(const object& from, std::string_view key, std::string_view where) {
    if (const value* found = from.if_contains(key)) {
        return found;
    }
    return failure(ErrorCode::bad_data, fmt::format("{}: key '{}' is missing", where, key));
}

std::unexpected<Error> mistyped(const value& found, std::string_view key, std::string_view expected,
                                std::string_view where) {
    return failure(ErrorCode::bad_data, fmt::format("{}: key '{}' is {}, expected {}", where, key,
                                                    kind_name(found), expected));
}

/// An Observed with a plain value.
bool is_plain_fact(const object& members) {
    return members.size() == 3 && members.begin()->value().is_primitive() &&
           std::next(members.begin())->key() == "presence";
}

void write(TextWriter& writer, const value& v);

void write_object(TextWriter& writer, const object& members) {
    if (is_plain_fact(members)) {
        writer.begin_short_object();
    } else {
        writer.begin_object();
    }
    for (const auto& member : members) {
        writer.key(member.key());
        write(writer, member.value());
    }
    writer.end_object();
}

void write_array(TextWriter& writer, const array& elements) {
    writer.begin_array();
    for (const value& element : elements) {
        write(writer, element);
    }
    writer.end_array();
}

void write(TextWriter& writer, const value& v) {
    switch (v.kind()) {
        case boost::json::kind::object:
            return write_object(writer, v.get_object());
        case boost::json::kind::array:
            return write_array(writer, v.get_array());
        case boost::json::kind::string:
            return writer.write(std::string_view(v.get_string()));
        case boost::json::kind::double_:
            return writer.write(v.get_double());
        case boost::json::kind::int64:
            return writer.write(v.get_int64());
        case boost::json::kind::uint64:
            return writer.write(v.get_uint64());
        case boost::json::kind::bool_:
            return writer.write(v.get_bool());
        case boost::json::kind::null:
            return writer.write_null();
    }
}

std::string written(const value& document, TextWriter::Layout layout) {
    TextWriter writer(layout);
    write(writer, document);
    return std::move(writer).text();
}

/// Older versions of Boost read numbers only in a fast way, which may be off in the last digit.
template <class Options>
void ask_for_exact_numbers(Options& options) {
    if constexpr (requires { options.numbers; }) {
        options.numbers = decltype(options.numbers)::precise;
    }
}

/// Boost.JSON reads numbers that are too large as infinity.
bool has_infinity(const value& v) {
    if (const double* number = v.if_double()) {
        return !std::isfinite(*number);
    }
    if (const object* members = v.if_object()) {
        return std::ranges::any_of(*members,
                                   [](const auto& member) { return has_infinity(member.value()); });
    }
    const array* elements = v.if_array();
    return elements != nullptr && std::ranges::any_of(*elements, has_infinity);
}

}  // namespace

Result<value> parse(std::string_view text, std::string_view where, std::size_t depth_limit) {
    boost::json::parse_options options;
    options.max_depth = depth_limit;
    ask_for_exact_numbers(options);
    boost::json::stream_parser parser({}, options);
    boost::system::error_code error;
    const std::size_t consumed = parser.write_some(text.data(), text.size(), error);
    if (!error && consumed < text.size()) {
        return failure(
            ErrorCode::bad_data,
            fmt::format("{}: text after the end of the JSON document at byte {}", where, consumed));
    }
    if (!error) {
        parser.finish(error);
    }
    if (error) {
        return failure(ErrorCode::bad_data, fmt::format("{}: not valid JSON at byte {}: {}", where,
                                                        consumed, error.message()));
    }
    value document = parser.release();
    if (has_infinity(document)) {
        return failure(ErrorCode::bad_data,
                       fmt::format("{}: a number is too large, such as 1e400", where));
    }
    return document;
}

Result<object> parse_object(std::string_view text, std::string_view where,
                            std::size_t depth_limit) {
    TRILBY_TRY(document, parse(text, where, depth_limit));
    return as_object(document, where);
}

std::string serialize(const value& document) {
    return written(document, TextWriter::Layout::one_line);
}

std::string pretty(const value& document) {
    return written(document, TextWriter::Layout::indented);
}

Result<object> as_object(const value& document, std::string_view where) {
    if (const object* found = document.if_object()) {
        return *found;
    }
    return failure(ErrorCode::bad_data,
                   fmt::format("{}: {}, expected an object", where, kind_name(document)));
}

Result<std::string> get_string(const object& from, std::string_view key, std::string_view where) {
    TRILBY_TRY(found, member(from, key, where));
    if (const auto* text = found->if_string()) {
        return std::string(*text);
    }
    return mistyped(*found, key, "a string", where);
}

Result<std::int64_t> get_integer(const object& from, std::string_view key, std::string_view where) {
    TRILBY_TRY(found, member(from, key, where));
    if (const auto* content = found->if_int64()) {
        return *content;
    }
    return mistyped(*found, key, "an integer", where);
}

Result<bool> get_boolean(const object& from, std::string_view key, std::string_view where) {
    TRILBY_TRY(found, member(from, key, where));
    if (const auto* content = found->if_bool()) {
        return *content;
    }
    return mistyped(*found, key, "true or false", where);
}

Result<object> get_object(const object& from, std::string_view key, std::string_view where) {
    TRILBY_TRY(found, member(from, key, where));
    if (const auto* content = found->if_object()) {
        return *content;
    }
    return mistyped(*found, key, "an object", where);
}

Result<array> get_array(const object& from, std::string_view key, std::string_view where) {
    TRILBY_TRY(found, member(from, key, where));
    if (const auto* content = found->if_array()) {
        return *content;
    }
    return mistyped(*found, key, "an array", where);
}

Result<double> get_number(const object& from, std::string_view key, std::string_view where) {
    TRILBY_TRY(found, member(from, key, where));
    boost::system::error_code error;
    const auto number = found->to_number<double>(error);
    if (!error) {
        return number;
    }
    return mistyped(*found, key, "a number", where);
}

}  // namespace trilby::json
