// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Clock, temperature and errors by AMD SMI. Prototypes: rocm.docs.amd.com/projects/amdsmi. Its
/// structures grow with releases: only their first members are read, from larger buffers.

#include <array>
#include <cstdint>
#include <fmt/format.h>

#include "backends/runtimes/telemetry.hpp"
#include "base/text.hpp"

namespace trilby::backends {
namespace {

constexpr std::array names{"libamd_smi.so.27", "libamd_smi.so.26", "libamd_smi.so.25",
                           "libamd_smi.so.24"};

constexpr int success = 0;
constexpr std::uint64_t amd_gpus = 2;
constexpr int graphics_clock = 0;
constexpr int hottest_spot = 1;
constexpr int current = 0;

using Device = void*;

struct Clock {
    std::uint32_t now_mhz;
    std::array<std::uint32_t, 63> others;
};

struct ErrorCounts {
    std::uint64_t corrected;
    std::uint64_t not_corrected;
    std::array<std::uint64_t, 30> others;
};

struct Functions {
    int (*init)(std::uint64_t);
    int (*status_string)(int, const char**);
    int (*device)(std::uint64_t, Device*);
    int (*clock)(Device, int, Clock*);
    int (*temperature)(Device, int, int, std::int64_t*);
    int (*errors)(Device, ErrorCounts*);
    int (*replays)(Device, std::uint64_t*);
};

Functions bind(VendorLibrary& library) {
    Functions smi{};
    library.require(smi.init, "amdsmi_init");
    library.require(smi.status_string, "amdsmi_status_code_to_string");
    library.require(smi.device, "amdsmi_get_processor_handle_from_bdf");
    library.find(smi.clock, "amdsmi_get_clock_info");
    library.find(smi.temperature, "amdsmi_get_temp_metric");
    library.find(smi.errors, "amdsmi_get_gpu_total_ecc_count");
    library.find(smi.replays, "amdsmi_get_gpu_pci_replay_counter");
    return smi;
}

Refusal refusal(const Functions& smi, int status) {
    const char* text = nullptr;
    smi.status_string(status, &text);
    return {"refused",
            fmt::format("{} (AMD SMI error {})", text != nullptr ? text : "unknown error", status)};
}

/// From the lowest bit: function (3), device (5), bus (8), domain.
std::optional<std::uint64_t> packed(const std::string& pci_address) {
    const std::string whole = pci_address_in(pci_address);  // dddd:bb:dd.f
    if (whole.size() < 12) {
        return std::nullopt;
    }
    const std::size_t end = whole.size();
    const auto part = [&](std::size_t from, std::size_t length) {
        return parse_number<std::uint64_t>(whole.substr(from, length), 16).value_or(0);
    };
    return part(0, end - 8) << 16 | part(end - 7, 2) << 8 | part(end - 4, 2) << 3 |
           part(end - 1, 1);
}

json::object errors_of(const Functions& smi, Device device) {
    json::object errors;
    if (const auto counts = value_of<ErrorCounts>(smi.errors, device)) {
        errors["card errors, corrected"] = counts->corrected;
        errors["card errors, not corrected"] = counts->not_corrected;
    }
    return errors;
}

}  // namespace

std::expected<json::object, Refusal> amd_smi_telemetry(const std::string& pci_address) {
    static const auto smi = started(
        names, bind, [](const Functions& library) { return library.init(amd_gpus); }, refusal);
    if (!smi) {
        return std::unexpected(smi.error());
    }
    const auto address = packed(pci_address);
    if (!address) {
        return std::unexpected(
            Refusal{"refused", fmt::format("'{}' is no PCI address", printable(pci_address, 64))});
    }
    Device device = nullptr;
    if (const int status = smi->device(*address, &device); status != success) {
        return std::unexpected(refusal(*smi, status));
    }
    json::object said;
    if (const auto clock = value_of<Clock>(smi->clock, device, graphics_clock)) {
        said["clock_mhz"] = clock->now_mhz;
    }
    add(said, "temperature_c",
        value_of<std::int64_t>(smi->temperature, device, hottest_spot, current));
    add(said, "link_replays", value_of<std::uint64_t>(smi->replays, device));
    said["errors"] = errors_of(*smi, device);
    return said;
}

}  // namespace trilby::backends
