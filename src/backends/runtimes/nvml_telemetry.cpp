// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Clocks, power, throttling and errors from the NVIDIA Management Library.

#include <algorithm>
#include <array>
#include <cstdint>
#include <fmt/format.h>
#include <map>

#include "backends/runtimes/nvml.hpp"
#include "backends/runtimes/telemetry.hpp"
#include "base/try.hpp"

namespace trilby::backends {
namespace nvml {
namespace {

/// Xids that a program causes, maybe one of another user, and not the card.
constexpr std::array<unsigned long long, 6> xids_of_programs{13, 31, 43, 45, 68, 109};

/// Reasons that slow a card down under load. An idle card and clocks set by the user do not count.
struct Slowdown {
    unsigned long long bit;
    std::string_view name;
};
constexpr std::array slowdowns{
    Slowdown{0x04, "power cap"},        Slowdown{0x08, "slowdown by hardware"},
    Slowdown{0x10, "other cards"},      Slowdown{0x20, "heat"},
    Slowdown{0x40, "heat of hardware"}, Slowdown{0x80, "power brake"}};

/// Counts the driver's Xid errors by number, from the first query on.
class XidCounter {
  public:
    XidCounter(const Library& nvml, Device device) : nvml_(nvml) {
        if (!nvml.create_events || !nvml.register_events || !nvml.next_event ||
            nvml.create_events(&events_) != success ||
            nvml.register_events(device, xid_event, events_) != success) {
            events_ = nullptr;
        }
    }

    [[nodiscard]] const std::map<unsigned long long, std::uint64_t>& counts() {
        constexpr int most_at_once = 1000;
        Event event{};
        for (int i = 0; events_ != nullptr && i < most_at_once &&
                        nvml_.next_event(events_, &event, 0) == success;
             ++i) {
            if (std::ranges::find(xids_of_programs, event.data) == xids_of_programs.end()) {
                ++counts_[event.data];
            }
        }
        return counts_;
    }

  private:
    const Library& nvml_;
    EventSet events_ = nullptr;
    std::map<unsigned long long, std::uint64_t> counts_;
};

json::object errors_of(const Library& nvml, Device device, XidCounter& xids) {
    json::object errors;
    add(errors, "card errors, corrected",
        value_of<unsigned long long>(nvml.ecc_errors, device, corrected, since_driver_start));
    add(errors, "card errors, not corrected",
        value_of<unsigned long long>(nvml.ecc_errors, device, not_corrected, since_driver_start));
    for (const auto& [xid, count] : xids.counts()) {
        errors[fmt::format("Xid {}", xid)] = count;
    }
    return errors;
}

json::array reasons_of(const Library& nvml, Device device) {
    json::array reasons;
    const auto bits = value_of<unsigned long long>(nvml.throttle_reasons, device).value_or(0);
    for (const Slowdown& reason : slowdowns) {
        if ((bits & reason.bit) != 0) {
            reasons.emplace_back(reason.name);
        }
    }
    return reasons;
}

void add_state(json::object& reading, const Library& nvml, Device device) {
    add(reading, "clock_mhz", value_of<unsigned>(nvml.clock, device, sm_clock));
    add(reading, "temperature_c", value_of<unsigned>(nvml.temperature, device, gpu_sensor));
    if (const auto milliwatts = value_of<unsigned>(nvml.power, device)) {
        reading["power_w"] = *milliwatts * 1e-3;
    }
    add(reading, "link_replays", value_of<unsigned>(nvml.link_replays, device));
    reading["throttle_reasons"] = reasons_of(nvml, device);
}

void add_abilities(json::object& reading, const Library& nvml, Device device) {
    if (const auto memory = value_of<MemoryInfo>(nvml.memory, device)) {
        reading["memory_free_bytes"] = memory->free;
    }
    add(reading, "max_clock_mhz", value_of<unsigned>(nvml.max_clock, device, sm_clock));
    add(reading, "max_memory_clock_mhz", value_of<unsigned>(nvml.max_clock, device, memory_clock));
    add(reading, "memory_bus_bits", value_of<unsigned>(nvml.memory_bus_width, device));
    add(reading, "cores", value_of<unsigned>(nvml.cores, device));
}

void add_persistence(json::object& reading, const Library& nvml, Device device) {
    if (const auto persistence = value_of<int>(nvml.persistence, device)) {
        reading["is_persistent"] = *persistence != 0;
    }
}

std::expected<Library, Refusal> start() {
    TRILBY_TRY(file, VendorLibrary::open(library_names));
    const Library nvml{file};
    TRILBY_CHECK(require(file, nvml.init, nvml.error_string, nvml.device_by_address));
    TRILBY_CHECK(nvml.check(nvml.init()));
    return nvml;
}

std::expected<json::object, Refusal> telemetry(const Library& nvml,
                                               const std::string& pci_address) {
    Device device = nullptr;
    TRILBY_CHECK(nvml.check(nvml.device_by_address(pci_address.c_str(), &device)));
    static XidCounter xids(nvml, device);  // a worker watches one card
    json::object reading;
    add_state(reading, nvml, device);
    add_persistence(reading, nvml, device);
    // In MIG mode these describe the whole card, not the instance that computes.
    if (!is_partitioned(nvml, device).value_or(false)) {
        add_abilities(reading, nvml, device);
    }
    reading["errors"] = errors_of(nvml, device, xids);
    return reading;
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
