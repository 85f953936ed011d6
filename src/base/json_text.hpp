// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Writes JSON text piece by piece: much faster for large documents than to build them first.

#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace trilby::json {

class TextWriter {
  public:
    enum class Layout : std::uint8_t {
        one_line,
        indented,  ///< by two spaces, with a final line feed
    };
    explicit TextWriter(Layout layout) : is_indented_(layout == Layout::indented) {}

    /// The document, once all is closed.
    [[nodiscard]] std::string text() &&;

    void begin_object() { open('{'); }
    /// An object that is one line also in an indented document.
    void begin_short_object();
    void key(std::string_view name);
    void end_object() { close('}'); }
    void begin_array() { open('['); }
    void end_array() { close(']'); }

    void write(std::string_view text);
    void write(const char* text) { write(std::string_view(text)); }
    /// Infinity and NaN become null.
    void write(double number);
    void write(bool boolean);
    void write(std::int64_t number);
    void write(std::uint64_t number);
    template <std::integral Number>
    void write(Number number) {
        if constexpr (std::signed_integral<Number>) {
            write(std::int64_t{number});
        } else {
            write(std::uint64_t{number});
        }
    }
    void write_null();

  private:
    /// What stands before a value or a key: a comma and the start of a line.
    void begin_element();
    void begin_line();
    void open(char bracket);
    void close(char bracket);
    void append(std::string_view text);

    bool is_indented_;
    std::size_t depth_ = 0;
    std::size_t depth_of_line_ = 0;  ///< from which depth all is on one line; 0 if nowhere
    bool is_first_ = true;           ///< nothing stands in the open brackets yet
    bool has_key_ = false;           ///< the value of a key comes next
    std::string out_;
};

}  // namespace trilby::json
