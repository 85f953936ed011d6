// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>
#include <span>

namespace trilby::tensors {

/// A tensor in the bytes of a storage, as PyTorch keeps it.
struct Strided {
    std::span<const std::int64_t> shape;
    std::span<const std::int64_t> strides;  ///< in elements
    std::int64_t offset = 0;                ///< in elements
    std::uint64_t element_bytes = 0;
};

/// Whether every element is in a storage of so many bytes, and all of them together are not larger
/// than it: strides may repeat elements. False for negative numbers and for more than 64 extents.
[[nodiscard]] bool is_inside(const Strided& tensor, std::uint64_t storage_bytes);

}  // namespace trilby::tensors
