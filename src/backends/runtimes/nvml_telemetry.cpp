// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Clocks, power, throttling and errors from the NVIDIA Management Library.

#include <array>
#include <cstdint>
#include <fmt/format.h>
#include <map>
#include <optional>

#include "backends/runtimes/nvml.hpp"
#include "backends/runtimes/telemetry.hpp"
#include "base/text.hpp"
#include "base/try.hpp"

namespace trilby::backends {
namespace nvml {
namespace {

/// Reasons that slow a card down under load. An idle card, clocks set by the user and those of a
/// display have no name: they do not count.
struct ThrottleBit {
    unsigned long long bit;
    std::string_view name;
};
constexpr auto throttle_bits = std::to_array<ThrottleBit>({{0x01, ""},
                                                           {0x02, ""},
                                                           {0x04, "power cap"},
                                                           {0x08, "slowdown by hardware"},
                                                           {0x10, "other cards"},
                                                           {0x20, "heat"},
                                                           {0x40, "heat of hardware"},
                                                           {0x80, "power brake"},
                                                           {0x100, ""}});

/// Counts the driver's Xid errors by number, from the first query on.
class XidCounter {
  public:
    XidCounter(const Library& nvml, Device device) : nvml_(nvml) {
        if (!nvml.create_events || !nvml.register_events || !nvml.next_event) {
            problem_ = "the library has no function that reports them";
            return;
        }
        int status = nvml.create_events(&events_);
        if (status == success) {
            status = nvml.register_events(device, xid_event, events_);
        }
        if (status != success) {
            problem_ = nvml.error_text(status);
        }
    }

    /// Counts the events since the last call. A card that is lost still delivers those from before.
    void count_new() {
        constexpr int most_at_once = 1000;
        Event event{};
        int status = success;
        for (int i = 0; problem_.empty() && status == success && i < most_at_once; ++i) {
            status = nvml_.next_event(events_, &event, 0);
            if (status == success) {
                ++counts_[event.data];
            } else if (status != no_event_in_time) {
                problem_ = nvml_.error_text(status);
            }
        }
    }

    /// Adds the counts so far.
    void add_to(CardTelemetry& telemetry) const {
        for (const auto& [xid, count] : counts_) {
            telemetry.set_error(fmt::format("Xid {}", xid), std::optional(count));
        }
        if (!problem_.empty()) {
            telemetry.lack("Xid", problem_);
        }
    }

