// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace trilby::train {

/// Whether `name`, of a module or a tensor, is one of the frozen parts or in one of them: "a.b" is
/// in "a", but "ab" is not.
[[nodiscard]] bool is_frozen(std::string_view name, const std::vector<std::string>& frozen);

}  // namespace trilby::train
