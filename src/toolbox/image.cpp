// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "toolbox/image.hpp"

#include <array>
#include <fmt/format.h>

#include "base/text.hpp"
#include "machine/devices.hpp"
#include "machine/pci_vendors.hpp"

namespace trilby::toolbox {
namespace {

struct Vendor {
    std::uint16_t pci_id;
    Gpu gpu;
    const char* name;
    const char* image;
};

constexpr const char* general_image = "localhost/trilby-toolbox";

// In order of preference.
constexpr std::array vendors{
    Vendor{pci_vendor::nvidia, Gpu::nvidia, "NVIDIA", "localhost/trilby-toolbox-cuda"},
    Vendor{pci_vendor::amd, Gpu::amd, "AMD", general_image},
};

}  // namespace

Image choose_image(const Machine& machine) {
    for (const Vendor& vendor : vendors) {
        const auto devices = devices_of(machine, vendor.pci_id);
        if (!devices.empty()) {
            const PciDevice& device = *devices.front();
            return {vendor.image, vendor.gpu,
                    fmt::format("{} {} at {}", vendor.name,
                                printable(device.device_name.value_or("GPU"), 128),
                                printable(device.address, 64))};
        }
    }
    return {general_image, Gpu::none, "the CPU: no NVIDIA or AMD GPU is on the PCI bus"};
}

}  // namespace trilby::toolbox
