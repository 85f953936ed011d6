// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/runtimes/nvml.hpp"

#include <fmt/format.h>

#include "base/try.hpp"

namespace trilby::backends {
namespace nvml {

std::string Library::error_text(int status) const {
    const char* text = error_string(status);
    return fmt::format("{} (NVML error {})", text != nullptr ? text : "unknown error", status);
}

std::expected<void, Refusal> Library::check(int status) const {
    if (status == success) {
        return {};
    }
    return std::unexpected(Refusal{
        status == driver_and_library_differ ? "wrong_version" : "refused", error_text(status)});
}

std::optional<bool> is_partitioned(const Library& nvml, Device device) {
    unsigned current = 0;
    unsigned pending = 0;
    if (!nvml.mig_mode || nvml.mig_mode(device, &current, &pending) != success) {
        return std::nullopt;
    }
    return current != 0;
}

namespace {

void add_identity(json::object& described, const Library& nvml, Device device) {
    std::array<char, 96> name{};
    if (nvml.name(device, name.data(), name.size()) == success) {
        described["name"] = text_in(name);
    }
    if (const auto pci = value_of<PciInfo>(nvml.pci_info, device)) {
        described["pci_address"] = pci_address_in(text_in(pci->bus_id));
    }
}

void add_abilities(json::object& described, const Library& nvml, Device device) {
    if (const auto memory = value_of<MemoryInfo>(nvml.memory, device)) {
        add(described, "memory_total_bytes", if_measure(std::optional(memory->total)));
        add(described, "memory_used_bytes", if_count(std::optional(memory->used)));
    }
    int major = 0;
    int minor = 0;
    if (nvml.compute_capability && nvml.compute_capability(device, &major, &minor) == success) {
        described["architecture"] = fmt::format("{}.{}", major, minor);
    }
}

void add_modes(json::object& described, const Library& nvml, Device device) {
    add(described, "is_partitioned", is_partitioned(nvml, device));
    int ecc = 0;
    int pending_ecc = 0;
    if (nvml.ecc_mode && nvml.ecc_mode(device, &ecc, &pending_ecc) == success) {
        described["has_ecc"] = ecc != 0;
    }
}

json::object describe(const Library& nvml, int index) {
    Device device = nullptr;
    const int status = nvml.device_by_index(static_cast<unsigned>(index), &device);
    if (status != success) {
        return {{"problem", nvml.error_text(status)}};
    }
    json::object described;
    add_identity(described, nvml, device);
    add_abilities(described, nvml, device);
    add_modes(described, nvml, device);
    return described;
}

void add_versions(json::object& answer, const Library& nvml) {
    std::array<char, 80> version{};
    if (nvml.driver_version && nvml.driver_version(version.data(), version.size()) == success) {
        answer["driver_version"] = text_in(version);
    }
    if (const auto cuda = value_of<int>(nvml.cuda_version)) {
        answer["api_version"] = cuda_version_text(*cuda);
    }
}

std::expected<json::object, Refusal> query(const VendorLibrary& file) {
    const Library nvml{file};
    TRILBY_CHECK(require(file, nvml.init, nvml.error_string, nvml.device_count,
                         nvml.device_by_index, nvml.name, nvml.pci_info));
    TRILBY_CHECK(nvml.check(nvml.init()));
    unsigned count = 0;
    TRILBY_CHECK(nvml.check(nvml.device_count(&count)));
    TRILBY_TRY(devices, list_devices(count, [&](int index) { return describe(nvml, index); }));
    json::object answer{{"devices", std::move(devices)}};
    add_versions(answer, nvml);
    return answer;
}

}  // namespace
}  // namespace nvml

const VendorRuntime nvml_runtime{nvml::library_names, nvml::query};

}  // namespace trilby::backends
