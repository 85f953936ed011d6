// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Finds the smallest sizes with which an operation still ends its worker.

#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace trilby::validate {

/// How often to halve each number that a round draws: CheckParams::halvings.
using Halvings = std::vector<std::uint32_t>;

/// Carries a round out with these numbers. Returns the operation if it ended its worker again.
using Attempt = std::function<std::optional<std::string>(const Halvings&)>;

/// Tries to make smaller the last of the `draws` numbers that a round drew before its end, as long
/// as `has_time` returns true. Returns the smallest operation that ended its worker; nothing if no
/// smaller one did.
[[nodiscard]] std::optional<std::string> reduce(std::uint64_t draws, const Attempt& attempt,
                                                const std::function<bool()>& has_time);

}  // namespace trilby::validate
