// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <string>
#include <string_view>

namespace trilby::toml {

/// A TOML basic string, which parse() reads as `text`.
[[nodiscard]] std::string quoted(std::string_view text);

}  // namespace trilby::toml
