// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <string_view>
#include <utility>

#include "base/units.hpp"
#include "report/text.hpp"
#include "report/validation.hpp"

namespace trilby::report {
namespace {

/// How people call the keys; a key without a name is not shown.
struct KeyName {
    std::string_view key;
    std::string_view name;
};
constexpr auto key_names = std::to_array<KeyName>({{"libtorch", "LibTorch"},
                                                   {"blas", "BLAS"},
                                                   {"onednn", "oneDNN"},
                                                   {"onednn_version", "oneDNN version"},
                                                   {"openmp", "OpenMP"},
                                                   {"threads", ""},  // the subject has them
                                                   {"gpu", "GPU runtime"}});

std::string name_of(std::string_view key) {
    const auto known = std::ranges::find(key_names, key, &KeyName::key);
    return known == key_names.end() ? one_line(key) : std::string(known->name);
}

/// An object becomes "openblas, /usr/lib/libopenblas.so.0", for example.
std::string value_text(const json::value& value) {
    if (value.is_bool()) {
        return value.get_bool() ? "yes" : "no";
    }
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
    if (!value) {
        return;
    }
    NamedText version{one_line(name), one_line(fmt::format("{}", *value))};
    const auto is_same = [&](const NamedText& other) {  // the parts of a card have one firmware
        return other.name == version.name && other.text == version.text;
    };
    if (std::ranges::none_of(versions, is_same)) {
        versions.push_back(std::move(version));
    }
}

}  // namespace

std::string backend_text(const validate::Subject& subject) {
    const auto threads = static_cast<std::uint64_t>(std::max<std::int64_t>(0, subject.threads));
    return fmt::format("{}, device {}, {}", subject.backend, subject.device,
                       counted(threads, "CPU thread", "CPU threads"));
}

std::vector<NamedText> library_versions(const json::object& libraries) {
    std::vector<NamedText> versions;
    for (const auto& [key, value] : libraries) {
        if (std::string name = name_of(key); !name.empty()) {
            versions.push_back({std::move(name), value_text(value)});
        }
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
