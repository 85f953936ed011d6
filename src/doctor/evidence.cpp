// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "doctor/evidence.hpp"

#include <algorithm>

#include "probe/software/libraries.hpp"

namespace trilby::doctor {
namespace {

/// Takes the number that `text` begins with, and what parts it from the next.
std::uint64_t take_number(std::string_view& text) {
    std::uint64_t number = 0;
    std::size_t digits = 0;
    while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9' && digits < 18) {
        number = number * 10 + static_cast<std::uint64_t>(text[digits++] - '0');
    }
    const bool goes_on = digits < text.size() && (text[digits] == '.' || text[digits] == '-');
    text.remove_prefix(digits > 0 && goes_on ? digits + 1 : text.size());
    return number;
}

template <class T, class Name>
const T* named(const Observed<std::vector<T>>& list, std::string_view name, Name T::*member) {
    if (!list) {
        return nullptr;
    }
    const auto entry = std::ranges::find(*list, name, member);
    return entry == list->end() ? nullptr : &*entry;
}

}  // namespace

std::string describe(const PciDevice& device) {
    const auto id = [](const Observed<std::uint16_t>& number) {
        return number ? fmt::format("{:04x}", *number) : std::string("????");
    };
    const std::string name = device.device_name ? printable(*device.device_name, 128)
                                                : fmt::format("device {}:{}", id(device.vendor_id),
                                                              id(device.device_id));
    return fmt::format("{} at {}", name, printable(device.address, 64));
}

std::vector<const PciDevice*> devices_of(const Machine& machine, std::uint16_t vendor_id) {
    std::vector<const PciDevice*> devices;
    if (machine.pci_devices) {
        for (const PciDevice& device : *machine.pci_devices) {
            if (device.vendor_id.value_or(0) == vendor_id) {
                devices.push_back(&device);
            }
        }
    }
    return devices;
}

bool has_device_of(const Machine& machine, std::uint16_t vendor_id) {
    return !devices_of(machine, vendor_id).empty();
}

bool has_bound_device(const Machine& machine, std::uint16_t vendor_id, std::string_view driver) {
    return std::ranges::any_of(devices_of(machine, vendor_id), [&](const PciDevice* device) {
        return device->driver.value_or("") == driver;
    });
}

const KernelDriver* loaded_driver(const Machine& machine, std::string_view name) {
    return named(machine.drivers, name, &KernelDriver::name);
}

bool is_driver_missing(const Machine& machine, std::string_view name) {
    return machine.drivers && loaded_driver(machine, name) == nullptr;
}

const DeviceNode* device_node(const Machine& machine, std::string_view path) {
    return named(machine.device_nodes, path, &DeviceNode::path);
}

bool is_node_missing(const Machine& machine, std::string_view path) {
    return machine.device_nodes && device_node(machine, path) == nullptr;
}

bool is_made_of_fedora(const Facts& facts) {
    return facts.system == System::fedora || facts.system == System::atomic;
}

bool is_in_container(const Machine& machine) {
    return machine.container.kind.value_or(ContainerKind::none) != ContainerKind::none;
}

bool is_file(const Surroundings& around, std::string_view path) {
    return around.file(path).value_or(false);
}

bool is_no_file(const Surroundings& around, std::string_view path) {
    return !around.file(path).value_or(true);
}

std::string boot_parameter(const Machine& machine, std::string_view key) {
    for (const std::string& word : machine.kernel.boot_parameters.value_or({})) {
        if (word.substr(0, word.find('=')) == key) {
            return word;
        }
    }
    return {};
}

bool is_boot_parameter_missing(const Machine& machine, std::string_view key) {
    return machine.kernel.boot_parameters && boot_parameter(machine, key).empty();
}

const LibraryFile* library(const Machine& machine, std::string_view name) {
    return named(machine.libraries, name, &LibraryFile::name);
}

bool is_library_missing(const Machine& machine, std::string_view name) {
    const auto& names = sources::library_names;
    return machine.libraries && std::ranges::find(names, name) != names.end() &&
           library(machine, name) == nullptr;
}

const Runtime* runtime(const Machine& machine, std::string_view name) {
    return named(machine.runtimes, name, &Runtime::name);
}

int compare_versions(std::string_view a, std::string_view b) {
    while (!a.empty() || !b.empty()) {
        const std::uint64_t first = take_number(a);
        const std::uint64_t second = take_number(b);
        if (first != second) {
            return first < second ? -1 : 1;
        }
    }
    return 0;
}

}  // namespace trilby::doctor
