// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "tensors/strided.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "tensors/element_type.hpp"

namespace trilby::tensors {
namespace {

constexpr std::size_t most_extents = 64;  // as NumPy

bool has_negative(std::span<const std::int64_t> numbers) {
    return std::ranges::any_of(numbers, [](std::int64_t number) { return number < 0; });
}

/// The elements of the storage up to the tensor's last one; nothing if they are too many.
std::optional<std::int64_t> extent(const Strided& tensor) {
    std::int64_t last = tensor.offset;
    for (std::size_t i = 0; i < tensor.shape.size(); ++i) {
        std::int64_t reach = 0;
        if (tensor.shape[i] == 0) {
            return 0;
        }
        if (__builtin_mul_overflow(tensor.shape[i] - 1, tensor.strides[i], &reach) ||
            __builtin_add_overflow(last, reach, &last)) {
            return std::nullopt;
        }
    }
    return __builtin_add_overflow(last, 1, &last) ? std::nullopt : std::optional(last);
}

}  // namespace

bool is_inside(const Strided& tensor, std::uint64_t storage_bytes) {
    if (tensor.shape.size() != tensor.strides.size() || tensor.shape.size() > most_extents ||
        tensor.offset < 0 || has_negative(tensor.shape) || has_negative(tensor.strides)) {
        return false;
    }
    const auto reached = extent(tensor);
    const auto elements = count_elements(tensor.shape);
    const std::uint64_t present = storage_bytes / tensor.element_bytes;
    return reached && elements && std::cmp_less_equal(*reached, present) && *elements <= present;
}

}  // namespace trilby::tensors
