// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Numbered CPUs and NUMA nodes: the kernel's lists such as "0-3,8-11", its masks such as
/// "00000000,00000f0f", and folders such as "cpu7".

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/file_tree.hpp"

namespace trilby::sources {

using CpuNumbers = std::vector<std::uint16_t>;

/// The numbers in order; nothing if the list is empty or malformed.
[[nodiscard]] std::optional<CpuNumbers> parse_cpu_list(const std::string& list);

/// The same for a mask; its first word is for the highest numbers.
[[nodiscard]] std::optional<CpuNumbers> parse_cpu_mask(const std::string& mask);

/// The count of the numbers; nothing if the list is empty or malformed.
[[nodiscard]] std::optional<std::uint32_t> count_of_list(const std::string& list);

/// The numbers of the folders that are named `prefix` and a number; absent if there are none.
[[nodiscard]] Observed<CpuNumbers> numbered_folders(const platform::FileTree& tree,
                                                    std::string_view folder,
                                                    std::string_view prefix);

}  // namespace trilby::sources
