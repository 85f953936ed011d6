// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "report/text.hpp"
#include "report/validation.hpp"

namespace trilby::report {
namespace {

/// An object becomes "openblas, /usr/lib/libopenblas.so.0", for example.
std::string value_text(const json::value& value) {
    if (value.is_object()) {
        std::vector<std::string> parts;
        for (const auto& [key, part] : value.get_object()) {
            parts.push_back(value_text(part));
        }
        return fmt::format("{}", fmt::join(parts, ", "));
    }
    return one_line(value.is_string() ? std::string(value.get_string()) : json::serialize(value));
}

template <class T>
void add(std::vector<NamedText>& versions, std::string_view name, const Observed<T>& value) {
    if (value) {
        versions.push_back({one_line(name), one_line(fmt::format("{}", *value))});
    }
}

}  // namespace

std::vector<NamedText> library_versions(const json::object& libraries) {
    std::vector<NamedText> versions;
    for (const auto& [key, value] : libraries) {
        versions.push_back({one_line(key), value_text(value)});
    }
    return versions;
}

std::vector<NamedText> firmware_versions(const Machine& machine, const std::string& address) {
    std::vector<NamedText> versions;
    for (const KernelDriver& driver : machine.drivers.value_or({})) {
        add(versions, "driver " + driver.name, driver.version);
    }
    for (const NvidiaGpu& gpu : machine.nvidia_gpus.value_or({})) {
        if (gpu.pci_address == address) {
            add(versions, "video BIOS", gpu.video_bios);
            add(versions, "GSP firmware", gpu.gsp_firmware);
        }
    }
    for (const AmdGpu& gpu : machine.amd_gpus.value_or({})) {
        if (gpu.pci_address == address) {
            add(versions, "MEC firmware", gpu.compute_firmware);
            add(versions, "MES firmware", gpu.scheduler_firmware);
        }
    }
    for (const KfdNode& node : machine.kfd_nodes.value_or({})) {
        if (node.pci_address.value_or("") == address) {
            add(versions, "KFD firmware", node.firmware_version);
            add(versions, "SDMA firmware", node.sdma_firmware_version);
        }
    }
    return versions;
}

}  // namespace trilby::report
