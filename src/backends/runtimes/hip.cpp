// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// AMD's HIP runtime. Prototypes: rocm.docs.amd.com/projects/HIP. The structure of properties has
/// changed with releases, so only functions are used.

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "backends/runtimes/vendor_library.hpp"

namespace trilby::backends {
namespace {

constexpr std::array names{"libamdhip64.so.10", "libamdhip64.so.9", "libamdhip64.so.8",
                           "libamdhip64.so.7",  "libamdhip64.so.6", "libamdhip64.so.5"};

constexpr int success = 0;
constexpr int no_device = 100;
constexpr int insufficient_driver = 35;

struct Functions {
    int (*init)(unsigned);
    int (*runtime_version)(int*);
    int (*device_count)(int*);
    int (*name)(char*, int, int);
    int (*pci_bus_id)(char*, int, int);
    int (*total_memory)(std::size_t*, int);
    const char* (*error_string)(int);
};

Functions bind(VendorLibrary& library) {
    Functions hip{};
    library.require(hip.init, "hipInit");
    library.require(hip.device_count, "hipGetDeviceCount");
    library.require(hip.name, "hipDeviceGetName");
    library.require(hip.pci_bus_id, "hipDeviceGetPCIBusId");
    library.require(hip.total_memory, "hipDeviceTotalMem");
    library.require(hip.error_string, "hipGetErrorString");
    library.find(hip.runtime_version, "hipRuntimeGetVersion");
    return hip;
}

std::string error_text(const Functions& hip, int status) {
    const char* text = hip.error_string(status);
    return fmt::format("{} (HIP error {})", text != nullptr ? text : "unknown error", status);
}

/// 60342133 is 6.3.42133.
std::string version_text(int version) {
    constexpr int major = 10'000'000;
    constexpr int minor = 100'000;
    return fmt::format("{}.{}.{}", version / major, version % major / minor, version % minor);
}

json::object describe(const Functions& hip, int index) {
    json::object described;
    std::array<char, 256> name{};
    if (const int status = hip.name(name.data(), name.size(), index); status != success) {
        described["problem"] = error_text(hip, status);
        return described;
    }
    described["name"] = text_in(name);
    std::array<char, 64> bus_id{};
    if (hip.pci_bus_id(bus_id.data(), bus_id.size(), index) == success) {
        described["pci_address"] = pci_address_in(text_in(bus_id));
    }
    std::size_t memory_bytes = 0;
    if (hip.total_memory(&memory_bytes, index) == success) {
        described["memory_total_bytes"] = memory_bytes;
    }
    return described;
}

/// A machine without AMD GPUs has a runtime that works, and none of them.
std::expected<int, Refusal> count_devices(const Functions& hip) {
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

std::expected<json::object, Refusal> ask(VendorLibrary& library) {
    const Functions hip = bind(library);
    if (const auto usable = library.check(); !usable) {
        return std::unexpected(usable.error());
    }
    const auto count = count_devices(hip);
    if (!count) {
        return std::unexpected(count.error());
    }
    auto devices = list_devices(*count, [&](int index) { return describe(hip, index); });
    if (!devices) {
        return std::unexpected(devices.error());
    }
    json::object answer{{"devices", std::move(*devices)}};
    int version = 0;
    if (hip.runtime_version != nullptr && hip.runtime_version(&version) == success) {
        answer["api_version"] = version_text(version);
    }
    return answer;
}

}  // namespace

const VendorRuntime hip{names, ask};

}  // namespace trilby::backends
