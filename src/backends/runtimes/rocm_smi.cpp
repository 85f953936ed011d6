// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// AMD's system management library. Prototypes: rocm.docs.amd.com/projects/rocm_smi_lib.

#include <array>
#include <cstdint>
#include <fmt/format.h>

#include "backends/runtimes/vendor_library.hpp"
#include "base/try.hpp"

namespace trilby::backends {
namespace {

// ROCm 7 starts again at 1, as ROCm 4 did.
constexpr std::array library_names{"librocm_smi64.so.1", "librocm_smi64.so.7", "librocm_smi64.so.6",
                                   "librocm_smi64.so.5"};

constexpr int success = 0;
constexpr int vram = 0;
constexpr int driver_component = 0;

struct Library {
    VendorLibrary file;

    Function<int(std::uint64_t)> init{file, "rsmi_init"};
    Function<int(int, const char**)> status_string{file, "rsmi_status_string"};
    Function<int(int, char*, std::uint32_t)> version_string{file, "rsmi_version_str_get"};
    Function<int(std::uint32_t*)> device_count{file, "rsmi_num_monitor_devices"};
    Function<int(std::uint32_t, char*, std::size_t)> name{file, "rsmi_dev_name_get"};
    Function<int(std::uint32_t, std::uint64_t*)> pci_id{file, "rsmi_dev_pci_id_get"};
    Function<int(std::uint32_t, int, std::uint64_t*)> memory_total{file,
                                                                   "rsmi_dev_memory_total_get"};
    Function<int(std::uint32_t, int, std::uint64_t*)> memory_used{file,
                                                                  "rsmi_dev_memory_usage_get"};
};

std::string error_text(const Library& smi, int status) {
    const char* text = nullptr;
    smi.status_string(status, &text);
    return fmt::format("{} (ROCm SMI error {})", text != nullptr ? text : "unknown error", status);
}

/// From the lowest bit: function (3), device (5), bus (8); the domain is in the upper 32 bits.
std::string address_of(std::uint64_t id) {
    return fmt::format("{:04x}:{:02x}:{:02x}.{:x}", id >> 32, id >> 8 & 0xff, id >> 3 & 0x1f,
                       id & 0x7);
}

/// A device that answers no question has a problem. One that only has no name does not.
json::object describe(const Library& smi, std::uint32_t index) {
    json::object described;
    std::array<char, 256> name{};
    const int status = smi.name(index, name.data(), name.size());
    if (status == success) {
        described["name"] = text_in(name);
    }
    if (const auto id = if_count(value_of<std::uint64_t>(smi.pci_id, index))) {
        described["pci_address"] = address_of(*id);
    }
    add(described, "memory_total_bytes",
        if_measure(value_of<std::uint64_t>(smi.memory_total, index, vram)));
    add(described, "memory_used_bytes",
        if_count(value_of<std::uint64_t>(smi.memory_used, index, vram)));
    if (described.empty()) {
        described["problem"] = error_text(smi, status);
    }
    return described;
}

std::expected<void, Refusal> check(const Library& smi, int status) {
    if (status == success) {
        return {};
    }
    return std::unexpected(Refusal{"refused", error_text(smi, status)});
}

std::expected<json::object, Refusal> query(const VendorLibrary& file) {
    const Library smi{file};
    TRILBY_CHECK(
        require(file, smi.init, smi.status_string, smi.device_count, smi.name, smi.pci_id));
    TRILBY_CHECK(check(smi, smi.init(0)));
    std::uint32_t count = 0;
    TRILBY_CHECK(check(smi, smi.device_count(&count)));
    TRILBY_TRY(devices, list_devices(count, [&](int index) {
                   return describe(smi, static_cast<std::uint32_t>(index));
               }));
    json::object answer{{"devices", std::move(devices)}};
    std::array<char, 80> version{};
    if (smi.version_string &&
        smi.version_string(driver_component, version.data(), version.size()) == success) {
        answer["driver_version"] = text_in(version);
    }
    return answer;
}

}  // namespace

const VendorRuntime rocm_smi_runtime{library_names, query};

}  // namespace trilby::backends
