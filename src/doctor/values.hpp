// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The marks in the steps of a page: "sudoedit @file@" needs the value "file" of a machine.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "doctor/page.hpp"

namespace trilby::doctor {

struct Value {
    std::string_view name;
    std::string text;
};

using Values = std::vector<Value>;

/// A list with the value, or an empty list if the text is empty.
[[nodiscard]] Values value_if_any(std::string_view name, std::string_view text);

/// The page with the values of a machine. A step is left out if a mark in it has no value, and
/// repeated if it has several. A value that a shell could misread is not used: its mark becomes its
/// name, as in with_names().
[[nodiscard]] Page with_values(Page page, const Values& values);

/// The page without a machine: "sudoedit FILE".
[[nodiscard]] Page with_names(Page page);

}  // namespace trilby::doctor
