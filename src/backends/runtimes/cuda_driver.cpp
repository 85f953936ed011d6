// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The CUDA driver's own interface. Prototypes: docs.nvidia.com/cuda/cuda-driver-api.

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "backends/runtimes/vendor_library.hpp"

namespace trilby::backends {
namespace {

constexpr std::array names{"libcuda.so.1"};

constexpr int success = 0;
/// Stub library; driver older than the library; mismatch; forward compatibility not supported.
constexpr std::array wrong_version_codes{34, 35, 803, 804};

constexpr int multiprocessor_count = 16;
constexpr int compute_capability_major = 75;
constexpr int compute_capability_minor = 76;

struct Functions {
    int (*init)(unsigned);
    int (*driver_version)(int*);
    int (*device_count)(int*);
    int (*device)(int*, int);
    int (*name)(char*, int, int);
    int (*pci_bus_id)(char*, int, int);
    int (*total_memory)(std::size_t*, int);
    int (*attribute)(int*, int, int);
    int (*error_name)(int, const char**);
};

Functions bind(VendorLibrary& library) {
    Functions cuda{};
    library.require(cuda.init, "cuInit");
    library.require(cuda.driver_version, "cuDriverGetVersion");
    library.require(cuda.device_count, "cuDeviceGetCount");
    library.require(cuda.device, "cuDeviceGet");
    library.require(cuda.name, "cuDeviceGetName");
    library.require(cuda.pci_bus_id, "cuDeviceGetPCIBusId");
    library.require(cuda.total_memory, "cuDeviceTotalMem_v2");
    library.require(cuda.attribute, "cuDeviceGetAttribute");
    library.require(cuda.error_name, "cuGetErrorName");
    return cuda;
}

std::string error_text(const Functions& cuda, int status) {
    const char* name = nullptr;
    cuda.error_name(status, &name);
    return fmt::format("{} (CUDA error {})", name != nullptr ? name : "unknown error", status);
}

Refusal refusal(const Functions& cuda, int status) {
    const bool is_wrong_version =
        std::ranges::find(wrong_version_codes, status) != wrong_version_codes.end();
    return {is_wrong_version ? "wrong_version" : "refused", error_text(cuda, status)};
}

void add_identity(json::object& described, const Functions& cuda, int device) {
    std::array<char, 256> name{};
    if (cuda.name(name.data(), name.size(), device) == success) {
        described["name"] = text_in(name);
    }
    std::array<char, 64> bus_id{};
    if (cuda.pci_bus_id(bus_id.data(), bus_id.size(), device) == success) {
        described["pci_address"] = pci_address_in(text_in(bus_id));
    }
}

void add_abilities(json::object& described, const Functions& cuda, int device) {
    std::size_t memory_bytes = 0;
    if (cuda.total_memory(&memory_bytes, device) == success) {
        described["memory_total_bytes"] = memory_bytes;
    }
    int major = 0;
    int minor = 0;
    if (cuda.attribute(&major, compute_capability_major, device) == success &&
        cuda.attribute(&minor, compute_capability_minor, device) == success) {
        described["architecture"] = fmt::format("{}.{}", major, minor);
    }
    int multiprocessors = 0;
    if (cuda.attribute(&multiprocessors, multiprocessor_count, device) == success) {
        described["compute_units"] = multiprocessors;
    }
}

json::object describe(const Functions& cuda, int index) {
    int device = 0;
    if (const int status = cuda.device(&device, index); status != success) {
        return {{"problem", error_text(cuda, status)}};
    }
    json::object described;
    add_identity(described, cuda, device);
    add_abilities(described, cuda, device);
    return described;
}

std::expected<json::object, Refusal> ask(VendorLibrary& library) {
    const Functions cuda = bind(library);
    if (const auto usable = library.check(); !usable) {
        return std::unexpected(usable.error());
    }
    int count = 0;
    int status = cuda.init(0);
    if (status == success) {
        status = cuda.device_count(&count);
    }
    if (status != success) {
        return std::unexpected(refusal(cuda, status));
    }
    auto devices = list_devices(count, [&](int index) { return describe(cuda, index); });
    if (!devices) {
        return std::unexpected(devices.error());
    }
    json::object answer{{"devices", std::move(*devices)}};
    int version = 0;
    if (cuda.driver_version(&version) == success) {
        answer["api_version"] = cuda_version_text(version);
    }
    return answer;
}

}  // namespace

const VendorRuntime cuda_driver{names, ask};

}  // namespace trilby::backends
