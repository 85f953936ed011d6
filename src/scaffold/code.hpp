// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Values as C++ code.

#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/enum_name.hpp"

namespace trilby::scaffold {

[[nodiscard]] std::string code_of(std::int64_t value);
[[nodiscard]] std::string code_of(bool value);
/// The shortest literal that is read as the same number.
[[nodiscard]] std::string code_of(double value);
/// A string literal. Characters that an editor may hide are escaped.
[[nodiscard]] std::string code_of(const std::string& text);
[[nodiscard]] std::string code_of(const std::vector<std::string>& texts);
[[nodiscard]] std::string code_of(const std::map<std::string, std::string>& texts);
template <DescribedEnum Enum>
[[nodiscard]] std::string code_of(Enum value) {
    return code_of(std::string(enum_name(value)));
}

/// Visits the keys of a section of a recipe, and makes them the elements of trilby::Settings. Texts
/// and lists that are empty are left out.
class SettingLines {
  public:
    explicit SettingLines(std::string section, std::vector<std::string_view> without = {})
        : section_(std::move(section)), without_(std::move(without)) {}

    template <class Value>
    void required(std::string_view key, const Value& value, auto... /*limits*/) {
        add(key, value);
    }
    template <class Value>
    void optional(std::string_view key, const Value& value, auto... /*limits*/) {
        if constexpr (requires { value.has_value(); }) {
            if (value) {
                add(key, *value);
            }
        } else if constexpr (is_text<Value>) {
            if (!value.empty()) {
                add(key, value);
            }
        } else {
            add(key, value);
        }
    }
    void if_given(std::string_view key, const std::string& value) { optional(key, value); }
    /// One line for each, indented.
    [[nodiscard]] const std::string& text() const { return text_; }

  private:
    template <class Value>
    static constexpr bool is_text =
        std::same_as<Value, std::string> || std::same_as<Value, std::vector<std::string>>;

    template <class Value>
    void add(std::string_view key, const Value& value) {
        if (std::ranges::count(without_, key) == 0) {
            add_line(key, code_of(value));
        }
    }
    void add_line(std::string_view key, std::string_view code);

    std::string section_;
    std::vector<std::string_view> without_;
    std::string text_;
};

}  // namespace trilby::scaffold
