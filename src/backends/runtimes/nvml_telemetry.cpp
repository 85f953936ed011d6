// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Clocks, power, throttling and errors by the NVIDIA Management Library. Prototypes:
/// docs.nvidia.com/deploy/nvml-api.

#include <algorithm>
#include <array>
#include <cstdint>
#include <fmt/format.h>
#include <map>

#include "backends/runtimes/telemetry.hpp"

namespace trilby::backends {
namespace {

constexpr std::array names{"libnvidia-ml.so.1"};

constexpr int success = 0;
constexpr int sm_clock = 1;
constexpr int memory_clock = 2;
constexpr int gpu_sensor = 0;
constexpr int corrected = 0;
constexpr int not_corrected = 1;
constexpr int since_driver_start = 0;
constexpr unsigned long long xid_event = 8;
/// Errors that a program makes, perhaps somebody else's, and not the card.
constexpr std::array<unsigned long long, 6> xids_of_programs{13, 31, 43, 45, 68, 109};

/// Reasons that take speed away under load; an idle card, and clocks that somebody chose, do not.
struct ThrottleReason {
    unsigned long long bit;
    std::string_view name;
};
constexpr std::array throttle_reasons{
    ThrottleReason{0x04, "power cap"},        ThrottleReason{0x08, "slowdown by hardware"},
    ThrottleReason{0x10, "other cards"},      ThrottleReason{0x20, "heat"},
    ThrottleReason{0x40, "heat of hardware"}, ThrottleReason{0x80, "power brake"}};

using Device = void*;
using EventSet = void*;

struct MemoryInfo {
    unsigned long long total, free, used;
};

struct Event {
    Device device;
    unsigned long long type, data;
    unsigned gpu_instance, compute_instance;
};

struct Functions {
    int (*init)();
    const char* (*error_string)(int);
    int (*device)(const char*, Device*);
    int (*clock)(Device, int, unsigned*);
    int (*max_clock)(Device, int, unsigned*);
    int (*temperature)(Device, int, unsigned*);
    int (*power)(Device, unsigned*);
    int (*throttled)(Device, unsigned long long*);
    int (*ecc_errors)(Device, int, int, unsigned long long*);
    int (*replays)(Device, unsigned*);
    int (*memory)(Device, MemoryInfo*);
    int (*bus_width)(Device, unsigned*);
    int (*cores)(Device, unsigned*);
    int (*persistence)(Device, int*);
    int (*mig_mode)(Device, unsigned*, unsigned*);
    int (*create_events)(EventSet*);
    int (*register_events)(Device, unsigned long long, EventSet);
    int (*next_event)(EventSet, Event*, unsigned);
};

Functions bind(VendorLibrary& library) {
    Functions nvml{};
    library.require(nvml.init, "nvmlInit_v2");
    library.require(nvml.error_string, "nvmlErrorString");
    library.require(nvml.device, "nvmlDeviceGetHandleByPciBusId_v2");
    library.find(nvml.clock, "nvmlDeviceGetClockInfo");
    library.find(nvml.max_clock, "nvmlDeviceGetMaxClockInfo");
    library.find(nvml.temperature, "nvmlDeviceGetTemperature");
    library.find(nvml.power, "nvmlDeviceGetPowerUsage");
    library.find(nvml.throttled, "nvmlDeviceGetCurrentClocksThrottleReasons");
    library.find(nvml.ecc_errors, "nvmlDeviceGetTotalEccErrors");
    library.find(nvml.replays, "nvmlDeviceGetPcieReplayCounter");
    library.find(nvml.memory, "nvmlDeviceGetMemoryInfo");
    library.find(nvml.bus_width, "nvmlDeviceGetMemoryBusWidth");
    library.find(nvml.cores, "nvmlDeviceGetNumGpuCores");
    library.find(nvml.persistence, "nvmlDeviceGetPersistenceMode");
    library.find(nvml.mig_mode, "nvmlDeviceGetMigMode");
    library.find(nvml.create_events, "nvmlEventSetCreate");
    library.find(nvml.register_events, "nvmlDeviceRegisterEvents");
    library.find(nvml.next_event, "nvmlEventSetWait_v2");
    return nvml;
}

Refusal refusal(const Functions& nvml, int status) {
    const char* text = nvml.error_string(status);
    return {"refused",
            fmt::format("{} (NVML error {})", text != nullptr ? text : "unknown error", status)};
}

/// Counts the errors that the driver reports as Xid, by their number, from the first question on.
class XidCounter {
  public:
    XidCounter(const Functions& nvml, Device device) : nvml_(nvml) {
        if (nvml.create_events == nullptr || nvml.register_events == nullptr ||
            nvml.next_event == nullptr || nvml.create_events(&events_) != success ||
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
    const Functions& nvml_;
    EventSet events_ = nullptr;
    std::map<unsigned long long, std::uint64_t> counts_;
};

json::object errors_of(const Functions& nvml, Device device, XidCounter& xids) {
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

json::array reasons_of(const Functions& nvml, Device device) {
    json::array reasons;
    const auto bits = value_of<unsigned long long>(nvml.throttled, device).value_or(0);
    for (const ThrottleReason& reason : throttle_reasons) {
        if ((bits & reason.bit) != 0) {
            reasons.emplace_back(reason.name);
        }
    }
    return reasons;
}

void add_state(json::object& said, const Functions& nvml, Device device) {
    add(said, "clock_mhz", value_of<unsigned>(nvml.clock, device, sm_clock));
    add(said, "temperature_c", value_of<unsigned>(nvml.temperature, device, gpu_sensor));
    if (const auto milliwatts = value_of<unsigned>(nvml.power, device)) {
        said["power_w"] = *milliwatts * 1e-3;
    }
    add(said, "link_replays", value_of<unsigned>(nvml.replays, device));
    said["throttle_reasons"] = reasons_of(nvml, device);
}

/// What is asked of a card that is shared out is not what the part has that computes.
bool is_shared_out(const Functions& nvml, Device device) {
    unsigned now = 0;
    unsigned pending = 0;
    return nvml.mig_mode != nullptr && nvml.mig_mode(device, &now, &pending) == success && now != 0;
}

void add_abilities(json::object& said, const Functions& nvml, Device device) {
    if (const auto memory = value_of<MemoryInfo>(nvml.memory, device)) {
        said["memory_free_bytes"] = memory->free;
    }
    add(said, "max_clock_mhz", value_of<unsigned>(nvml.max_clock, device, sm_clock));
    add(said, "max_memory_clock_mhz", value_of<unsigned>(nvml.max_clock, device, memory_clock));
    add(said, "memory_bus_bits", value_of<unsigned>(nvml.bus_width, device));
    add(said, "cores", value_of<unsigned>(nvml.cores, device));
}

void add_persistence(json::object& said, const Functions& nvml, Device device) {
    if (const auto persistence = value_of<int>(nvml.persistence, device)) {
        said["is_persistent"] = *persistence != 0;
    }
}

}  // namespace

std::expected<json::object, Refusal> nvml_telemetry(const std::string& pci_address) {
    static const auto nvml_library = started(
        names, bind, [](const Functions& library) { return library.init(); }, refusal);
    if (!nvml_library) {
        return std::unexpected(nvml_library.error());
    }
    const Functions& functions = *nvml_library;
    Device device = nullptr;
    if (const int status = functions.device(pci_address.c_str(), &device); status != success) {
        return std::unexpected(refusal(functions, status));
    }
    static XidCounter xids(functions, device);  // a worker watches one card
    json::object said;
    add_state(said, functions, device);
    add_persistence(said, functions, device);
    if (!is_shared_out(functions, device)) {
        add_abilities(said, functions, device);
    }
    said["errors"] = errors_of(functions, device, xids);
    return said;
}

}  // namespace trilby::backends
