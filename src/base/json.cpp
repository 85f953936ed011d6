// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/json.hpp"

#include <algorithm>
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

/// The shortest digits that read back the same, never in the form of an integer. JSON has no
/// infinity and no NaN; they become null.
std::string written(double number) {
    if (!std::isfinite(number)) {
        return "null";
    }
    std::string digits = fmt::format("{}", number);
    return digits.find_first_of(".e") == std::string::npos ? digits + ".0" : digits;
}

/// Writes either one line or lines indented by two spaces for each level.
class Writer {
  public:
    explicit Writer(bool is_pretty) : is_pretty_(is_pretty) {}

    [[nodiscard]] std::string text() && { return std::move(out_); }

    void write(const value& v) {
        if (const object* members = v.if_object(); members && !members->empty()) {
            write_elements('{', '}', *members, [this](const auto& member) {
                write(std::string_view(member.key()));
                out_ += is_pretty_ ? ": " : ":";
                write(member.value());
            });
        } else if (const array* elements = v.if_array(); elements && !elements->empty()) {
            write_elements('[', ']', *elements, [this](const value& element) { write(element); });
        } else if (const boost::json::string* text = v.if_string()) {
            write(std::string_view(*text));
        } else if (const double* number = v.if_double()) {
            out_ += written(*number);
        } else {
            out_ += boost::json::serialize(v);
        }
    }

  private:
    /// Almost no text needs escapes, and the library's serializer is slow to set up.
    void write(std::string_view text) {
        const bool is_plain = std::ranges::none_of(
            text, [](unsigned char c) { return c < 0x20 || c == '"' || c == '\\'; });
        if (is_plain) {
            out_ += '"';
            out_ += text;
            out_ += '"';
        } else {
            out_ += boost::json::serialize(text);
        }
    }

    template <class Elements, class WriteElement>
    void write_elements(char open, char close, const Elements& elements,
                        const WriteElement& write_element) {
        char separator = open;
        ++depth_;
        for (const auto& element : elements) {
            out_ += separator;
            begin_line();
            write_element(element);
            separator = ',';
        }
        --depth_;
        begin_line();
        out_ += close;
    }

    void begin_line() {
        if (is_pretty_) {
            out_ += '\n';
            out_.append(2 * depth_, ' ');
        }
    }

    bool is_pretty_;
    std::size_t depth_ = 0;
    std::string out_;
};

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
    Writer writer(false);
    writer.write(document);
    return std::move(writer).text();
}

std::string pretty(const value& document) {
    Writer writer(true);
    writer.write(document);
    return std::move(writer).text() + '\n';
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
