// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The CUDA driver API. Prototypes: docs.nvidia.com/cuda/cuda-driver-api.

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "backends/runtimes/vendor_library.hpp"
#include "base/try.hpp"

namespace trilby::backends {
namespace {

constexpr std::array library_names{"libcuda.so.1"};

constexpr int success = 0;
/// Stub library; driver older than the library; mismatch; forward compatibility not supported.
constexpr std::array wrong_version_codes{34, 35, 803, 804};

constexpr int multiprocessor_count = 16;
constexpr int compute_capability_major = 75;
constexpr int compute_capability_minor = 76;

struct Library {
    VendorLibrary file;

    Function<int(unsigned)> init{file, "cuInit"};
    Function<int(int*)> driver_version{file, "cuDriverGetVersion"};
    Function<int(int*)> device_count{file, "cuDeviceGetCount"};
    Function<int(int*, int)> device_by_index{file, "cuDeviceGet"};
    Function<int(char*, int, int)> name{file, "cuDeviceGetName"};
    Function<int(char*, int, int)> pci_bus_id{file, "cuDeviceGetPCIBusId"};
    Function<int(std::size_t*, int)> total_memory{file, "cuDeviceTotalMem_v2"};
    Function<int(int*, int, int)> attribute{file, "cuDeviceGetAttribute"};
    Function<int(int, const char**)> error_name{file, "cuGetErrorName"};
};

std::string error_text(const Library& cuda, int status) {
    const char* name = nullptr;
    cuda.error_name(status, &name);
    return fmt::format("{} (CUDA error {})", name != nullptr ? name : "unknown error", status);
}

std::expected<void, Refusal> check(const Library& cuda, int status) {
    if (status == success) {
        return {};
    }
    const bool is_wrong_version =
        std::ranges::find(wrong_version_codes, status) != wrong_version_codes.end();
    return std::unexpected(
        Refusal{is_wrong_version ? "wrong_version" : "refused", error_text(cuda, status)});
}

void add_identity(json::object& described, const Library& cuda, int device) {
    std::array<char, 256> name{};
    if (cuda.name(name.data(), name.size(), device) == success) {
        described["name"] = text_in(name);
    }
    std::array<char, 64> bus_id{};
    if (cuda.pci_bus_id(bus_id.data(), bus_id.size(), device) == success) {
        described["pci_address"] = pci_address_in(text_in(bus_id));
    }
}

void add_abilities(json::object& described, const Library& cuda, int device) {
    std::size_t memory_bytes = 0;
    if (cuda.total_memory(&memory_bytes, device) == success) {
        add(described, "memory_total_bytes", if_measure(std::optional(memory_bytes)));
    }
    int major = 0;
    int minor = 0;
    if (cuda.attribute(&major, compute_capability_major, device) == success &&
        cuda.attribute(&minor, compute_capability_minor, device) == success) {
        described["architecture"] = fmt::format("{}.{}", major, minor);
    }
    int multiprocessors = 0;
    if (cuda.attribute(&multiprocessors, multiprocessor_count, device) == success) {
        add(described, "compute_units", if_measure(std::optional(multiprocessors)));
    }
}

json::object describe(const Library& cuda, int index) {
    int device = 0;
    if (const int status = cuda.device_by_index(&device, index); status != success) {
        return {{"problem", error_text(cuda, status)}};
    }
    json::object described;
    add_identity(described, cuda, device);
    add_abilities(described, cuda, device);
    return described;
}

std::expected<json::object, Refusal> query(const VendorLibrary& file) {
    const Library cuda{file};
    TRILBY_CHECK(require(file, cuda.init, cuda.driver_version, cuda.device_count,
                         cuda.device_by_index, cuda.name, cuda.pci_bus_id, cuda.total_memory,
                         cuda.attribute, cuda.error_name));
    TRILBY_CHECK(check(cuda, cuda.init(0)));
    int count = 0;
    TRILBY_CHECK(check(cuda, cuda.device_count(&count)));
    TRILBY_TRY(devices, list_devices(count, [&](int index) { return describe(cuda, index); }));
    json::object answer{{"devices", std::move(devices)}};
    if (const auto version = value_of<int>(cuda.driver_version)) {
        answer["api_version"] = cuda_version_text(*version);
    }
    return answer;
}

}  // namespace

const VendorRuntime cuda_driver_runtime{library_names, query};

}  // namespace trilby::backends
