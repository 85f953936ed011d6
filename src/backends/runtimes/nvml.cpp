// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The NVIDIA Management Library, from the driver. Prototypes: docs.nvidia.com/deploy/nvml-api.

#include <array>
#include <fmt/format.h>

#include "backends/runtimes/vendor_library.hpp"

namespace trilby::backends {
namespace {

constexpr std::array names{"libnvidia-ml.so.1"};

constexpr int success = 0;
constexpr int driver_and_library_differ = 18;

using Device = void*;

struct PciInfo {
    std::array<char, 16> legacy_bus_id;
    unsigned domain, bus, device, device_id, subsystem_id;
    std::array<char, 32> bus_id;
};

struct MemoryInfo {
    unsigned long long total, free, used;
};

struct Functions {
    int (*init)();
    const char* (*error_string)(int);
    int (*driver_version)(char*, unsigned);
    int (*cuda_version)(int*);
    int (*device_count)(unsigned*);
    int (*device)(unsigned, Device*);
    int (*name)(Device, char*, unsigned);
    int (*pci_info)(Device, PciInfo*);
    int (*memory_info)(Device, MemoryInfo*);
    int (*compute_capability)(Device, int*, int*);
    int (*mig_mode)(Device, unsigned*, unsigned*);
    int (*ecc_mode)(Device, int*, int*);
};

Functions bind(VendorLibrary& library) {
    Functions nvml{};
    library.require(nvml.init, "nvmlInit_v2");
    library.require(nvml.error_string, "nvmlErrorString");
    library.require(nvml.device_count, "nvmlDeviceGetCount_v2");
    library.require(nvml.device, "nvmlDeviceGetHandleByIndex_v2");
    library.require(nvml.name, "nvmlDeviceGetName");
    library.require(nvml.pci_info, "nvmlDeviceGetPciInfo_v3");
    library.find(nvml.driver_version, "nvmlSystemGetDriverVersion");
    library.find(nvml.cuda_version, "nvmlSystemGetCudaDriverVersion_v2");
    library.find(nvml.memory_info, "nvmlDeviceGetMemoryInfo");
    library.find(nvml.compute_capability, "nvmlDeviceGetCudaComputeCapability");
    library.find(nvml.mig_mode, "nvmlDeviceGetMigMode");
    library.find(nvml.ecc_mode, "nvmlDeviceGetEccMode");
    return nvml;
}

std::string error_text(const Functions& nvml, int status) {
    const char* text = nvml.error_string(status);
    return fmt::format("{} (NVML error {})", text != nullptr ? text : "unknown error", status);
}

Refusal refusal(const Functions& nvml, int status) {
    return {status == driver_and_library_differ ? "wrong_version" : "refused",
            error_text(nvml, status)};
}

void add_identity(json::object& described, const Functions& nvml, Device device) {
    std::array<char, 96> name{};
    if (nvml.name(device, name.data(), name.size()) == success) {
        described["name"] = text_in(name);
    }
    PciInfo pci{};
    if (nvml.pci_info(device, &pci) == success) {
        described["pci_address"] = pci_address_in(text_in(pci.bus_id));
    }
}

void add_abilities(json::object& described, const Functions& nvml, Device device) {
    MemoryInfo memory{};
    if (nvml.memory_info != nullptr && nvml.memory_info(device, &memory) == success) {
        described["memory_total_bytes"] = memory.total;
        described["memory_used_bytes"] = memory.used;
    }
    int major = 0;
    int minor = 0;
    if (nvml.compute_capability != nullptr &&
        nvml.compute_capability(device, &major, &minor) == success) {
        described["architecture"] = fmt::format("{}.{}", major, minor);
    }
}

void add_modes(json::object& described, const Functions& nvml, Device device) {
    unsigned mig = 0;
    unsigned pending_mig = 0;
    if (nvml.mig_mode != nullptr && nvml.mig_mode(device, &mig, &pending_mig) == success) {
        described["is_partitioned"] = mig != 0;
    }
    int ecc = 0;
    int pending_ecc = 0;
    if (nvml.ecc_mode != nullptr && nvml.ecc_mode(device, &ecc, &pending_ecc) == success) {
        described["has_ecc"] = ecc != 0;
    }
}

json::object describe(const Functions& nvml, int index) {
    Device device = nullptr;
    if (const int status = nvml.device(static_cast<unsigned>(index), &device); status != success) {
        return {{"problem", error_text(nvml, status)}};
    }
    json::object described;
    add_identity(described, nvml, device);
    add_abilities(described, nvml, device);
    add_modes(described, nvml, device);
    return described;
}

std::expected<json::object, Refusal> ask(VendorLibrary& library) {
    const Functions nvml = bind(library);
    if (const auto usable = library.check(); !usable) {
        return std::unexpected(usable.error());
    }
    unsigned count = 0;
    int status = nvml.init();
    if (status == success) {
        status = nvml.device_count(&count);
    }
    if (status != success) {
        return std::unexpected(refusal(nvml, status));
    }
    auto devices = list_devices(count, [&](int index) { return describe(nvml, index); });
    if (!devices) {
        return std::unexpected(devices.error());
    }
    json::object answer{{"devices", std::move(*devices)}};
    std::array<char, 80> version{};
    if (nvml.driver_version != nullptr &&
        nvml.driver_version(version.data(), version.size()) == success) {
        answer["driver_version"] = text_in(version);
    }
    int cuda = 0;
    if (nvml.cuda_version != nullptr && nvml.cuda_version(&cuda) == success) {
        answer["api_version"] = cuda_version_text(cuda);
    }
    return answer;
}

}  // namespace

const VendorRuntime nvml{names, ask};

}  // namespace trilby::backends
