// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Reads numbers and strings in binary files, independent of this machine's byte order.

#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace trilby::binary {

/// A little-endian number; `bytes` must hold at least its size.
template <std::unsigned_integral T>
[[nodiscard]] T number_at(std::string_view bytes, std::size_t offset) {
    T value = 0;
    for (std::size_t i = sizeof(T); i > 0; --i) {
        value = static_cast<T>((value << 8U) | static_cast<unsigned char>(bytes[offset + i - 1]));
    }
    return value;
}

/// The zero-terminated string at `offset`; nothing if it has no end or is not text.
[[nodiscard]] inline std::optional<std::string> string_at(std::string_view bytes,
                                                          std::size_t offset) {
    const auto is_control = [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    };
    const std::string_view rest = bytes.substr(std::min(offset, bytes.size()));
    const std::size_t length = rest.find('\0');
    if (length == std::string_view::npos ||
        std::ranges::any_of(rest.substr(0, length), is_control)) {
        return std::nullopt;
    }
    return std::string(rest.substr(0, length));
}

}  // namespace trilby::binary
