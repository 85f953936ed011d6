// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace trilby::tensors {

/// A tensor in the bytes of a storage, as PyTorch keeps it.
struct Strided {
    std::span<const std::int64_t> shape;
    std::span<const std::int64_t> strides;  ///< in elements
    std::int64_t offset = 0;                ///< in elements
    std::uint64_t element_bytes = 0;
};

/// Whether every element is in a storage of `storage_bytes`, and all of them together are not
/// larger than it: strides may repeat elements. False for negative numbers and for more than 64
/// extents.
[[nodiscard]] bool is_inside(const Strided& tensor, std::uint64_t storage_bytes);

/// The strides of a tensor in row-major order, in elements.
[[nodiscard]] std::vector<std::int64_t> contiguous_strides(const std::vector<std::int64_t>& shape);

/// The elements in row-major order. The tensor is inside of the storage.
[[nodiscard]] std::vector<std::byte> gather(const Strided& tensor,
                                            std::span<const std::byte> storage);
/// Writes `values`, as many as the tensor has, to their places in the storage.
void scatter(const Strided& tensor, std::span<const std::byte> values,
             std::span<std::byte> storage);

}  // namespace trilby::tensors
