// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The start of a safetensors file: the length of the header in 8 bytes, the header as JSON, and
/// spaces that align the data after it.

#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string>

#include "platform/large_file.hpp"
#include <trilby/safetensors.hpp>

namespace trilby::tensors {

inline constexpr std::size_t length_bytes = 8;
inline constexpr std::uint64_t header_limit_bytes = 100'000'000;  // the format's own limit

struct Header {
    std::vector<safetensors::TensorInfo> tensors;  ///< in the order of the JSON
    safetensors::Metadata metadata;
    std::uint64_t end_bytes = 0;  ///< where the data begin
};

/// The header of a file, or which rule of the format the file breaks.
[[nodiscard]] std::expected<Header, std::string> read_header(const platform::LargeFile& file);
/// The same for a file of `file_bytes` that begins with `start`, which has the whole header.
[[nodiscard]] std::expected<Header, std::string> read_header(std::span<const std::byte> start,
                                                             std::uint64_t file_bytes);

/// Everything before the data.
[[nodiscard]] std::string make_start(std::span<const safetensors::TensorView> tensors,
                                     const safetensors::Metadata& metadata);

}  // namespace trilby::tensors
