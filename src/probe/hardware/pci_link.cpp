// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "probe/hardware/pci_link.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <optional>
#include <vector>

#include "base/text.hpp"
#include "probe/sysfs.hpp"

namespace trilby::sources {
namespace {

/// "16.0 GT/s PCIe", or "8 GT/s" from older kernels.
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
    const auto text = tree.read(path, attribute_limit_bytes);
    // The kernel reports this for a device that is powered down or has no link.
    if (text && text->starts_with("Unknown")) {
        return Observed<double>::missing(Presence::absent, path);
    }
    return text.parse(speed_from);
}

Observed<std::uint32_t> read_width(const platform::FileTree& tree, const std::string& path) {
    constexpr std::uint32_t unknown = 255;  // all bits of a register that does not answer
    constexpr std::uint32_t max_lanes = 32;
    const auto width = tree.read(path, attribute_limit_bytes).parse([](const std::string& text) {
        return parse_number<std::uint32_t>(trim(text));
    });
    if (width && (*width == 0 || *width == unknown)) {
        return Observed<std::uint32_t>::missing(Presence::absent, path);
    }
    return width.parse([](std::uint32_t lanes) {
        return lanes <= max_lanes ? std::optional(lanes) : std::nullopt;
    });
}

constexpr const char* speed_file = "/current_link_speed";
constexpr const char* max_speed_file = "/max_link_speed";
constexpr const char* width_file = "/current_link_width";
constexpr const char* max_width_file = "/max_link_width";

/// The bridges above a device, nearest first: sysfs nests their folders.
std::vector<std::string> bridges_above(const std::string& device_path) {
    std::vector<std::string> bridges;
    std::string_view rest = device_path;
    for (std::size_t slash = rest.rfind('/'); slash != std::string_view::npos;
         slash = rest.rfind('/')) {
        rest = rest.substr(0, slash);
        const std::string_view name = rest.substr(rest.rfind('/') + 1);
        if (std::ranges::count(name, ':') != 2) {
            break;
        }
        bridges.emplace_back(name);
    }
    return bridges;
}

Observed<std::uint16_t> read_id(const platform::FileTree& tree, const std::string& bridge,
                                const char* file) {
    return tree.read(fmt::format("{}/{}{}", pci_devices_path, bridge, file), attribute_limit_bytes)
        .parse([](const std::string& text) { return parse_hex<std::uint16_t>(trim(text)); });
}

/// Whether a bridge belongs to a card of `vendor`.
Observed<bool> is_on_card(const platform::FileTree& tree, const std::string& bridge,
                          std::uint16_t vendor) {
    constexpr std::uint16_t amd_processors = 0x1022;
    constexpr std::array<std::uint16_t, 2> vega_bridges{0x1470, 0x1471};
    const auto bridge_vendor = read_id(tree, bridge, "/vendor");
    if (bridge_vendor.value_or(0) == amd_processors) {
        return read_id(tree, bridge, "/device").parse([&](std::uint16_t device) {
            return std::optional(std::ranges::find(vega_bridges, device) != vega_bridges.end());
        });
    }
    return bridge_vendor.parse([&](std::uint16_t found) { return std::optional(found == vendor); });
}

/// The folder of the device whose link leads to the slot. On a card with a PCIe switch of its own
/// that is the upstream port of the switch: the link behind the switch is internal to the card.
Observed<std::string> outer_folder(const platform::FileTree& tree, const std::string& folder,
                                   const Observed<std::uint16_t>& vendor) {
    const auto bridges = bridges_above(tree.link_target(folder).value_or(""));
    constexpr std::size_t min_with_switch = 3;  // its two ends, and the slot's port
    if (bridges.size() < min_with_switch) {
        return Observed<std::string>::present(folder, folder);
    }
    if (!vendor) {
        return Observed<std::string>::missing(vendor.presence(), folder);
    }
    for (std::size_t i = 0; i + 1 < min_with_switch; ++i) {
        const auto is_end = is_on_card(tree, bridges[i], *vendor);
        if (is_end.is_unreadable()) {
            return Observed<std::string>::missing(is_end.presence(), folder);
        }
        if (!is_end.value_or(false)) {
            return Observed<std::string>::present(folder, folder);
        }
    }
    return Observed<std::string>::present(fmt::format("{}/{}", pci_devices_path, bridges[1]),
                                          folder);
}

}  // namespace

PciLink read_pci_link(const platform::FileTree& tree, const std::string& folder,
                      const Observed<std::uint16_t>& vendor) {
    const auto outer = outer_folder(tree, folder, vendor);
    if (!outer) {
        return missing_pci_link(outer.presence(), folder);
    }
    return {.speed_gt_per_s = read_speed(tree, *outer + speed_file),
            .max_speed_gt_per_s = read_speed(tree, *outer + max_speed_file),
            .width = read_width(tree, *outer + width_file),
            .max_width = read_width(tree, *outer + max_width_file)};
}

PciLink missing_pci_link(Presence why, const std::string& folder) {
    using Speed = Observed<double>;
    using Width = Observed<std::uint32_t>;
    return {.speed_gt_per_s = Speed::missing(why, folder + speed_file),
            .max_speed_gt_per_s = Speed::missing(why, folder + max_speed_file),
            .width = Width::missing(why, folder + width_file),
            .max_width = Width::missing(why, folder + max_width_file)};
}

}  // namespace trilby::sources
