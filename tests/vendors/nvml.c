/* Copyright The Trilby Authors
 * SPDX-License-Identifier: Apache-2.0 */

#include <stdint.h>

#include "fake.h"

struct pci_info {
    char legacy_bus_id[16];
    unsigned domain, bus, device, device_id, subsystem_id;
    char bus_id[32];
};

struct memory_info {
    unsigned long long total, free, used;
};

EXPORT int nvmlInit_v2(void) {
    return fake_call("nvmlInit_v2");
}

EXPORT const char* nvmlErrorString(int status) {
    fake_call("nvmlErrorString");
    return status == 18 ? "Driver/library version mismatch" : status < 900 ? "Some error" : NULL;
}

EXPORT int nvmlSystemGetDriverVersion(char* version, unsigned size) {
    fake_text("nvmlSystemGetDriverVersion", version, size, "580.95.05");
    return fake_call("nvmlSystemGetDriverVersion");
}

EXPORT int nvmlSystemGetCudaDriverVersion_v2(int* version) {
    *version = 13000;
    return fake_call("nvmlSystemGetCudaDriverVersion_v2");
}

EXPORT int nvmlDeviceGetCount_v2(unsigned* count) {
    const int status = fake_call("nvmlDeviceGetCount_v2");
    *count = (unsigned)fake_count("nvmlDeviceGetCount_v2");
    return status;
}

EXPORT int nvmlDeviceGetHandleByIndex_v2(unsigned index, void** device) {
    *device = (void*)(uintptr_t)(index + 1);
    return fake_call("nvmlDeviceGetHandleByIndex_v2");
}

/* The handles of MIG instances come after those of all cards. */
static const struct fake_instance* instance_of(void* handle) {
    const uintptr_t first = 1000;
    return (uintptr_t)handle < first ? NULL : &fake_instances[(uintptr_t)handle - first];
}

static void* handle_of_instance(int index) {
    return (void*)(uintptr_t)(1000 + index);
}

EXPORT int nvmlDeviceGetName(void* device, char* name, unsigned size) {
    const int status = fake_call("nvmlDeviceGetName");
    const struct fake_instance* instance = instance_of(device);
    fake_text("nvmlDeviceGetName", name, size,
              instance != NULL ? instance->name : fake_device_of(device)->name);
    return status;
}

/* That of a card has its number at the end. */
EXPORT int nvmlDeviceGetUUID(void* device, char* uuid, unsigned size) {
    const int status = fake_call("nvmlDeviceGetUUID");
    const struct fake_instance* instance = instance_of(device);
    char text[96];
    snprintf(text, sizeof text, "GPU-5D1F0D1E-0000-0000-0000-%012u",
             (unsigned)((uintptr_t)device - 1));
    fake_text("nvmlDeviceGetUUID", uuid, size, instance != NULL ? instance->uuid : text);
    return status;
}

#ifndef FAKE_OLD_LIBRARY
EXPORT int nvmlDeviceGetPciInfo_v3(void* device, struct pci_info* info) {
    const int status = fake_call("nvmlDeviceGetPciInfo_v3");
    char address[28];
    snprintf(address, sizeof address, "0000%s", fake_device_of(device)->pci_address);
    fake_text("nvmlDeviceGetPciInfo_v3", info->bus_id, sizeof info->bus_id, address);
    return status;
}
#endif

EXPORT int nvmlDeviceGetMemoryInfo(void* device, struct memory_info* memory) {
    memory->total = fake_device_of(device)->memory_bytes;
    memory->used = memory->total / 4;
    memory->free = memory->total - memory->used;
    return fake_call("nvmlDeviceGetMemoryInfo");
}

EXPORT int nvmlDeviceGetCudaComputeCapability(void* device, int* major, int* minor) {
    *major = fake_device_of(device)->major;
    *minor = fake_device_of(device)->minor;
    return fake_call("nvmlDeviceGetCudaComputeCapability");
}

/* The card has seven places for instances. */
enum { places = 7 };

/* The instance in that place of the card; -1 if the place is empty. */
static int instance_at(void* card, unsigned place) {
    for (int i = 0; i < fake_instance_count; ++i) {
        if (strcmp(fake_instances[i].pci_address, fake_device_of(card)->pci_address) == 0 &&
            place-- == 0) {
            return i;
        }
    }
    return -1;
}

/* If the table has instances, only their cards are in MIG mode. */
EXPORT int nvmlDeviceGetMigMode(void* device, unsigned* now, unsigned* pending) {
    const int status = fake_call("nvmlDeviceGetMigMode");
    const int otherwise = fake_instance_count == 0 || instance_at(device, 0) >= 0;
    *now = *pending = (unsigned)fake_number("nvmlDeviceGetMigMode", otherwise);
    return status;
}

EXPORT int nvmlDeviceGetMaxMigDeviceCount(void* device, unsigned* count) {
    (void)device;
    *count = (unsigned)fake_number("nvmlDeviceGetMaxMigDeviceCount", places);
    return fake_call("nvmlDeviceGetMaxMigDeviceCount");
}

EXPORT int nvmlDeviceGetMigDeviceHandleByIndex(void* device, unsigned place, void** instance) {
    const int status = fake_call("nvmlDeviceGetMigDeviceHandleByIndex");
    const int index = instance_at(device, place);
    *instance = handle_of_instance(index);
    return index < 0 ? 6 : status;
}

