// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <concepts>
#include <cstddef>
#include <fmt/format.h>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace trilby::report {

/// Text from outside for an element or an attribute of XML or HTML. Control bytes, which XML cannot
/// write, become \xNN.
[[nodiscard]] std::string escaped(std::string_view untrusted);

class Markup;

/// What Markup::format() inserts: every text that is not Markup counts as from outside.
template <class T>
[[nodiscard]] auto markup_argument(const T& value) {
    if constexpr (std::same_as<T, Markup>) {
        return static_cast<const std::string&>(value);
    } else if constexpr (std::convertible_to<const T&, std::string_view>) {
        return escaped(value);
    } else {
        static_assert(std::is_arithmetic_v<T> && !std::same_as<T, char>);
        return value;
    }
}

template <class T>
using MarkupArgument = decltype(markup_argument(std::declval<const T&>()));

/// A part of a page, made from the program's literals and from text that is escaped, as SafeText is
/// for a terminal.
class Markup {
  public:
    Markup() = default;
    /// Taken as it is.
    template <std::size_t size>
    Markup(const char (&literal)[size]) : text_(literal) {}
    template <std::size_t size>
    Markup(char (&buffer)[size]) = delete;
    explicit Markup(std::string_view untrusted) : text_(escaped(untrusted)) {}

    /// fmt::format() that escapes its arguments.
    template <class... T>
    [[nodiscard]] static Markup format(fmt::format_string<MarkupArgument<T>...> format,
                                       const T&... values) {
        Markup formatted;
        formatted.text_ = fmt::format(format, markup_argument(values)...);
        return formatted;
    }
    /// Text from outside that keeps its lines, all of them, for an element <pre>.
    [[nodiscard]] static Markup lines(std::string_view untrusted);
    /// Bytes for a data: URL.
    [[nodiscard]] static Markup base64(std::string_view bytes);

    operator const std::string&() const { return text_; }
    [[nodiscard]] bool empty() const { return text_.empty(); }

    Markup& operator+=(const Markup& more) {
        text_ += more.text_;
        return *this;
    }
    friend Markup operator+(Markup left, const Markup& right) { return left += right; }
    friend bool operator==(const Markup& markup, std::string_view other) {
        return markup.text_ == other;
    }

  private:
    std::string text_;
};

}  // namespace trilby::report
