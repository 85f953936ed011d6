// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "probe/hardware/pci_bars.hpp"

#include <algorithm>
#include <bit>
#include <fmt/format.h>
#include <optional>
#include <vector>

#include "base/text.hpp"
#include "probe/sysfs.hpp"

namespace trilby::sources {
namespace {

constexpr std::size_t bar_count = 6;  // the lines after them are ROM and bridge windows

/// A line "FIRST LAST FLAGS" of hexadecimal numbers.
struct Window {
    std::uint64_t first;
    std::uint64_t last;
    std::uint64_t flags;

    /// Of memory, as opposed to I/O ports, and used.
    [[nodiscard]] bool is_memory() const {
        constexpr std::uint64_t memory_flag = 0x200;
        return (flags & memory_flag) != 0 && last > first;
    }
    /// The kernel found no room for it, or the firmware gave it no address.
    [[nodiscard]] bool is_unassigned() const {
        constexpr std::uint64_t unset_flag = 0x20000000;
        return is_memory() && ((flags & unset_flag) != 0 || first == 0);
    }
};

std::optional<Window> parse_window(std::string_view line) {
    const auto words = split_words(line);
    if (words.size() != 3) {
        return std::nullopt;
    }
    const auto first = parse_hex<std::uint64_t>(words[0]);
    const auto last = parse_hex<std::uint64_t>(words[1]);
    const auto flags = parse_hex<std::uint64_t>(words[2]);
    if (!first || !last || !flags || *last < *first || *last - *first == UINT64_MAX) {
        return std::nullopt;
    }
    return Window{*first, *last, *flags};
}

std::optional<std::vector<Window>> parse_windows(const std::string& text) {
    std::vector<Window> windows;
    for (const std::string_view line : split_lines(text)) {
        if (windows.size() == bar_count) {
            break;
        }
        const auto window = parse_window(line);
        if (!window) {
            return std::nullopt;
        }
        windows.push_back(*window);
    }
    return windows.empty() ? std::nullopt : std::optional(windows);
}

Observed<std::vector<Window>> read_windows(const platform::FileTree& tree,
                                           const std::string& folder) {
    return tree.read(folder + "/resource", attribute_limit_bytes).parse(parse_windows);
}

/// The largest size in a mask, where bit n means 2^n MiB.
std::optional<std::uint64_t> largest_of_mask(const std::string& text) {
    constexpr unsigned mebibyte_bits = 20;
    const std::string_view digits = trim(text);
    const auto mask = digits.starts_with("0x") ? parse_hex<std::uint64_t>(digits)
                                               : parse_number<std::uint64_t>(digits, 16);
    const auto bits = static_cast<unsigned>(std::bit_width(mask.value_or(0)));
    if (bits == 0 || bits - 1 + mebibyte_bits > 63) {
        return std::nullopt;
    }
    return std::uint64_t{1} << (bits - 1 + mebibyte_bits);
}

}  // namespace

Observed<std::uint64_t> read_largest_bar(const platform::FileTree& tree,
                                         const std::string& folder) {
    return read_windows(tree, folder).parse([](const std::vector<Window>& windows) {
        std::uint64_t largest = 0;
        for (const Window& window : windows) {
            largest = std::max(largest, window.is_memory() ? window.last - window.first + 1 : 0);
        }
        return std::optional(largest);
    });
}

Observed<bool> read_has_unassigned_bar(const platform::FileTree& tree, const std::string& folder) {
    return read_windows(tree, folder).parse([](const std::vector<Window>& windows) {
        return std::optional(std::ranges::any_of(windows, &Window::is_unassigned));
    });
}

Observed<std::uint64_t> read_largest_possible_bar(const platform::FileTree& tree,
                                                  const std::string& folder) {
    auto largest = Observed<std::uint64_t>::missing(Presence::absent, folder + "/resource0_resize");
    for (std::size_t i = 0; i < bar_count; ++i) {
        const auto size =
            tree.read(fmt::format("{}/resource{}_resize", folder, i), attribute_limit_bytes)
                .parse(largest_of_mask);
        if (size.is_unreadable()) {
            return size;  // it may be the largest
        }
        if (size.value_or(0) > largest.value_or(0)) {
            largest = size;
        }
    }
    return largest;
}

}  // namespace trilby::sources
