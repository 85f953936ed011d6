// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "probe/hardware/cpu_list.hpp"

#include <algorithm>
#include <string_view>

#include "base/text.hpp"

namespace trilby::sources {

std::optional<CpuNumbers> parse_cpu_list(const std::string& list) {
    constexpr std::size_t count_limit = 65'536;
    CpuNumbers numbers;
    for (std::size_t begin = 0; begin <= list.size();) {
        const std::size_t comma = std::min(list.find(',', begin), list.size());
        const std::string_view range = std::string_view(list).substr(begin, comma - begin);
        const std::size_t dash = range.find('-');
        const auto first = parse_number<std::uint16_t>(range.substr(0, dash));
        const auto last = dash == std::string_view::npos
                              ? first
                              : parse_number<std::uint16_t>(range.substr(dash + 1));
        if (!first || !last || *last < *first || numbers.size() + (*last - *first) >= count_limit) {
            return std::nullopt;
        }
        for (std::uint32_t number = *first; number <= *last; ++number) {
            numbers.push_back(static_cast<std::uint16_t>(number));
        }
        begin = comma + 1;
    }
    return numbers;
}

std::optional<CpuNumbers> parse_cpu_mask(const std::string& mask) {
    constexpr std::size_t word_bits = 32;
    constexpr std::size_t word_limit = 65'536 / word_bits;
    CpuNumbers numbers;
    std::string_view left = mask;
    for (std::size_t word = 0; word < word_limit; ++word) {
        const std::size_t comma = left.rfind(',');
        const bool is_first = comma == std::string_view::npos;
        const auto bits = parse_number<std::uint32_t>(left.substr(is_first ? 0 : comma + 1), 16);
        if (!bits) {
            return std::nullopt;
        }
        for (std::size_t bit = 0; bit < word_bits; ++bit) {
            if ((*bits >> bit & 1U) != 0) {
                numbers.push_back(static_cast<std::uint16_t>(word * word_bits + bit));
            }
        }
        if (is_first) {
            return numbers.empty() ? std::nullopt : std::optional(numbers);
        }
        left = left.substr(0, comma);
    }
    return std::nullopt;
}

std::optional<std::uint32_t> count_of_list(const std::string& list) {
    const auto numbers = parse_cpu_list(list);
    return numbers ? std::optional(static_cast<std::uint32_t>(numbers->size())) : std::nullopt;
}

Observed<CpuNumbers> numbered_folders(const platform::FileTree& tree, std::string_view folder,
                                      std::string_view prefix) {
    const auto names = tree.list(folder);
    CpuNumbers numbers;
    for (const std::string_view name : names.value_or({})) {
        const auto number = name.starts_with(prefix)
                                ? parse_number<std::uint16_t>(name.substr(prefix.size()))
                                : std::nullopt;
        if (number) {
            numbers.push_back(*number);
        }
    }
    const Presence why = names ? Presence::absent : names.presence();
    return numbers.empty() ? Observed<CpuNumbers>::missing(why, names.source())
                           : Observed<CpuNumbers>::present(std::move(numbers), names.source());
}

}  // namespace trilby::sources
