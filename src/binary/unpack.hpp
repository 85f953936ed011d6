// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The beginning of packed data, from the beginning of it.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace trilby::binary {

/// Up to `limit_bytes` of what was packed, as far as `packed` gives it; empty if it gives nothing.
[[nodiscard]] std::string unzstd_start(std::string_view packed, std::size_t limit_bytes);
[[nodiscard]] std::string inflate_start(std::string_view packed, std::size_t limit_bytes);

}  // namespace trilby::binary
