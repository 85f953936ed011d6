// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Numbers in files and messages: the lowest byte first.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace trilby {

/// The lowest `bytes` bytes of a number, at most 8.
[[nodiscard]] std::string encode_little_endian(std::uint64_t number, std::size_t bytes);
/// At most 8 bytes.
[[nodiscard]] std::uint64_t decode_little_endian(std::string_view bytes);

}  // namespace trilby