EXPORT int nvmlDeviceGetGpuInstanceId(void* device, unsigned* number) {
    const int status = fake_call("nvmlDeviceGetGpuInstanceId");
    *number = instance_of(device)->gpu_instance;
    return status;
}

EXPORT int nvmlDeviceGetEccMode(void* device, int* now, int* pending) {
    (void)device;
    *now = *pending = 1;
    return fake_call("nvmlDeviceGetEccMode");
}

/* Telemetry of a card under load. */

EXPORT int nvmlDeviceGetHandleByPciBusId_v2(const char* address, void** device) {
    const int status = fake_call("nvmlDeviceGetHandleByPciBusId_v2");
    for (int i = 0; i < fake_device_count; ++i) {
        if (strcmp(fake_devices[i].pci_address, address) == 0) {
            *device = (void*)(uintptr_t)(i + 1);
            return status;
        }
    }
    return 6;
}

#define NUMBER(function, type, otherwise)               \
    EXPORT int function(void* device, type* out) {      \
        *out = (type)fake_number(#function, otherwise); \
        return fake_call_of(device, #function);         \
    }

NUMBER(nvmlDeviceGetPowerUsage, unsigned, 412500)
NUMBER(nvmlDeviceGetTotalEnergyConsumption, unsigned long long, 5250500)
NUMBER(nvmlDeviceGetPcieReplayCounter, unsigned, 3)
NUMBER(nvmlDeviceGetNumGpuCores, unsigned, 16896)
NUMBER(nvmlDeviceGetMemoryBusWidth, unsigned, 5120)
NUMBER(nvmlDeviceGetPersistenceMode, int, 1)
NUMBER(nvmlDeviceGetCurrentClocksThrottleReasons, unsigned long long, 0x25)

EXPORT int nvmlDeviceGetTemperature(void* device, int sensor, unsigned* temperature) {
    (void)sensor;
    *temperature = (unsigned)fake_number("nvmlDeviceGetTemperature", 64);
    return fake_call_of(device, "nvmlDeviceGetTemperature");
}

EXPORT int nvmlDeviceGetTemperatureThreshold(void* device, int threshold, unsigned* temperature) {
    *temperature =
        threshold == 1 ? (unsigned)fake_number("nvmlDeviceGetTemperatureThreshold", 87) : 0;
    return fake_call_of(device, "nvmlDeviceGetTemperatureThreshold");
}

EXPORT int nvmlDeviceGetRetiredPagesPendingStatus(void* device, int* is_pending) {
    *is_pending = (int)fake_number("nvmlDeviceGetRetiredPagesPendingStatus", 0);
    return fake_call_of(device, "nvmlDeviceGetRetiredPagesPendingStatus");
}

/* The number is 1 for a pending row, and 2 for one that failed. */
EXPORT int nvmlDeviceGetRemappedRows(void* device, unsigned* corrected, unsigned* uncorrected,
                                     unsigned* is_pending, unsigned* has_failed) {
    const long long state = fake_number("nvmlDeviceGetRemappedRows", 0);
    *corrected = *uncorrected = 1;
    *is_pending = state == 1;
    *has_failed = state == 2;
    return fake_call_of(device, "nvmlDeviceGetRemappedRows");
}

EXPORT int nvmlDeviceGetClockInfo(void* device, int domain, unsigned* clock) {
    *clock = domain == 1 ? (unsigned)fake_number("nvmlDeviceGetClockInfo", 1755) : 0;
    return fake_call_of(device, "nvmlDeviceGetClockInfo");
}

EXPORT int nvmlDeviceGetMaxClockInfo(void* device, int domain, unsigned* clock) {
    (void)device;
    *clock = domain == 1 ? 1980 : 2619;
    return fake_call("nvmlDeviceGetMaxClockInfo");
}

EXPORT int nvmlDeviceGetTotalEccErrors(void* device, int type, int counter,
                                       unsigned long long* count) {
    (void)counter;
    *count = type == 0 ? (unsigned long long)fake_number("nvmlDeviceGetTotalEccErrors", 2) : 0;
    return fake_call_of(device, "nvmlDeviceGetTotalEccErrors");
}

struct event {
    void* device;
    unsigned long long type, data;
    unsigned gpu_instance, compute_instance;
};

EXPORT int nvmlEventSetCreate(void** set) {
    *set = &fake_device_count;
    return fake_call("nvmlEventSetCreate");
}

EXPORT int nvmlDeviceRegisterEvents(void* device, unsigned long long types, void* set) {
    (void)device;
    (void)set;
    return types == 8 ? fake_call("nvmlDeviceRegisterEvents") : 2;
}

/* The number of events in the table, the first one caused by a program. */
EXPORT int nvmlEventSetWait_v2(void* set, struct event* event, unsigned timeout_ms) {
    static long long delivered = 0;
    (void)set;
    (void)timeout_ms;
    memset(event, 0, sizeof *event);
    event->data = delivered == 0 ? 31 : 79;
    if (delivered >= fake_number("nvmlEventSetWait_v2", 0)) {
        const int status = fake_call("nvmlEventSetWait_v2");
        return status != 0 ? status : 10;
    }
    ++delivered;
    return 0;
}
