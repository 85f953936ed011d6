// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>

#include <trilby/result.hpp>

namespace trilby::data {

/// How large data may be that are kept in memory: $TRILBY_DATA_MEMORY, or half of what is available
/// to this process. ErrorCode::usage if the variable is not a size.
[[nodiscard]] Result<std::uint64_t> data_memory_bytes();

}  // namespace trilby::data
