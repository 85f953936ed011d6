// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <utility>

#include "base/text.hpp"
#include "probe/hardware/pci_bars.hpp"
#include "probe/hardware/pci_link.hpp"
#include "probe/hardware/pci_names.hpp"
#include "probe/link_name.hpp"
#include "probe/sources.hpp"

namespace trilby::sources {
namespace {

constexpr std::string_view devices_path = "/sys/bus/pci/devices";
constexpr std::size_t id_file_limit_bytes = 4096;

template <class T>
Observed<T> read_hex(const FileTree& tree, const std::string& path) {
    return tree.read(path, id_file_limit_bytes).parse([](const std::string& text) {
        return parse_hex<T>(trim(text));
    });
}

Observed<std::uint32_t> read_count(const FileTree& tree, const std::string& path) {
    return tree.read(path, id_file_limit_bytes).parse([](const std::string& text) {
        return parse_number<std::uint32_t>(trim(text));
    });
}

/// One word from the kernel, such as "active"; absent if it is "unknown".
Observed<std::string> read_word(const FileTree& tree, const std::string& path) {
    const auto word =
        tree.read(path, id_file_limit_bytes)
            .parse([](const std::string& text) -> std::optional<std::string> {
                const auto words = split_words(text);
                const bool is_word = words.size() == 1 && words.front().size() < 32 &&
                                     std::isalpha(static_cast<unsigned char>(words.front()[0]));
                return is_word ? std::optional(std::string(words.front())) : std::nullopt;
            });
    return word && *word == "unknown" ? Observed<std::string>::missing(Presence::absent, path)
                                      : word;
}

Observed<std::int32_t> read_numa_node(const FileTree& tree, const std::string& path) {
    const auto node = tree.read(path, id_file_limit_bytes).parse([](const std::string& text) {
        return parse_number<std::int32_t>(trim(text));
    });
    // The kernel's -1 means that the firmware did not say.
    return node && *node < 0 ? Observed<std::int32_t>::missing(Presence::absent, path) : node;
}

/// AMD's NPUs have the class "signal processing", like many sensors.
bool is_amd_npu(const FileTree& tree, const std::string& folder) {
    constexpr std::array<std::uint16_t, 2> devices{0x1502, 0x17f0};
    constexpr std::uint16_t amd = 0x1022;
    return read_hex<std::uint16_t>(tree, folder + "/vendor").value_or(0) == amd &&
           std::ranges::find(devices,
                             read_hex<std::uint16_t>(tree, folder + "/device").value_or(0)) !=
               devices.end();
}

bool computes(const FileTree& tree, const std::string& folder,
              const Observed<std::uint32_t>& class_code) {
    constexpr std::uint32_t display = 0x03;
    constexpr std::uint32_t signal_processing = 0x11;
    constexpr std::uint32_t processing_accelerator = 0x12;
    const std::uint32_t base_class = class_code.value_or(0) >> 16;
    return base_class == display || base_class == processing_accelerator ||
           (base_class == signal_processing && is_amd_npu(tree, folder));
}

/// Not read while a card is powered down: reading its link or window sizes would power it up.
void read_registers(PciDevice& device, const FileTree& tree, const std::string& folder) {
    const Observed<std::string>& power = device.power_state;
    if (power.is_unreadable() || power.value_or("") == "D3cold") {
        const Presence why = power ? Presence::absent : power.presence();
        device.link = missing_pci_link(why, folder);
        device.largest_possible_bar_bytes =
            Observed<std::uint64_t>::missing(why, folder + "/resource0_resize");
        return;
    }
    device.link = read_pci_link(tree, folder, device.vendor_id);
    device.largest_possible_bar_bytes = read_largest_possible_bar(tree, folder);
}

/// Sorts by domain, bus, device and function, which are hexadecimal.
void sort_by_address(std::vector<std::string>& addresses) {
    std::ranges::sort(addresses, {}, [](const std::string& address) {
        return std::pair(address.size(), address);
    });
}

PciDevice read_device(const FileTree& tree, const std::string& address,
                      const Observed<std::uint32_t>& class_code) {
    const std::string folder = std::string(devices_path) + "/" + address;
    PciDevice device;
    device.address = address;
    device.class_code = class_code;
    device.vendor_id = read_hex<std::uint16_t>(tree, folder + "/vendor");
    device.device_id = read_hex<std::uint16_t>(tree, folder + "/device");
    device.subsystem_vendor_id = read_hex<std::uint16_t>(tree, folder + "/subsystem_vendor");
    device.subsystem_device_id = read_hex<std::uint16_t>(tree, folder + "/subsystem_device");
    device.driver = link_name(tree.link_target(folder + "/driver"));
    device.numa_node = read_numa_node(tree, folder + "/numa_node");
    device.largest_bar_bytes = read_largest_bar(tree, folder);
    device.has_unassigned_bar = read_has_unassigned_bar(tree, folder);
    device.iommu_group =
        link_name(tree.link_target(folder + "/iommu_group")).parse([](const std::string& name) {
            return parse_number<std::uint32_t>(name);
        });
    device.power_state = read_word(tree, folder + "/power_state");
    read_registers(device, tree, folder);
    device.runtime_status = read_word(tree, folder + "/power/runtime_status");
    device.virtual_functions = read_count(tree, folder + "/sriov_numvfs");
    device.max_virtual_functions = read_count(tree, folder + "/sriov_totalvfs");
    device.physical_function = link_name(tree.link_target(folder + "/physfn"));
    return device;
}

std::optional<PciId> id_of(const PciDevice& device) {
    return device.vendor_id && device.device_id
               ? std::optional(PciId{*device.vendor_id, *device.device_id})
               : std::nullopt;
}

void add_names(std::vector<PciDevice>& devices, const FileTree& tree) {
    std::vector<PciId> wanted;
    for (const PciDevice& device : devices) {
        if (const auto id = id_of(device)) {
            wanted.push_back(*id);
        }
    }
    const PciNames names(tree, wanted);
    for (PciDevice& device : devices) {
        if (const auto id = id_of(device)) {
            device.vendor_name = names.vendor(*id);
            device.device_name = names.device(*id);
        }
    }
}

}  // namespace

Observed<std::vector<PciDevice>> read_pci_devices(const FileTree& tree) {
    using Devices = Observed<std::vector<PciDevice>>;
    const auto names = tree.list(devices_path);
    if (!names) {
        return Devices::missing(names.presence(), names.source());
    }
    std::vector<std::string> addresses = *names;
    sort_by_address(addresses);
    std::vector<PciDevice> devices;
    for (const std::string& address : addresses) {
        const std::string folder = std::string(devices_path) + "/" + address;
        const auto class_code = read_hex<std::uint32_t>(tree, folder + "/class");
        if (computes(tree, folder, class_code)) {
            devices.push_back(read_device(tree, address, class_code));
        }
    }
    if (!devices.empty()) {
        add_names(devices, tree);
    }
    return Devices::present(std::move(devices), names.source());
}

}  // namespace trilby::sources
