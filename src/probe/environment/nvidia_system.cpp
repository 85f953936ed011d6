// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Facts about NVIDIA's hardware and driver as a whole, as opposed to a single card.

#include <fmt/format.h>

#include "base/text.hpp"
#include "machine/pci_vendors.hpp"
#include "probe/environment/environment.hpp"
#include "probe/sysfs.hpp"

namespace trilby::sources {
namespace {

constexpr std::string_view cards_path = "/proc/driver/nvidia/gpus";

bool has_number(const ListReader& reader, const std::string& path, std::uint32_t number) {
    constexpr std::size_t limit_bytes = 64;
    return parse_hex<std::uint32_t>(trim(reader.text(path, limit_bytes))) == number;
}

bool is_nvswitch(const ListReader& reader, const std::string& address) {
    constexpr std::uint32_t other_bridge = 0x068000;
    const std::string folder = fmt::format("{}/{}", pci_devices_path, address);
    return has_number(reader, folder + "/class", other_bridge) &&
           has_number(reader, folder + "/vendor", pci_vendor::nvidia);
}

/// The number of a character device on a line "509 nvidia-uvm".
std::optional<std::uint32_t> major_on(std::string_view line, std::string_view device) {
    const auto words = split_words(line);
    return words.size() == 2 && words[1] == device ? parse_number<std::uint32_t>(words[0])
                                                   : std::nullopt;
}

}  // namespace

Observed<std::vector<std::string>> read_nvswitches(const FileTree& tree, UnreadPaths& unread) {
    using Addresses = std::vector<std::string>;
    const Presence cards = tree.presence(cards_path);
    if (cards != Presence::present) {
        return Observed<Addresses>::missing(cards, std::string(cards_path));
    }
    const ListReader reader(tree, FactList::nvswitches, unread);
    return tree.list(pci_devices_path).parse([&](Addresses addresses) {
        std::erase_if(addresses, [&](const std::string& one) { return !is_nvswitch(reader, one); });
        return std::optional(std::move(addresses));
    });
}

Observed<std::uint32_t> read_uvm_major(const FileTree& tree) {
    using Major = Observed<std::uint32_t>;
    const auto text = tree.read("/proc/devices");
    if (!text) {
        return Major::missing(text.presence(), text.source());
    }
    for (const std::string_view line : split_lines(*text)) {
        if (const auto major = major_on(line, "nvidia-uvm")) {
            return Major::present(*major, text.source());
        }
    }
    return Major::missing(Presence::absent, text.source());
}

}  // namespace trilby::sources
