// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// AMD's system management library. Prototypes: rocm.docs.amd.com/projects/rocm_smi_lib.

#include <array>
#include <cstdint>
#include <fmt/format.h>

#include "backends/runtimes/vendor_library.hpp"

namespace trilby::backends {
namespace {

// ROCm 7 numbers from 1 again, as ROCm 4 did.
constexpr std::array names{"librocm_smi64.so.1", "librocm_smi64.so.7", "librocm_smi64.so.6",
                           "librocm_smi64.so.5"};

constexpr int success = 0;
constexpr int vram = 0;
constexpr int driver_component = 0;

struct Functions {
    int (*init)(std::uint64_t);
    int (*status_string)(int, const char**);
    int (*device_count)(std::uint32_t*);
    int (*name)(std::uint32_t, char*, std::size_t);
    int (*pci_id)(std::uint32_t, std::uint64_t*);
    int (*memory_total)(std::uint32_t, int, std::uint64_t*);
    int (*memory_used)(std::uint32_t, int, std::uint64_t*);
    int (*version_string)(int, char*, std::uint32_t);
};

Functions bind(VendorLibrary& library) {
    Functions smi{};
    library.require(smi.init, "rsmi_init");
    library.require(smi.status_string, "rsmi_status_string");
    library.require(smi.device_count, "rsmi_num_monitor_devices");
    library.require(smi.name, "rsmi_dev_name_get");
    library.require(smi.pci_id, "rsmi_dev_pci_id_get");
    library.find(smi.memory_total, "rsmi_dev_memory_total_get");
    library.find(smi.memory_used, "rsmi_dev_memory_usage_get");
    library.find(smi.version_string, "rsmi_version_str_get");
    return smi;
}

std::string error_text(const Functions& smi, int status) {
    const char* text = nullptr;
    smi.status_string(status, &text);
    return fmt::format("{} (ROCm SMI error {})", text != nullptr ? text : "unknown error", status);
}

/// The number packs domain, bus, device and function; bits 28 to 31 are the partition.
std::string address_of(std::uint64_t id) {
    return fmt::format("{:04x}:{:02x}:{:02x}.{:x}", id >> 32, id >> 8 & 0xff, id >> 3 & 0x1f,
                       id & 0x7);
}

json::object describe(const Functions& smi, std::uint32_t index) {
    json::object described;
    std::array<char, 256> name{};
    if (const int status = smi.name(index, name.data(), name.size()); status != success) {
        described["problem"] = error_text(smi, status);
        return described;
    }
    described["name"] = text_in(name);
    std::uint64_t id = 0;
    if (smi.pci_id(index, &id) == success) {
        described["pci_address"] = address_of(id);
    }
    std::uint64_t bytes = 0;
    if (smi.memory_total != nullptr && smi.memory_total(index, vram, &bytes) == success) {
        described["memory_total_bytes"] = bytes;
    }
    if (smi.memory_used != nullptr && smi.memory_used(index, vram, &bytes) == success) {
        described["memory_used_bytes"] = bytes;
    }
    return described;
}

std::expected<json::object, Refusal> ask(VendorLibrary& library) {
    const Functions smi = bind(library);
    if (const auto usable = library.check(); !usable) {
        return std::unexpected(usable.error());
    }
    std::uint32_t count = 0;
    int status = smi.init(0);
    if (status == success) {
        status = smi.device_count(&count);
    }
    if (status != success) {
        return std::unexpected(Refusal{"refused", error_text(smi, status)});
    }
    auto devices = list_devices(
        count, [&](int index) { return describe(smi, static_cast<std::uint32_t>(index)); });
    if (!devices) {
        return std::unexpected(devices.error());
    }
    json::object answer{{"devices", std::move(*devices)}};
    std::array<char, 80> version{};
    if (smi.version_string != nullptr &&
        smi.version_string(driver_component, version.data(), version.size()) == success) {
        answer["driver_version"] = text_in(version);
    }
    return answer;
}

}  // namespace

const VendorRuntime rocm_smi{names, ask};

}  // namespace trilby::backends
