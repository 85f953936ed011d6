// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// AMD's HIP runtime. Prototypes: rocm.docs.amd.com/projects/HIP. The struct of device properties
/// changes between releases, so it is not used.

#include <array>
#include <fmt/format.h>

#include "backends/runtimes/vendor_library.hpp"
#include "base/try.hpp"

namespace trilby::backends {
namespace {

constexpr std::array library_names{"libamdhip64.so.10", "libamdhip64.so.9", "libamdhip64.so.8",
                                   "libamdhip64.so.7",  "libamdhip64.so.6", "libamdhip64.so.5"};

constexpr int success = 0;
constexpr int no_device = 100;
constexpr int insufficient_driver = 35;

struct Library {
    VendorLibrary file;

    Function<int(unsigned)> init{file, "hipInit"};
    Function<int(int*)> runtime_version{file, "hipRuntimeGetVersion"};
    Function<int(int*)> device_count{file, "hipGetDeviceCount"};
    Function<int(char*, int, int)> name{file, "hipDeviceGetName"};
    Function<int(char*, int, int)> pci_bus_id{file, "hipDeviceGetPCIBusId"};
    Function<int(std::size_t*, int)> total_memory{file, "hipDeviceTotalMem"};
    Function<const char*(int)> error_string{file, "hipGetErrorString"};
};

std::string error_text(const Library& hip, int status) {
    const char* text = hip.error_string(status);
    return fmt::format("{} (HIP error {})", text != nullptr ? text : "unknown error", status);
}

/// 60342133 is 6.3.42133.
std::string version_text(int version) {
    constexpr int major = 10'000'000;
    constexpr int minor = 100'000;
    return fmt::format("{}.{}.{}", version / major, version % major / minor, version % minor);
}

/// A problem with the name does not hide the rest.
json::object describe(const Library& hip, int index) {
    json::object described;
    std::array<char, 256> name{};
    if (const int status = hip.name(name.data(), name.size(), index); status == success) {
        described["name"] = text_in(name);
    } else {
        described["problem"] = error_text(hip, status);
    }
    std::array<char, 64> bus_id{};
    if (hip.pci_bus_id(bus_id.data(), bus_id.size(), index) == success) {
        described["pci_address"] = pci_address_in(text_in(bus_id));
    }
    std::size_t memory_bytes = 0;
    if (hip.total_memory(&memory_bytes, index) == success) {
        add(described, "memory_total_bytes", if_measure(std::optional(memory_bytes)));
    }
    return described;
}

/// On a machine without AMD GPUs the runtime works, and reports an error for their number.
std::expected<int, Refusal> count_devices(const Library& hip) {
    int count = 0;
    int status = hip.init(0);
    if (status == success) {
        status = hip.device_count(&count);
    }
    if (status == no_device) {
        return 0;
    }
    if (status != success) {
        return std::unexpected(Refusal{status == insufficient_driver ? "wrong_version" : "refused",
                                       error_text(hip, status)});
    }
    return count;
}

std::expected<json::object, Refusal> query(const VendorLibrary& file) {
    const Library hip{file};
    TRILBY_CHECK(require(file, hip.init, hip.device_count, hip.name, hip.pci_bus_id,
                         hip.total_memory, hip.error_string));
    TRILBY_TRY(count, count_devices(hip));
    TRILBY_TRY(devices, list_devices(count, [&](int index) { return describe(hip, index); }));
    json::object answer{{"devices", std::move(devices)}};
    if (const auto version = value_of<int>(hip.runtime_version)) {
        answer["api_version"] = version_text(*version);
    }
    return answer;
}

}  // namespace

const VendorRuntime hip_runtime{library_names, query};

}  // namespace trilby::backends
