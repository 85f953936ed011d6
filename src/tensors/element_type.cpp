// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "tensors/element_type.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <limits>

#include "base/text.hpp"
#include <trilby/safetensors.hpp>

namespace trilby::tensors {
namespace {

struct ElementType {
    std::string_view name;
    unsigned bits;
};
constexpr std::array element_types{
    ElementType{"BOOL", 8},    ElementType{"U8", 8},      ElementType{"I8", 8},
    ElementType{"F8_E4M3", 8}, ElementType{"F8_E5M2", 8}, ElementType{"F8_E8M0", 8},
    ElementType{"I16", 16},    ElementType{"U16", 16},    ElementType{"F16", 16},
    ElementType{"BF16", 16},   ElementType{"I32", 32},    ElementType{"U32", 32},
    ElementType{"F32", 32},    ElementType{"I64", 64},    ElementType{"U64", 64},
    ElementType{"F64", 64},    ElementType{"C64", 64},    ElementType{"F4", 4},
    ElementType{"F6_E2M3", 6}, ElementType{"F6_E3M2", 6}};

// Offsets in files are signed.
constexpr auto most_bytes = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());

}  // namespace

std::optional<std::uint64_t> count_elements(std::span<const std::int64_t> shape) {
    std::uint64_t count = 1;
    for (const std::int64_t extent : shape) {
        if (extent < 0 ||
            __builtin_mul_overflow(count, static_cast<std::uint64_t>(extent), &count)) {
            return std::nullopt;
        }
    }
    return count;
}

std::expected<std::uint64_t, std::string> size_of(std::string_view dtype,
                                                  std::span<const std::int64_t> shape) {
    const auto bits = safetensors::bits_of(dtype);
    if (!bits) {
        return std::unexpected(fmt::format(
            "its type is '{}', which this version of Trilby does not know", printable(dtype, 40)));
    }
    const auto elements = count_elements(shape);
    if (!elements || *elements > most_bytes / *bits) {
        return std::unexpected("its shape is larger than any file");
    }
    if (*elements * *bits % 8 != 0) {
        return std::unexpected(
            fmt::format("its {} elements of {} bits do not fill whole bytes", *elements, *bits));
    }
    return *elements * *bits / 8;
}

}  // namespace trilby::tensors

namespace trilby::safetensors {

std::optional<unsigned> bits_of(std::string_view dtype) {
    const auto* const type =
        std::ranges::find(tensors::element_types, dtype, &tensors::ElementType::name);
    return type == tensors::element_types.end() ? std::nullopt : std::optional(type->bits);
}

}  // namespace trilby::safetensors
