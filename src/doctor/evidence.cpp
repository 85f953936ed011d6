// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "doctor/evidence.hpp"

#include "machine/amd.hpp"
#include "machine/devices.hpp"

namespace trilby::doctor {
namespace {

std::string driver_link(const PciDevice& device) {
    return fmt::format("/sys/bus/pci/devices/{}/driver", printable(device.address, 64));
}

}  // namespace

std::string quote_message(const Runtime& runtime) {
    return fmt::format("{}: {}", printable(runtime.name, 32),
                       printable(runtime.message.value_or(""), 256));
}

std::string quote(const SettingLine& setting) {
    return fmt::format("{}: {}", printable(setting.path, 256), printable(setting.text, 256));
}

std::string quote_boot_parameter(const Machine& machine, const std::string& word) {
    return word.empty()
               ? word
               : fmt::format("{}: {}", printable(machine.kernel.boot_parameters.source(), 256),
                             printable(word, 256));
}

std::string describe_closed(const DeviceNode& node) {
    return fmt::format("{}: {}", printable(node.path, 128), permissions_of(node));
}

std::string bound_to(const PciDevice& device) {
    return fmt::format("{} is bound to {} ({})", describe(device),
                       printable(device.driver.value_or(""), 64), driver_link(device));
}

std::string bound_to_nothing(const PciDevice& device) {
    return fmt::format("{} is not bound to a driver (there is no {})", describe(device),
                       driver_link(device));
}

std::string bound_if_any(const PciDevice& device) {
    return device.driver ? bound_to(device) : bound_to_nothing(device);
}

std::vector<std::string> driver_lines(const std::vector<const PciDevice*>& devices) {
    std::vector<std::string> lines;
    for (const PciDevice* device : devices) {
        lines.push_back(fmt::format("{} is bound to {} ({})", describe(*device),
                                    printable(device->driver.value_or("no driver"), 64),
                                    printable(device->driver.source(), 256)));
    }
    return lines;
}

Values build_folder(const std::vector<const KfdNode*>& nodes) {
    for (const KfdNode* node : nodes) {
        const std::string target = node->gfx_target.value_or("");
        const std::string_view folder = amd_build_folder(target);
        if (!folder.empty()) {
            return {{"folder", std::string(folder)}};
        }
    }
    return {};
}

void add_build_folder(std::vector<std::string>& lines, std::string_view target) {
    const std::string_view folder = amd_build_folder(target);
    if (!folder.empty()) {
        lines.push_back(fmt::format("AMD's builds for {} are in the folder {}", target, folder));
    }
}

}  // namespace trilby::doctor
