// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>
#include <optional>

#include "base/text.hpp"
#include "probe/sources.hpp"
#include "probe/sysfs.hpp"

namespace trilby::sources {
namespace {

using Text = Observed<std::string>;

template <class T>
Observed<T> read_number(const FileTree& tree, const std::string& path) {
    return tree.read_trimmed(path).parse(
        [](const std::string& text) { return parse_number<T>(text); });
}

/// The version of firmware that a card does not have is 0.
Observed<std::uint32_t> read_firmware(const FileTree& tree, const std::string& path) {
    return unless_placeholder(tree.read_trimmed(path).parse(
        [](const std::string& text) { return parse_hex<std::uint32_t>(text); }));
}

/// A size that may be 0. All ones stand for no value.
Observed<std::uint64_t> read_used(const FileTree& tree, const std::string& path) {
    return read_number<std::uint64_t>(tree, path).parse([](std::uint64_t bytes) {
        return bytes != UINT64_MAX ? std::optional(bytes) : std::nullopt;
    });
}

Observed<std::uint64_t> read_total(const FileTree& tree, const std::string& path) {
    return unless_placeholder(read_number<std::uint64_t>(tree, path));
}

/// A mode is one short word in upper case, such as "NPS4".
Text read_mode(const FileTree& tree, const std::string& path) {
    return tree.read_trimmed(path).parse([](const std::string& text) {
        constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
        const bool is_mode = !text.empty() && text.size() <= 8 &&
                             text.find_first_not_of(letters) == std::string::npos;
        return is_mode ? std::optional(text) : std::nullopt;
    });
}

Text read_graphics_version(const FileTree& tree, const std::string& device) {
    const std::string folder = device + "/ip_discovery/die/0/GC/0";
    std::string version;
    for (const char* part : {"/major", "/minor", "/revision"}) {
        const auto number = read_number<std::uint32_t>(tree, folder + part);
        if (!number) {
            return Text::missing(number.presence(), number.source());
        }
        version += fmt::format("{}{}", version.empty() ? "" : ".", *number);
    }
    return Text::present(std::move(version), folder);
}

/// Not read while the card sleeps: that would wake it.
Text read_performance_level(const FileTree& tree, const PciDevice& device,
                            const std::string& path) {
    if (device.runtime_status.value_or("") == "suspended") {
        return Text::missing(Presence::absent, path);
    }
    return read_word(tree, path);
}

/// A link exists while the dump of a reset does.
Observed<bool> read_has_crash_dump(const FileTree& tree, const std::string& path) {
    const Text target = tree.link_target(path);
    return target.is_unreadable() ? Observed<bool>::missing(target.presence(), target.source())
                                  : Observed<bool>::present(target.has_value(), target.source());
}

AmdGpu read_gpu(const FileTree& tree, const PciDevice& device) {
    const std::string folder = "/sys/bus/pci/devices/" + device.address;
    return {.pci_address = device.address,
            .vram_bytes = read_total(tree, folder + "/mem_info_vram_total"),
            .gtt_bytes = read_total(tree, folder + "/mem_info_gtt_total"),
            .compute_partition = read_mode(tree, folder + "/current_compute_partition"),
            .memory_partition = read_mode(tree, folder + "/current_memory_partition"),
            .graphics_version = read_graphics_version(tree, folder),
            .compute_firmware = read_firmware(tree, folder + "/fw_version/mec_fw_version"),
            .scheduler_firmware = read_firmware(tree, folder + "/fw_version/mes_fw_version"),
            .performance_level =
                read_performance_level(tree, device, folder + "/power_dpm_force_performance_level"),
            .vram_used_bytes = read_used(tree, folder + "/mem_info_vram_used"),
            .iommu_domain = read_word(tree, folder + "/iommu_group/type"),
            .has_crash_dump = read_has_crash_dump(tree, folder + "/devcoredump")};
}

}  // namespace

Observed<std::vector<AmdGpu>> read_amd_gpus(const FileTree& tree,
                                            const Observed<std::vector<PciDevice>>& devices) {
    using Gpus = Observed<std::vector<AmdGpu>>;
    if (!devices) {
        return Gpus::missing(devices.presence(), devices.source());
    }
    std::vector<AmdGpu> gpus;
    for (const PciDevice& device : *devices) {
        if (device.driver.value_or("") == "amdgpu") {
            gpus.push_back(read_gpu(tree, device));
        }
    }
    return Gpus::present(std::move(gpus), devices.source());
}

}  // namespace trilby::sources
