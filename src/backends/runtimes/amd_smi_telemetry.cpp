// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Clock, temperature, power, energy, throttling, memory and errors from AMD SMI. Prototypes:
/// rocm.docs.amd.com/projects/amdsmi. Its structs grow between releases, so ours are larger, and
/// only members whose place is known are read.
///
/// amdsmi_get_violation_status() is not used: it computes from the same counters.

#include <array>
#include <cmath>
#include <cstdint>
#include <fmt/format.h>
#include <vector>

#include "backends/runtimes/telemetry.hpp"
#include "base/text.hpp"
#include "base/try.hpp"
#include "machine/gpu_metrics.hpp"

namespace trilby::backends {
namespace {

constexpr std::array library_names{"libamd_smi.so.27", "libamd_smi.so.26", "libamd_smi.so.25",
                                   "libamd_smi.so.24"};

constexpr int success = 0;
constexpr std::uint64_t amd_gpus = 2;
constexpr int graphics_clock = 0;
constexpr int hottest_spot = 1;
constexpr int current = 0;
constexpr int vram = 0;

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
    Function<int(Device, char*)> metrics{file, "amdsmi_get_gpu_metrics_info"};
    Function<int(Device, std::uint64_t*, float*, std::uint64_t*)> energy{file,
                                                                         "amdsmi_get_energy_count"};
    Function<int(Device, int, std::uint64_t*)> memory_total{file, "amdsmi_get_gpu_memory_total"};
    Function<int(Device, int, std::uint64_t*)> memory_used{file, "amdsmi_get_gpu_memory_usage"};
    Function<int(Device, ErrorCounts*)> error_counts{file, "amdsmi_get_gpu_total_ecc_count"};
    Function<int(Device, std::uint64_t*)> link_replays{file, "amdsmi_get_gpu_pci_replay_counter"};
};

std::string error_text(const Library& smi, int status) {
    const char* text = nullptr;
    smi.status_string(status, &text);
    return fmt::format("{} (AMD SMI error {})", text != nullptr ? text : "unknown error", status);
}

std::expected<void, Refusal> check(const Library& smi, int status) {
    if (status == success) {
        return {};
    }
    return std::unexpected(Refusal{"refused", error_text(smi, status)});
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

void add_clock(CardTelemetry& telemetry, const Library& smi, Device device) {
    constexpr std::string_view key = "clock_mhz";
    Clock clock{};
    if (telemetry.ask(key, &clock, smi.clock, device, graphics_clock)) {
        telemetry.set(key, telemetry.known_measure(key, clock.now_mhz));
    }
}

void add_temperature(CardTelemetry& telemetry, const Library& smi, Device device) {
    constexpr std::string_view key = "temperature_c";
    constexpr std::int64_t highest = 1000;
    std::int64_t temperature = 0;
    if (!telemetry.ask(key, &temperature, smi.temperature, device, hottest_spot, current)) {
        return;
    }
    if (temperature > 0 && temperature < highest) {
        telemetry.set(key, std::optional(temperature));
    } else {
        telemetry.lack(key, fmt::format("the library reports {} °C", temperature));
    }
}

/// The library counts in steps of `step` microjoules.
void add_energy(CardTelemetry& telemetry, const Library& smi, Device device) {
    constexpr std::string_view key = "energy_j";
    std::uint64_t steps = 0;
    float step = 0;
    std::uint64_t timestamp = 0;
    if (!telemetry.ask(key, &timestamp, smi.energy, device, &steps, &step)) {
        return;
    }
    const auto known = telemetry.known_measure(key, steps);
    if (known && std::isnormal(step) && step > 0) {
        telemetry.set(key, std::optional(static_cast<double>(*known) * step * 1e-6));
    } else if (known) {
        telemetry.lack(key, fmt::format("the library reports steps of {} microjoules", step));
    }
}

void add_errors(CardTelemetry& telemetry, const Library& smi, Device device) {
    constexpr std::string_view corrected = "card errors, corrected";
    constexpr std::string_view not_corrected = "card errors, not corrected";
    ErrorCounts counts{};
    if (telemetry.ask(corrected, &counts, smi.error_counts, device)) {
        telemetry.set_error(corrected, telemetry.known_count(corrected, counts.corrected));
        telemetry.set_error(not_corrected,
                            telemetry.known_count(not_corrected, counts.not_corrected));
    } else {
        telemetry.lack_too(not_corrected, corrected);
    }
}

void add_free_memory(CardTelemetry& telemetry, const Library& smi, Device device) {
    constexpr std::string_view key = "memory_free_bytes";
    const auto total = telemetry.measure<std::uint64_t>(key, smi.memory_total, device, vram);
    const auto used = telemetry.count<std::uint64_t>(key, smi.memory_used, device, vram);
    if (total && used && *used <= *total) {
        telemetry.set(key, std::optional(*total - *used));
    } else if (total && used) {
        telemetry.lack(key,
                       fmt::format("the library reports {} of {} bytes in use", *used, *total));
    }
}

constexpr const char* no_value = "the firmware reports no value";

void set_power(CardTelemetry& telemetry, const GpuMetrics& metrics) {
    telemetry.set("power_w", metrics.power_w);
    if (!metrics.power_w) {
        telemetry.lack("power_w", no_value);
    }
}

void set_throttling(CardTelemetry& telemetry, const GpuMetrics& metrics) {
    if (!metrics.knows_throttling()) {
        telemetry.lack("throttle_reasons", no_value);
    }
    if (const auto& reasons = metrics.throttle_reasons) {
        telemetry.set("throttle_reasons",
                      std::optional(json::array(reasons->begin(), reasons->end())));
    }
    const auto& counts = metrics.throttle_counts;
    telemetry.set("throttle_counts", std::optional(json::object(counts.begin(), counts.end())));
    telemetry.set("throttle_looks", metrics.throttle_looks);
}

std::optional<GpuMetrics> read_metrics(CardTelemetry& telemetry, std::string_view key,
                                       const Library& smi, Device device) {
    constexpr std::size_t larger_than_any_release = 1 << 16;
    std::vector<char> table(larger_than_any_release, '\xff');
    if (!telemetry.ask(key, table.data(), smi.metrics, device)) {
        return std::nullopt;
    }
    auto metrics = parse_amd_smi_metrics({table.data(), amd_smi_metrics_bytes},
                                         smi.file.abi_version().value_or(0));
    if (!metrics) {
        telemetry.lack(key, metrics.error().message);
        return std::nullopt;
    }
    return *std::move(metrics);
}

void add_power_and_throttling(CardTelemetry& telemetry, const Library& smi, Device device) {
    if (const auto metrics = read_metrics(telemetry, "power_w", smi, device)) {
        set_power(telemetry, *metrics);
        set_throttling(telemetry, *metrics);
    } else {
        telemetry.lack_too("throttle_reasons", "power_w");
    }
}

std::expected<json::object, Refusal> telemetry(const Library& smi, const std::string& pci_address) {
    const auto address = packed(pci_address);
    if (!address) {
        return std::unexpected(Refusal{
            "refused", fmt::format("'{}' is not a PCI address", printable(pci_address, 64))});
    }
    Device device = nullptr;
    TRILBY_CHECK(check(smi, smi.device_by_address(*address, &device)));
    CardTelemetry telemetry([&](int status) { return error_text(smi, status); });
    add_clock(telemetry, smi, device);
    add_temperature(telemetry, smi, device);
    add_power_and_throttling(telemetry, smi, device);
    add_energy(telemetry, smi, device);
    telemetry.set("link_replays",
                  telemetry.count<std::uint64_t>("link_replays", smi.link_replays, device));
    add_free_memory(telemetry, smi, device);
    add_errors(telemetry, smi, device);
    return std::move(telemetry).finish();
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
