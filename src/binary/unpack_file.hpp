// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Decompresses whole files.

#pragma once

#include <cstdint>
#include <optional>

#include "platform/large_file.hpp"

namespace trilby::binary {

/// The content of a file that gzip, xz or zstd has compressed, in memory. Nothing if the file is
/// not compressed or damaged, or if the content is larger than `limit_bytes`.
[[nodiscard]] std::optional<platform::LargeFile> unpack_file(const platform::LargeFile& packed,
                                                             std::uint64_t limit_bytes);

}  // namespace trilby::binary
