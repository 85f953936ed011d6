// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "tensors/strided.hpp"

#include <algorithm>
#include <cstring>
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

/// Calls `visit` with the places of each element, in row-major order and in the storage, in bytes.
template <class Visit>
void for_each_element(const Strided& tensor, Visit visit) {
    const std::size_t element = tensor.element_bytes;
    const std::size_t end = count_elements(tensor.shape).value_or(0) * element;
    std::vector<std::int64_t> index(tensor.shape.size(), 0);
    for (std::size_t at = 0; at < end; at += element) {
        std::int64_t offset = tensor.offset;
        for (std::size_t i = 0; i < index.size(); ++i) {
            offset += index[i] * tensor.strides[i];
        }
        visit(at, static_cast<std::size_t>(offset) * element);
        for (std::size_t i = index.size(); i > 0 && ++index[i - 1] == tensor.shape[i - 1]; --i) {
            index[i - 1] = 0;
        }
    }
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

std::vector<std::int64_t> contiguous_strides(const std::vector<std::int64_t>& shape) {
    std::vector<std::int64_t> strides(shape.size(), 1);
    for (std::size_t i = shape.size(); i > 1; --i) {
        strides[i - 2] = strides[i - 1] * std::max<std::int64_t>(1, shape[i - 1]);
    }
    return strides;
}

std::vector<std::byte> gather(const Strided& tensor, std::span<const std::byte> storage) {
    std::vector<std::byte> values(count_elements(tensor.shape).value_or(0) * tensor.element_bytes);
    for_each_element(tensor, [&](std::size_t at, std::size_t place) {
        std::memcpy(values.data() + at, storage.data() + place, tensor.element_bytes);
    });
    return values;
}

void scatter(const Strided& tensor, std::span<const std::byte> values,
             std::span<std::byte> storage) {
    for_each_element(tensor, [&](std::size_t at, std::size_t place) {
        std::memcpy(storage.data() + place, values.data() + at, tensor.element_bytes);
    });
}

}  // namespace trilby::tensors
