// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace trilby::tensors {

/// The product of the extents; nothing if it, or a product on the way, is too large or negative.
[[nodiscard]] std::optional<std::uint64_t> count_elements(std::span<const std::int64_t> shape);

/// The bytes of a tensor, or why there is no such tensor.
[[nodiscard]] std::expected<std::uint64_t, std::string> size_of(
    std::string_view dtype, std::span<const std::int64_t> shape);

}  // namespace trilby::tensors
