// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The NVIDIA Management Library, which comes with the driver. Prototypes, constants and structs:
/// docs.nvidia.com/deploy/nvml-api.

#pragma once

#include <array>
#include <expected>
#include <string>

#include "backends/runtimes/vendor_library.hpp"

namespace trilby::backends::nvml {

inline constexpr std::array library_names{"libnvidia-ml.so.1"};

inline constexpr int success = 0;
inline constexpr int no_event_in_time = 10;
inline constexpr int driver_and_library_differ = 18;
inline constexpr int sm_clock = 1;
inline constexpr int memory_clock = 2;
inline constexpr int gpu_sensor = 0;
inline constexpr int slowdown_threshold = 1;
inline constexpr int corrected = 0;
inline constexpr int not_corrected = 1;
inline constexpr int since_driver_start = 0;
inline constexpr unsigned long long xid_event = 8;

using Device = void*;
using EventSet = void*;

struct PciInfo {
    std::array<char, 16> legacy_bus_id;
    unsigned domain, bus, device, device_id, subsystem_id;
    std::array<char, 32> bus_id;
};

struct MemoryInfo {
    unsigned long long total, free, used;
};

struct Event {
    Device device;
    unsigned long long type, data;
    unsigned gpu_instance, compute_instance;
};

struct Library {
    VendorLibrary file;

    Function<int()> init{file, "nvmlInit_v2"};
    Function<const char*(int)> error_string{file, "nvmlErrorString"};
    Function<int(char*, unsigned)> driver_version{file, "nvmlSystemGetDriverVersion"};
    Function<int(int*)> cuda_version{file, "nvmlSystemGetCudaDriverVersion_v2"};

    Function<int(unsigned*)> device_count{file, "nvmlDeviceGetCount_v2"};
    Function<int(unsigned, Device*)> device_by_index{file, "nvmlDeviceGetHandleByIndex_v2"};
    Function<int(const char*, Device*)> device_by_address{file, "nvmlDeviceGetHandleByPciBusId_v2"};
    Function<int(Device, char*, unsigned)> name{file, "nvmlDeviceGetName"};
    Function<int(Device, char*, unsigned)> uuid{file, "nvmlDeviceGetUUID"};
    Function<int(Device, PciInfo*)> pci_info{file, "nvmlDeviceGetPciInfo_v3"};
    Function<int(Device, int*, int*)> compute_capability{file,
                                                         "nvmlDeviceGetCudaComputeCapability"};
    Function<int(Device, unsigned*)> cores{file, "nvmlDeviceGetNumGpuCores"};

    Function<int(Device, MemoryInfo*)> memory{file, "nvmlDeviceGetMemoryInfo"};
    Function<int(Device, unsigned*)> memory_bus_width{file, "nvmlDeviceGetMemoryBusWidth"};

    Function<int(Device, int, unsigned*)> clock{file, "nvmlDeviceGetClockInfo"};
    Function<int(Device, int, unsigned*)> max_clock{file, "nvmlDeviceGetMaxClockInfo"};
    Function<int(Device, int, unsigned*)> temperature{file, "nvmlDeviceGetTemperature"};
    Function<int(Device, int, unsigned*)> temperature_threshold{
        file, "nvmlDeviceGetTemperatureThreshold"};
    Function<int(Device, unsigned*)> power{file, "nvmlDeviceGetPowerUsage"};
    Function<int(Device, unsigned long long*)> energy{file, "nvmlDeviceGetTotalEnergyConsumption"};
    Function<int(Device, unsigned long long*)> throttle_reasons{
        file, "nvmlDeviceGetCurrentClocksThrottleReasons"};

    Function<int(Device, unsigned*, unsigned*)> mig_mode{file, "nvmlDeviceGetMigMode"};
    Function<int(Device, unsigned*)> most_instances{file, "nvmlDeviceGetMaxMigDeviceCount"};
    Function<int(Device, unsigned, Device*)> instance_by_index{
        file, "nvmlDeviceGetMigDeviceHandleByIndex"};
    Function<int(Device, unsigned*)> gpu_instance{file, "nvmlDeviceGetGpuInstanceId"};
    Function<int(Device, int*, int*)> ecc_mode{file, "nvmlDeviceGetEccMode"};
    Function<int(Device, int*)> persistence{file, "nvmlDeviceGetPersistenceMode"};

    Function<int(Device, int, int, unsigned long long*)> ecc_errors{file,
                                                                    "nvmlDeviceGetTotalEccErrors"};
    Function<int(Device, unsigned*, unsigned*, unsigned*, unsigned*)> remapped_rows{
        file, "nvmlDeviceGetRemappedRows"};
    Function<int(Device, int*)> retirement_pending{file, "nvmlDeviceGetRetiredPagesPendingStatus"};
    Function<int(Device, unsigned*)> link_replays{file, "nvmlDeviceGetPcieReplayCounter"};
    Function<int(EventSet*)> create_events{file, "nvmlEventSetCreate"};
    Function<int(Device, unsigned long long, EventSet)> register_events{file,
                                                                        "nvmlDeviceRegisterEvents"};
    Function<int(EventSet, Event*, unsigned)> next_event{file, "nvmlEventSetWait_v2"};

    [[nodiscard]] std::string error_text(int status) const;
    /// A refusal for any status but success.
    [[nodiscard]] std::expected<void, Refusal> check(int status) const;
};

/// Whether the card is in MIG mode; nothing if the library does not say.
[[nodiscard]] std::optional<bool> is_partitioned(const Library& nvml, Device device);

}  // namespace trilby::backends::nvml
