// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Conditions in which no driver is bound to an AMD GPU, or programs cannot use the driver.

#include <algorithm>
#include <array>
#include <fmt/ranges.h>

#include "doctor/evidence.hpp"
#include "doctor/module_blacklist.hpp"
#include "machine/amd.hpp"
#include "machine/containers.hpp"
#include "machine/devices.hpp"
#include "machine/software.hpp"

namespace trilby::doctor {
namespace {

constexpr const char* compute_device = "/dev/kfd";

/// A virtual function belongs to a virtual machine.
bool is_unbound(const PciDevice& device) {
    return device.driver.presence() == Presence::absent && !device.physical_function;
}

std::vector<const PciDevice*> unbound_devices(const Machine& machine) {
    auto devices = amd_compute_devices(machine);
    std::erase_if(devices, [](const PciDevice* device) { return !is_unbound(*device); });
    return devices;
}

/// A setting and the GPUs that have no driver because of it.
Evidence kept_away(std::string setting, const std::vector<const PciDevice*>& devices) {
    if (setting.empty() || devices.empty()) {
        return std::nullopt;
    }
    auto lines = driver_lines(devices);
    lines.insert(lines.begin(), std::move(setting));
    return lines;
}

bool drives_a_screen(const PciDevice& device) {
    constexpr std::uint32_t display_class = 0x03;
    return device.class_code.value_or(0) >> 16 == display_class;
}

constexpr std::string_view own_modeset = "amdgpu.modeset";

/// "amdgpu.modeset=1" overrides "nomodeset", which accelerators without a screen ignore.
Evidence no_modeset(const Facts& facts) {
    const std::string own = boot_parameter(facts.machine, own_modeset);
    const std::string all = boot_parameter(facts.machine, "nomodeset");
    auto devices = unbound_devices(facts.machine);
    if (own == "amdgpu.modeset=0") {
        return kept_away(quote_boot_parameter(facts.machine, own), devices);
    }
    std::erase_if(devices, [](const PciDevice* device) { return !drives_a_screen(*device); });
    return own.empty() ? kept_away(quote_boot_parameter(facts.machine, all), devices)
                       : std::nullopt;
}

Values modeset_word(const Facts& facts) {
    const std::string own = boot_parameter(facts.machine, own_modeset);
    return {{"word", own.empty() ? "nomodeset" : own}};
}

Evidence blacklisted(const Facts& facts) {
    return kept_away(quote_blacklist(facts.machine, "amdgpu"), unbound_devices(facts.machine));
}

Values what_blacklists(const Facts& facts) {
    return blacklist_place(facts.machine, "amdgpu");
}

/// A container does not need firmware.
Evidence no_firmware(const Facts& facts) {
    constexpr watched::Name folder = watched::files.amdgpu_firmware;
    const bool is_missing =
        facts.lacks_file(folder) && !facts.has_file(watched::files.amdgpu_firmware_unmerged);
    const bool has_tried = loaded_driver(facts.machine, "amdgpu") != nullptr;
    if (!is_missing || !has_tried || is_in_container(facts.machine)) {
        return std::nullopt;
    }
    auto lines = driver_lines(unbound_devices(facts.machine));
    if (!lines.empty()) {
        lines.insert(lines.begin(), fmt::format("{} does not exist", folder));
    }
    return found_if_any(std::move(lines));
}

Evidence no_driver(const Facts& facts) {
    return found_if_any(driver_lines(unbound_devices(facts.machine)));
}

std::vector<const PciDevice*> reserved_devices(const Machine& machine) {
    auto devices = amd_compute_devices(machine);
    std::erase_if(devices, [](const PciDevice* device) {
        return device->driver.value_or("") != "vfio-pci" || device->physical_function;
    });
    return devices;
}

Evidence set_aside(const Facts& facts) {
    return has_compute_gpu(facts.machine)
               ? std::nullopt
               : found_if_any(driver_lines(reserved_devices(facts.machine)));
}

/// The word of the kernel command line that may reserve a device, and the device.
Values reservation(const Facts& facts) {
    Values values = value_if_any("word", boot_parameter(facts.machine, "vfio-pci.ids"));
    for (const PciDevice* device : reserved_devices(facts.machine)) {
        values.push_back({"address", device->address});
    }
    return values;
}

/// A container or sandbox may lack the node although the kernel provides it, but still has its
/// class in /sys.
Evidence no_compute_device(const Facts& facts) {
    auto devices = amd_compute_devices(facts.machine);
    std::erase_if(devices, [](const PciDevice* device) {
        return device->driver.value_or("") != "amdgpu" && !is_unbound(*device);
    });
    if (!is_on_host(facts.machine) || devices.empty() ||
        !is_node_missing(facts.machine, compute_device) ||
        !facts.lacks_file(watched::files.kfd_class)) {
        return std::nullopt;
    }
    auto lines = driver_lines(devices);
    lines.insert(lines.begin(),
                 fmt::format("neither {} nor {} exists", compute_device, watched::files.kfd_class));
    return lines;
}

/// A node whose status may not be read is there. In a confined container, TRL-C014 is more
/// specific.
Evidence denied_compute_device(const Facts& facts) {
    const DeviceNode* kfd = device_node(facts.machine, compute_device);
    if (kfd == nullptr || kfd->mode.presence() != Presence::denied ||
        is_confined_container(facts)) {
        return std::nullopt;
    }
    auto lines = driver_lines(amd_compute_devices(facts.machine));
    const auto& selinux = facts.machine.kernel.selinux;
    if (!lines.empty() && selinux.value_or("") == "enforcing") {
        lines.push_back(quote(selinux));
    }
    if (!lines.empty()) {
        lines.insert(lines.begin(),
                     fmt::format("the status of {} may not be read", compute_device));
    }
    return found_if_any(std::move(lines));
}

/// The render nodes of the GPUs.
std::vector<const DeviceNode*> render_files(const Machine& machine,
                                            const std::vector<const KfdNode*>& nodes) {
    std::vector<const DeviceNode*> files;
    if (machine.drm_nodes) {
        for (const DrmNode& drm : *machine.drm_nodes) {
            const bool is_needed = std::ranges::any_of(nodes, [&](const KfdNode* node) {
                return node->drm_node.value_or("") == drm.name;
            });
            if (is_needed && drm.node) {
                files.push_back(&*drm.node);
            }
        }
    }
    return files;
}

/// One render node that can be opened is enough to compute with its GPU.
Evidence no_permission(const Facts& facts) {
    const auto nodes = amd_compute_nodes(facts.machine);
    std::vector<std::string> lines;
    const DeviceNode* kfd = device_node(facts.machine, compute_device);
    if (!nodes.empty() && kfd != nullptr && is_closed_by_its_mode(*kfd)) {
        lines.push_back(describe_closed(*kfd));
    }
    const auto files = render_files(facts.machine, nodes);
    if (std::ranges::all_of(files, is_closed_by_its_mode, [](auto* file) { return *file; })) {
        for (const DeviceNode* file : files) {
            lines.push_back(describe_closed(*file));
        }
    }
    if (!lines.empty() && facts.machine.environment.groups) {
        lines.push_back(fmt::format("groups of this process: {}",
                                    fmt::join(*facts.machine.environment.groups, " ")));
    }
    return found_if_any(std::move(lines));
}

constexpr std::array amd_driver_table{
    Condition{.id = "TRL-A002",
              .severity = Severity::blocks,
              .place = Place::host,
              .weigh = amd_card_severity,
              .find = no_modeset,
              .values = modeset_word},
    Condition{.id = "TRL-A026",
              .severity = Severity::blocks,
              .place = Place::host,
              .weigh = amd_card_severity,
              .find = blacklisted,
              .values = what_blacklists},
    Condition{.id = "TRL-A010",
              .severity = Severity::blocks,
              .place = Place::host,
              .weigh = amd_card_severity,
              .reads = {watched::files.amdgpu_firmware, watched::files.amdgpu_firmware_unmerged},
              .find = no_firmware},
    Condition{.id = "TRL-A001",
              .severity = Severity::blocks,
              .place = Place::host,
              .weigh = amd_card_severity,
              .causes = {"TRL-A002", "TRL-A026", "TRL-A010", "TRL-G040"},
              .find = no_driver},
    Condition{.id = "TRL-A025",
              .severity = Severity::hint,
              .place = Place::host,
              .find = set_aside,
              .values = reservation},
    Condition{.id = "TRL-A003",
              .severity = Severity::blocks,
              .place = Place::host,
              .weigh = amd_severity,
              .causes = {"TRL-A002", "TRL-A026", "TRL-A010", "TRL-A001", "TRL-G040"},
              .reads = {watched::files.kfd_class},
              .find = no_compute_device},
    Condition{.id = "TRL-A063",
              .severity = Severity::blocks,
              .place = Place::host,
              .weigh = amd_severity,
              .reads = {watched::texts.selinux_label},
              .find = denied_compute_device},
    Condition{.id = "TRL-A004",
              .severity = Severity::blocks,
              .place = Place::host,
              .weigh = amd_severity,
              .find = no_permission},
};

}  // namespace

std::span<const Condition> amd_driver_conditions() {
    return amd_driver_table;
}

}  // namespace trilby::doctor
