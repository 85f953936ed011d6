// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/json.hpp"

#include <boost/json/kind.hpp>
#include <boost/json/parse_options.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/stream_parser.hpp>
#include <cmath>
#include <fmt/format.h>

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

void indent(std::string& out, std::size_t depth) {
    out += '\n';
    out.append(2 * depth, ' ');
}

void write_pretty(std::string& out, const value& v, std::size_t depth) {
    if (const object* members = v.if_object(); members && !members->empty()) {
        char separator = '{';
        for (const auto& [key, element] : *members) {
            out += separator;
            indent(out, depth + 1);
            out += boost::json::serialize(key);
            out += ": ";
            write_pretty(out, element, depth + 1);
            separator = ',';
        }
        indent(out, depth);
        out += '}';
    } else if (const array* elements = v.if_array(); elements && !elements->empty()) {
        char separator = '[';
        for (const value& element : *elements) {
            out += separator;
            indent(out, depth + 1);
            write_pretty(out, element, depth + 1);
            separator = ',';
        }
        indent(out, depth);
        out += ']';
    } else {
        out += boost::json::serialize(v);
    }
}

/// Older Boosts know only a fast way to read numbers, which may be off in the last digit.
template <class Options>
void ask_for_exact_numbers(Options& options) {
    if constexpr (requires { options.numbers; }) {
        options.numbers = decltype(options.numbers)::precise;
    }
}

/// Infinity and NaN are no JSON, and the library would write them all the same: they become null.
/// Tells whether there were any.
bool replace_non_finite(value& v) {
    bool found = false;
    if (const double* number = v.if_double(); number && !std::isfinite(*number)) {
        v = nullptr;
        found = true;
    } else if (object* members = v.if_object()) {
        for (auto& member : *members) {
            found |= replace_non_finite(member.value());
        }
    } else if (array* elements = v.if_array()) {
        for (value& element : *elements) {
            found |= replace_non_finite(element);
        }
    }
    return found;
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
    if (replace_non_finite(document)) {
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
    value finite = document;
    replace_non_finite(finite);
    return boost::json::serialize(finite);
}

std::string pretty(const value& document) {
    value finite = document;
    replace_non_finite(finite);
    std::string out;
    write_pretty(out, finite, 0);
    out += '\n';
    return out;
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
