// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Decompresses the start of compressed data.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace trilby::binary {

/// Up to `limit_bytes` of the decompressed data, as far as `packed` reaches; empty if invalid.
[[nodiscard]] std::string unzstd_start(std::string_view packed, std::size_t limit_bytes);
[[nodiscard]] std::string inflate_start(std::string_view packed, std::size_t limit_bytes);

}  // namespace trilby::binary
