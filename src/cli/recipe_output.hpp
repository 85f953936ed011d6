// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// `trilby train --list` and `--show`.

#pragma once

#include <string>

#include <trilby/result.hpp>

namespace trilby::cli {

[[nodiscard]] Result<void> print_recipes(bool as_json);
[[nodiscard]] Result<void> print_recipe(const std::string& name);

}  // namespace trilby::cli
