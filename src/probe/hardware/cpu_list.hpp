// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Parses CPU lists of the kernel such as "0-3,8-11".

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace trilby::sources {

/// The numbers in order; nothing if the list is empty or malformed.
[[nodiscard]] std::optional<std::vector<std::uint16_t>> parse_cpu_list(const std::string& list);

/// The count of the numbers; nothing if the list is empty or malformed.
[[nodiscard]] std::optional<std::uint32_t> count_of_list(const std::string& list);

}  // namespace trilby::sources
