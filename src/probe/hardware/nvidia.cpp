// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <fmt/format.h>
#include <optional>

#include "base/text.hpp"
#include "probe/assignments.hpp"
#include "probe/sources.hpp"
#include "probe/sysfs.hpp"

namespace trilby::sources {
namespace {

using Text = Observed<std::string>;

constexpr std::string_view gpus_path = "/proc/driver/nvidia/gpus";
constexpr std::string_view capabilities_path = "/proc/driver/nvidia/capabilities";

/// Absent if the driver reports "N/A" or question marks, its placeholders for unknown values.
Text known(const Text& value) {
    const bool is_nothing =
        value && (value->empty() || *value == "N/A" || value->find('?') != std::string::npos);
    return is_nothing ? Text::missing(Presence::absent, value.source()) : value;
}

/// The number in a name such as "gi3".
std::optional<std::uint32_t> number_after(std::string_view prefix, std::string_view name) {
    return name.starts_with(prefix) ? parse_number<std::uint32_t>(name.substr(prefix.size()))
                                    : std::nullopt;
}

/// The parts of a partitioned card (Multi-Instance GPU).
Observed<std::vector<MigInstance>> read_mig_instances(const FileTree& tree,
                                                      const Observed<std::uint32_t>& minor) {
    using Instances = Observed<std::vector<MigInstance>>;
    if (!minor) {
        return Instances::missing(minor.presence(), minor.source());
    }
    const std::string folder = fmt::format("{}/gpu{}/mig", capabilities_path, *minor);
    const auto names = tree.list(folder);
    if (!names) {
        return Instances::missing(names.presence(), names.source());
    }
    std::vector<MigInstance> instances;
    for (const std::string& name : *names) {
        if (const auto gpu_instance = number_after("gi", name)) {
            MigInstance instance{.gpu_instance = *gpu_instance, .compute_instances = {}};
            const auto inner_names = tree.list(folder + "/" + name);
            if (inner_names.is_unreadable()) {
                return Instances::missing(inner_names.presence(), inner_names.source());
            }
            for (const std::string& inner : inner_names.value_or({})) {
                if (const auto compute_instance = number_after("ci", inner)) {
                    instance.compute_instances.push_back(*compute_instance);
                }
            }
            instances.push_back(std::move(instance));
        }
    }
    return Instances::present(std::move(instances), folder);
}

NvidiaGpu read_gpu(const FileTree& tree, const std::string& address) {
    const Text text = tree.read(fmt::format("{}/{}/information", gpus_path, address));
    NvidiaGpu gpu;
    gpu.pci_address = address;
    gpu.model = known(colon_value(text, "Model"));
    gpu.video_bios = known(colon_value(text, "Video BIOS"));
    gpu.gsp_firmware = known(colon_value(text, "GPU Firmware"));
    gpu.device_minor = colon_value(text, "Device Minor").parse([](const std::string& word) {
        return parse_number<std::uint32_t>(word);
    });
    gpu.is_excluded =
        colon_value(text, "GPU Excluded").parse([](const std::string& word) -> std::optional<bool> {
            return word == "Yes"  ? std::optional(true)
                   : word == "No" ? std::optional(false)
                                  : std::nullopt;
        });
    gpu.mig_instances = read_mig_instances(tree, gpu.device_minor);
    gpu.iommu_domain =
        read_word(tree, fmt::format("{}/{}/iommu_group/type", pci_devices_path, address));
    return gpu;
}

}  // namespace

Observed<std::vector<NvidiaGpu>> read_nvidia_gpus(const FileTree& tree) {
    using Gpus = Observed<std::vector<NvidiaGpu>>;
    const auto addresses = tree.list(gpus_path);
    if (!addresses) {
        return Gpus::missing(addresses.presence(), addresses.source());
    }
    std::vector<NvidiaGpu> gpus;
    for (const std::string& address : *addresses) {
        gpus.push_back(read_gpu(tree, address));
    }
    std::ranges::sort(gpus, {}, &NvidiaGpu::pci_address);
    return Gpus::present(std::move(gpus), addresses.source());
}

}  // namespace trilby::sources
