// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "probe/pci_link.hpp"

#include <charconv>
#include <cmath>
#include <optional>

#include "base/text.hpp"

namespace trilby::sources {
namespace {

constexpr std::size_t file_limit_bytes = 4096;

/// "16.0 GT/s PCIe", or "8 GT/s" of older kernels.
std::optional<double> speed_from(const std::string& text) {
    const auto words = split_words(text);
    if (words.size() < 2 || words[1] != "GT/s") {
        return std::nullopt;
    }
    double speed = 0.0;
    const char* const end = words[0].data() + words[0].size();
    const auto parsed = std::from_chars(words[0].data(), end, speed);
    const bool is_speed =
        parsed.ec == std::errc{} && parsed.ptr == end && std::isfinite(speed) && speed > 0.0;
    return is_speed ? std::optional(speed) : std::nullopt;
}

Observed<double> read_speed(const platform::FileTree& tree, const std::string& path) {
    const auto text = tree.read(path, file_limit_bytes);
    // What the kernel says of a device that is switched off, or that has no link.
    if (text && text->starts_with("Unknown")) {
        return Observed<double>::missing(Presence::absent, path);
    }
    return text.parse(speed_from);
}

Observed<std::uint32_t> read_width(const platform::FileTree& tree, const std::string& path) {
    constexpr std::uint32_t unknown = 255;  // all bits of a register that does not answer
    constexpr std::uint32_t most_lanes = 32;
    const auto width = tree.read(path, file_limit_bytes).parse([](const std::string& text) {
        return parse_number<std::uint32_t>(trim(text));
    });
    if (width && (*width == 0 || *width == unknown)) {
        return Observed<std::uint32_t>::missing(Presence::absent, path);
    }
    return width.parse([](std::uint32_t lanes) {
        return lanes <= most_lanes ? std::optional(lanes) : std::nullopt;
    });
}

}  // namespace

PciLink read_pci_link(const platform::FileTree& tree, const std::string& folder) {
    return {.speed_gt_per_s = read_speed(tree, folder + "/current_link_speed"),
            .max_speed_gt_per_s = read_speed(tree, folder + "/max_link_speed"),
            .width = read_width(tree, folder + "/current_link_width"),
            .max_width = read_width(tree, folder + "/max_link_width")};
}

}  // namespace trilby::sources
