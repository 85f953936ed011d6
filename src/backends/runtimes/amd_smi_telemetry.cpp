// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Clock, temperature and errors from AMD SMI. Prototypes: rocm.docs.amd.com/projects/amdsmi. Its
/// structs grow between releases, so ours are larger, and only their first members are read.

#include <array>
#include <cstdint>
#include <fmt/format.h>

#include "backends/runtimes/telemetry.hpp"
#include "base/text.hpp"
#include "base/try.hpp"

namespace trilby::backends {
namespace {

constexpr std::array library_names{"libamd_smi.so.27", "libamd_smi.so.26", "libamd_smi.so.25",
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

struct Library {
    VendorLibrary file;

    Function<int(std::uint64_t)> init{file, "amdsmi_init"};
    Function<int(int, const char**)> status_string{file, "amdsmi_status_code_to_string"};
    Function<int(std::uint64_t, Device*)> device_by_address{file,
                                                            "amdsmi_get_processor_handle_from_bdf"};
    Function<int(Device, int, Clock*)> clock{file, "amdsmi_get_clock_info"};
    Function<int(Device, int, int, std::int64_t*)> temperature{file, "amdsmi_get_temp_metric"};
    Function<int(Device, ErrorCounts*)> error_counts{file, "amdsmi_get_gpu_total_ecc_count"};
    Function<int(Device, std::uint64_t*)> link_replays{file, "amdsmi_get_gpu_pci_replay_counter"};
};

std::expected<void, Refusal> check(const Library& smi, int status) {
    if (status == success) {
        return {};
    }
    const char* text = nullptr;
    smi.status_string(status, &text);
    return std::unexpected(Refusal{
        "refused",
        fmt::format("{} (AMD SMI error {})", text != nullptr ? text : "unknown error", status)});
}

std::expected<Library, Refusal> start() {
    TRILBY_TRY(file, VendorLibrary::open(library_names));
    const Library smi{file};
    TRILBY_CHECK(require(file, smi.init, smi.status_string, smi.device_by_address));
    TRILBY_CHECK(check(smi, smi.init(amd_gpus)));
    return smi;
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

json::object errors_of(const Library& smi, Device device) {
    json::object errors;
    if (const auto counts = value_of<ErrorCounts>(smi.error_counts, device)) {
        errors["card errors, corrected"] = counts->corrected;
        errors["card errors, not corrected"] = counts->not_corrected;
    }
    return errors;
}

std::expected<json::object, Refusal> telemetry(const Library& smi, const std::string& pci_address) {
    const auto address = packed(pci_address);
    if (!address) {
        return std::unexpected(Refusal{
            "refused", fmt::format("'{}' is not a PCI address", printable(pci_address, 64))});
    }
    Device device = nullptr;
    TRILBY_CHECK(check(smi, smi.device_by_address(*address, &device)));
    json::object reading;
    if (const auto clock = value_of<Clock>(smi.clock, device, graphics_clock)) {
        reading["clock_mhz"] = clock->now_mhz;
    }
    add(reading, "temperature_c",
        value_of<std::int64_t>(smi.temperature, device, hottest_spot, current));
    add(reading, "link_replays", value_of<std::uint64_t>(smi.link_replays, device));
    reading["errors"] = errors_of(smi, device);
    return reading;
}

}  // namespace

std::expected<json::object, Refusal> amd_smi_telemetry(const std::string& pci_address) {
    static const auto library = start();
    if (!library) {
        return std::unexpected(library.error());
    }
    return telemetry(*library, pci_address);
}

}  // namespace trilby::backends
