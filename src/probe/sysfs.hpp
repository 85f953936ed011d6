// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What the readers of sysfs share.

#pragma once

#include <concepts>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "base/text.hpp"
#include "platform/file_tree.hpp"

namespace trilby::sources {

inline constexpr std::string_view pci_devices_path = "/sys/bus/pci/devices";

/// The kernel gives an attribute at most one page.
inline constexpr std::size_t attribute_limit_bytes = 4096;

/// Absent if the driver reports 0 or all ones, its placeholders for a number that it does not know.
template <std::unsigned_integral T>
[[nodiscard]] Observed<T> unless_placeholder(const Observed<T>& number) {
    const bool is_value = number && *number != 0 && *number != std::numeric_limits<T>::max();
    return number && !is_value ? Observed<T>::missing(Presence::absent, number.source()) : number;
}

/// The only word of an attribute, such as "DMA-FQ".
[[nodiscard]] inline Observed<std::string> read_word(const platform::FileTree& tree,
                                                     const std::string& path) {
    return tree.read_trimmed(path).parse([](const std::string& text) {
        const bool is_word = split_words(text).size() == 1 && text.size() <= 32;
        return is_word ? std::optional(text) : std::nullopt;
    });
}

}  // namespace trilby::sources
