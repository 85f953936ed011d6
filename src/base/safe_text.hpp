// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <concepts>
#include <cstddef>
#include <filesystem>
#include <fmt/format.h>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace trilby {

class SafeText;

/// Text from outside on one line: printable, with spaces for line feeds and tabs.
[[nodiscard]] std::string one_line(std::string_view untrusted, std::size_t limit_bytes = 256);

/// What SafeText::format() inserts: every text that is not a SafeText counts as from outside.
template <class T>
[[nodiscard]] auto safe_argument(const T& value) {
    if constexpr (std::same_as<T, SafeText>) {
        return static_cast<const std::string&>(value);
    } else if constexpr (std::same_as<T, std::filesystem::path>) {
        return one_line(value.native(), std::string::npos);
    } else if constexpr (std::convertible_to<const T&, std::string_view>) {
        return one_line(value, std::string::npos);
    } else {
        static_assert(std::is_arithmetic_v<T> && !std::same_as<T, char>);
        return value;
    }
}

template <class T>
using SafeArgument = decltype(safe_argument(std::declval<const T&>()));

/// Text that people may see: literals of the program, and text from outside on one line that cannot
/// control a terminal. Only this type can be printed (base/print.hpp).
class SafeText {
  public:
    SafeText() = default;
    /// Taken as it is: only literals have line feeds and the program's own styling.
    template <std::size_t size>
    SafeText(const char (&literal)[size]) : text_(literal) {}
    template <std::size_t size>
    SafeText(char (&buffer)[size]) = delete;
    explicit SafeText(std::string_view untrusted) : text_(one_line(untrusted, untrusted.size())) {}

    /// fmt::format() that makes its arguments safe.
    template <class... T>
    [[nodiscard]] static SafeText format(fmt::format_string<SafeArgument<T>...> format,
                                         const T&... values) {
        SafeText formatted;
        formatted.text_ = fmt::format(format, safe_argument(values)...);
        return formatted;
    }
    /// Text from outside that keeps its lines, such as a file to show.
    [[nodiscard]] static SafeText lines(std::string_view untrusted);
    /// The same with each line indented, so that none can pass for a line of the program.
    [[nodiscard]] static SafeText quoted_lines(std::string_view untrusted);

    operator const std::string&() const { return text_; }
    [[nodiscard]] bool empty() const { return text_.empty(); }

    SafeText& operator+=(const SafeText& more) {
        text_ += more.text_;
        return *this;
    }
    friend SafeText operator+(SafeText left, const SafeText& right) { return left += right; }
    friend bool operator==(const SafeText& text, std::string_view other) {
        return text.text_ == other;
    }

  private:
    std::string text_;
};

}  // namespace trilby
