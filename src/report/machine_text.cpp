// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/units.hpp"
#include "report/text.hpp"

namespace trilby::report {
namespace {

std::string text_of(const Observed<std::string>& fact, const char* otherwise) {
    return fact ? one_line(*fact) : std::string(otherwise);
}

std::string system_line(const OperatingSystem& os) {
    return fmt::format("{}, kernel {}", text_of(os.pretty_name, "unknown operating system"),
                       text_of(os.kernel_release, "unknown"));
}

std::string container_line(const Container& container) {
    if (!container.kind) {
        return "unknown";
    }
    const std::string image =
        container.image ? fmt::format(", image {}", one_line(*container.image)) : "";
    return fmt::format("{}{}", container_name(*container.kind), image);
}

std::string cpu_count(const Cpu& cpu) {
    if (!cpu.usable_cpus) {
        return "an unknown number of CPUs";
    }
    const bool is_limited = cpu.logical_cpus_online && *cpu.usable_cpus < *cpu.logical_cpus_online;
    return is_limited
               ? fmt::format("{} of {} CPUs usable", *cpu.usable_cpus, *cpu.logical_cpus_online)
               : fmt::format("{} CPU{}", *cpu.usable_cpus, *cpu.usable_cpus == 1 ? "" : "s");
}

std::string cpu_line(const Cpu& cpu) {
    const Observed<std::string>& kind = cpu.isa_level ? cpu.isa_level : cpu.architecture;
    return fmt::format("{}, {}, {}",
                       cpu.model ? one_line(*cpu.model) : text_of(cpu.vendor, "unknown model"),
                       cpu_count(cpu), text_of(kind, "unknown architecture"));
}

/// Of the many, those that decide how fast tensors are.
std::string feature_line(const Cpu& cpu) {
    constexpr std::array<std::string_view, 11> telling{
        "avx2",     "fma",     "avx512f", "avx512_vnni", "avx512_bf16", "avx512_fp16",
        "amx_bf16", "asimddp", "sve",     "i8mm",        "bf16"};
    if (!cpu.features) {
        return "unknown";
    }
    std::vector<std::string_view> shown;
    for (const std::string_view name : telling) {
        if (std::ranges::find(*cpu.features, name) != cpu.features->end()) {
            shown.push_back(name);
        }
    }
    return shown.empty() ? "none that speeds up tensors" : fmt::format("{}", fmt::join(shown, " "));
}

std::string memory_line(const Memory& memory) {
    const auto amount = [](const Observed<std::uint64_t>& bytes) {
        return bytes ? format_bytes(*bytes) : std::string("unknown");
    };
    std::string line = fmt::format("{}, {} available, {} swap", amount(memory.total_bytes),
                                   amount(memory.available_bytes), amount(memory.swap_total_bytes));
    if (memory.control_group_limit_bytes) {
        line += fmt::format("; this process is limited to {}",
                            format_bytes(*memory.control_group_limit_bytes));
    }
    return line;
}

std::string driver_text(const PciDevice& device, const Machine& machine) {
    if (!device.driver) {
        return device.driver.presence() == Presence::absent ? "no driver bound" : "driver unknown";
    }
    std::string text = fmt::format("driver {}", one_line(*device.driver));
    const auto& drivers = machine.drivers;
    if (drivers) {
        const auto found = std::ranges::find(*drivers, *device.driver, &KernelDriver::name);
        if (found != drivers->end() && found->version) {
            text += fmt::format(" {}", one_line(*found->version, 64));
        }
        if (found != drivers->end() && found->flavour) {
            text += fmt::format(" ({})", *found->flavour);
        }
    }
    return text;
}

std::string node_text(const DrmNode& drm) {
    if (!drm.node) {
        return fmt::format("{} missing", drm.node.source());
    }
    const Observed<bool>& may_open = drm.node->may_open;
    return may_open && !*may_open ? drm.node->path + " (no permission)" : drm.node->path;
}

std::string nodes_of(const PciDevice& device, const Machine& machine) {
    std::string text;
    if (machine.drm_nodes && machine.device_nodes) {
        for (const DrmNode& drm : *machine.drm_nodes) {
            if (drm.pci_address.value_or("") == device.address) {
                text += fmt::format(", {}", one_line(node_text(drm)));
            }
        }
    }
    return text;
}

std::string device_name(const PciDevice& device) {
    if (device.device_name) {
        return fmt::format("{} {}", text_of(device.vendor_name, ""), one_line(*device.device_name));
    }
    const auto id = [](const Observed<std::uint16_t>& number) {
        return number ? fmt::format("{:04x}", *number) : std::string("????");
    };
    return fmt::format("{} device {}:{}", text_of(device.vendor_name, "unnamed"),
                       id(device.vendor_id), id(device.device_id));
}

std::string device_rows(const Machine& machine, const Style& style) {
    if (!machine.pci_devices) {
        return row("GPU",
                   fmt::format("unknown: {} is {}", machine.pci_devices.source(),
                               "not there or cannot be read"),
                   style);
    }
    if (machine.pci_devices->empty()) {
        return row("GPU", "none on the PCI bus", style);
    }
    std::string out;
    for (const PciDevice& device : *machine.pci_devices) {
        constexpr std::uint32_t display = 0x03;
        const bool is_display = device.class_code.value_or(0) >> 16 == display;
        out += row(is_display ? "GPU" : "Accel", device_name(device), style);
        out += row("",
                   fmt::format("{}, {}{}", one_line(device.address), driver_text(device, machine),
                               nodes_of(device, machine)),
                   style);
    }
    return out;
}

std::string node_row(const Machine& machine, const Style& style) {
    if (!machine.device_nodes || machine.device_nodes->empty()) {
        return "";
    }
    std::vector<std::string> nodes;
    for (const DeviceNode& node : *machine.device_nodes) {
        const bool is_closed = node.may_open && !*node.may_open;
        nodes.push_back(one_line(node.path) + (is_closed ? " (no permission)" : ""));
    }
    return row("Nodes", fmt::format("{}", fmt::join(nodes, ", ")), style);
}

}  // namespace

std::string to_text(const Machine& machine, const Style& style) {
    std::string out = row("System", system_line(machine.os), style);
    if (machine.container.kind.value_or(ContainerKind::unknown) != ContainerKind::none) {
        out += row("Container", container_line(machine.container), style);
    }
    out += row("CPU", cpu_line(machine.cpu), style);
    out += row("", feature_line(machine.cpu), style);
    out += row("Memory", memory_line(machine.memory), style);
    out += device_rows(machine, style);
    out += node_row(machine, style);
    return out;
}

}  // namespace trilby::report
