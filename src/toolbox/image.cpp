// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "toolbox/image.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "base/text.hpp"

namespace trilby::toolbox {
namespace {

struct Vendor {
    std::uint16_t pci_id;
    Gpu gpu;
    const char* name;
    const char* image;
};

constexpr const char* general_image = "localhost/trilby-toolbox";

// Most wanted first.
constexpr std::array vendors{
    Vendor{0x10de, Gpu::nvidia, "NVIDIA", "localhost/trilby-toolbox-cuda"},
    Vendor{0x1002, Gpu::amd, "AMD", general_image},
};

const PciDevice* first_device_of(const Machine& machine, std::uint16_t vendor_id) {
    if (!machine.pci_devices) {
        return nullptr;
    }
    const auto found = std::ranges::find_if(*machine.pci_devices, [&](const PciDevice& device) {
        return device.vendor_id && *device.vendor_id == vendor_id;
    });
    return found == machine.pci_devices->end() ? nullptr : &*found;
}

}  // namespace

Image choose_image(const Machine& machine) {
    for (const Vendor& vendor : vendors) {
        if (const PciDevice* device = first_device_of(machine, vendor.pci_id)) {
            return {vendor.image, vendor.gpu,
                    fmt::format("{} {} at {}", vendor.name,
                                printable(device->device_name.value_or("GPU"), 128),
                                printable(device->address, 64))};
        }
    }
    return {general_image, Gpu::none, "the CPU: no GPU of NVIDIA or AMD is on the PCI bus"};
}

}  // namespace trilby::toolbox