  private:
    const Library& nvml_;
    EventSet events_ = nullptr;
    std::string problem_;  ///< why no more events are reported
    std::map<unsigned long long, std::uint64_t> counts_;
};

void add_ecc_errors(CardTelemetry& telemetry, const Library& nvml, Device device) {
    for (const auto& [name, kind] : {std::pair{"card errors, corrected", corrected},
                                     std::pair{"card errors, not corrected", not_corrected}}) {
        telemetry.set_error(name, telemetry.count<unsigned long long>(name, nvml.ecc_errors, device,
                                                                      kind, since_driver_start));
    }
}

json::array names_of(unsigned long long bits) {
    json::array reasons;
    for (const ThrottleBit& known : throttle_bits) {
        if ((bits & known.bit) != 0 && !known.name.empty()) {
            reasons.emplace_back(known.name);
        }
        bits &= ~known.bit;
    }
    if (bits != 0) {
        reasons.emplace_back(fmt::format("the driver (reason 0x{:x})", bits));
    }
    return reasons;
}

void add_throttling(CardTelemetry& telemetry, const Library& nvml, Device device) {
    if (const auto bits = telemetry.count<unsigned long long>("throttle_reasons",
                                                              nvml.throttle_reasons, device)) {
        telemetry.set("throttle_reasons", std::optional(names_of(*bits)));
    }
}

/// Rows that wait to be replaced by spare ones, since Ampere, or else pages to be left out.
void add_retirement(CardTelemetry& telemetry, const Library& nvml, Device device) {
    unsigned corrected_rows = 0;
    unsigned uncorrected_rows = 0;
    unsigned is_pending = 0;
    unsigned has_failed = 0;
    if (nvml.remapped_rows && nvml.remapped_rows(device, &corrected_rows, &uncorrected_rows,
                                                 &is_pending, &has_failed) == success) {
        telemetry.set("is_retirement_pending", std::optional(is_pending == 1));
        telemetry.set("has_retirement_failed", std::optional(has_failed == 1));
        return;
    }
    int is_page_pending = 0;
    if (telemetry.ask("is_retirement_pending", &is_page_pending, nvml.retirement_pending, device)) {
        telemetry.set("is_retirement_pending", std::optional(is_page_pending == 1));
    }
}

void add_state(CardTelemetry& telemetry, const Library& nvml, Device device) {
    telemetry.set("clock_mhz",
                  telemetry.measure<unsigned>("clock_mhz", nvml.clock, device, sm_clock));
    telemetry.set("temperature_c", telemetry.measure<unsigned>("temperature_c", nvml.temperature,
                                                               device, gpu_sensor));
    telemetry.set("temperature_limit_c",
                  telemetry.measure<unsigned>("temperature_limit_c", nvml.temperature_threshold,
                                              device, slowdown_threshold));
    if (const auto milliwatts = telemetry.measure<unsigned>("power_w", nvml.power, device)) {
        telemetry.set("power_w", std::optional(*milliwatts * 1e-3));
    }
    if (const auto millijoules =
            telemetry.measure<unsigned long long>("energy_j", nvml.energy, device)) {
        telemetry.set("energy_j", std::optional(static_cast<double>(*millijoules) * 1e-3));
    }
    telemetry.set("link_replays",
                  telemetry.count<unsigned>("link_replays", nvml.link_replays, device));
    add_throttling(telemetry, nvml, device);
    add_retirement(telemetry, nvml, device);
}

void add_memory(CardTelemetry& telemetry, const Library& nvml, Device device) {
    constexpr std::string_view total = "memory_total_bytes";
    constexpr std::string_view free = "memory_free_bytes";
    MemoryInfo memory{};
    if (!telemetry.ask(total, &memory, nvml.memory, device) ||
        !telemetry.known_measure(total, memory.total)) {
        telemetry.lack_too(free, total);
        return;
    }
    telemetry.set(total, std::optional(memory.total));
    telemetry.set(free, telemetry.known_count(free, memory.free));
}

void add_abilities(CardTelemetry& telemetry, const Library& nvml, Device device) {
    add_memory(telemetry, nvml, device);
    const auto add = [&](std::string_view key, const auto& function, auto... arguments) {
        telemetry.set(key, telemetry.measure<unsigned>(key, function, device, arguments...));
    };
    add("max_clock_mhz", nvml.max_clock, sm_clock);
    add("max_memory_clock_mhz", nvml.max_clock, memory_clock);
    add("memory_bus_bits", nvml.memory_bus_width);
    add("cores", nvml.cores);
}

void add_persistence(CardTelemetry& telemetry, const Library& nvml, Device device) {
    int mode = 0;
    if (telemetry.ask("is_persistent", &mode, nvml.persistence, device)) {
        telemetry.set("is_persistent", std::optional(mode != 0));
    }
}

std::expected<Library, Refusal> start() {
    TRILBY_TRY(file, VendorLibrary::open(library_names));
    const Library nvml{file};
    TRILBY_CHECK(require(file, nvml.init, nvml.error_string, nvml.device_by_address));
    TRILBY_CHECK(nvml.check(nvml.init()));
    return nvml;
}

void add_card(CardTelemetry& telemetry, const Library& nvml, Device device) {
    add_state(telemetry, nvml, device);
    add_persistence(telemetry, nvml, device);
    // In MIG mode these describe the whole card, not the instance that computes.
    if (!is_partitioned(nvml, device).value_or(false)) {
        add_abilities(telemetry, nvml, device);
    }
    add_ecc_errors(telemetry, nvml, device);
}

std::expected<Device, Refusal> find_card(const Library& nvml, const std::string& pci_address) {
    Device device = nullptr;
    TRILBY_CHECK(nvml.check(nvml.device_by_address(pci_address.c_str(), &device)));
    return device;
}

/// Of a card that is lost after the first query, the errors until then are the answer.
std::expected<json::object, Refusal> telemetry(const Library& nvml,
                                               const std::string& pci_address) {
    static std::optional<XidCounter> xids;  // a worker watches one card
    if (xids) {
        xids->count_new();  // first, while the library still answers
    }
    const auto device = find_card(nvml, pci_address);
    if (!xids) {
        if (!device) {
            return std::unexpected(device.error());
        }
        xids.emplace(nvml, *device);
    }
    CardTelemetry telemetry([&](int status) { return nvml.error_text(status); });
    if (device) {
        add_card(telemetry, nvml, *device);
    } else {
        telemetry.set("problem", std::optional(printable(device.error().message)));
    }
    xids->add_to(telemetry);
    return std::move(telemetry).finish();
}

}  // namespace
}  // namespace nvml

std::expected<json::object, Refusal> nvml_telemetry(const std::string& pci_address) {
    static const auto library = nvml::start();
    if (!library) {
        return std::unexpected(library.error());
    }
    return nvml::telemetry(*library, pci_address);
}

}  // namespace trilby::backends
