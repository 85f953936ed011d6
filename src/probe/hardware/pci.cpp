// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>

#include "base/text.hpp"
#include "machine/accelerators.hpp"
#include "probe/hardware/pci_bars.hpp"
#include "probe/hardware/pci_link.hpp"
#include "probe/hardware/pci_names.hpp"
#include "probe/link_name.hpp"
#include "probe/sources.hpp"
#include "probe/sysfs.hpp"

namespace trilby::sources {
namespace {

template <class T>
Observed<T> read_hex(const FileTree& tree, const std::string& path) {
    return tree.read(path, attribute_limit_bytes).parse([](const std::string& text) {
        return parse_hex<T>(trim(text));
    });
}

Observed<std::uint32_t> read_count(const FileTree& tree, const std::string& path) {
    return tree.read(path, attribute_limit_bytes).parse([](const std::string& text) {
        return parse_number<std::uint32_t>(trim(text));
    });
}

/// A state, such as "active"; absent if it is "unknown".
Observed<std::string> read_state(const FileTree& tree, const std::string& path) {
    const auto word =
        tree.read(path, attribute_limit_bytes)
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
    const auto node = tree.read(path, attribute_limit_bytes).parse([](const std::string& text) {
        return parse_number<std::int32_t>(trim(text));
    });
    // The kernel's -1 means that the firmware did not say.
    return node && *node < 0 ? Observed<std::int32_t>::missing(Presence::absent, path) : node;
}

bool is_known_accelerator(const FileTree& tree, const std::string& folder) {
    const auto* vendor =
        accelerator_vendor(read_hex<std::uint16_t>(tree, folder + "/vendor").value_or(0));
    if (vendor == nullptr || vendor->devices.empty()) {
        return vendor != nullptr;
    }
    const auto device = read_hex<std::uint16_t>(tree, folder + "/device");
    return std::ranges::find(vendor->devices, device.value_or(0)) != vendor->devices.end();
}

/// Displays, accelerators, and devices whose class is unknown.
bool may_compute(const FileTree& tree, const std::string& folder,
                 const Observed<std::uint32_t>& class_code) {
    constexpr std::uint32_t display = 0x03;
    constexpr std::uint32_t processing_accelerator = 0x12;
    if (!class_code) {
        return true;
    }
    const std::uint32_t base_class = *class_code >> 16;
    return base_class == display || base_class == processing_accelerator ||
           (!is_never_accelerator(*class_code) && is_known_accelerator(tree, folder));
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
    const std::string folder = std::string(pci_devices_path) + "/" + address;
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
    device.power_state = read_state(tree, folder + "/power_state");
    read_registers(device, tree, folder);
    device.runtime_status = read_state(tree, folder + "/power/runtime_status");
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
    using Found = Observed<std::vector<PciDevice>>;
    const auto names = tree.list(pci_devices_path);
    if (!names) {
        return Found::missing(names.presence(), names.source());
    }
    std::vector<std::string> addresses = *names;
    sort_by_address(addresses);
    std::vector<PciDevice> devices;
    for (const std::string& address : addresses) {
        const std::string folder = std::string(pci_devices_path) + "/" + address;
        const auto class_code = read_hex<std::uint32_t>(tree, folder + "/class");
        if (may_compute(tree, folder, class_code)) {
            devices.push_back(read_device(tree, address, class_code));
        }
    }
    if (!devices.empty()) {
        add_names(devices, tree);
    }
    return Found::present(std::move(devices), names.source());
}

}  // namespace trilby::sources
