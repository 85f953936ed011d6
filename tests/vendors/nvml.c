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

static const struct fake_device* device_of(void* handle) {
    return fake_device((long long)(uintptr_t)handle - 1);
}

EXPORT int nvmlDeviceGetName(void* device, char* name, unsigned size) {
    const int status = fake_call("nvmlDeviceGetName");
    fake_text("nvmlDeviceGetName", name, size, device_of(device)->name);
    return status;
}

#ifndef FAKE_OLD_LIBRARY
EXPORT int nvmlDeviceGetPciInfo_v3(void* device, struct pci_info* info) {
    const int status = fake_call("nvmlDeviceGetPciInfo_v3");
    char address[28];
    snprintf(address, sizeof address, "0000%s", device_of(device)->pci_address);
    fake_text("nvmlDeviceGetPciInfo_v3", info->bus_id, sizeof info->bus_id, address);
    return status;
}
#endif

EXPORT int nvmlDeviceGetMemoryInfo(void* device, struct memory_info* memory) {
    memory->total = device_of(device)->memory_bytes;
    memory->used = memory->total / 4;
    return fake_call("nvmlDeviceGetMemoryInfo");
}

EXPORT int nvmlDeviceGetCudaComputeCapability(void* device, int* major, int* minor) {
    *major = device_of(device)->major;
    *minor = device_of(device)->minor;
    return fake_call("nvmlDeviceGetCudaComputeCapability");
}

EXPORT int nvmlDeviceGetMigMode(void* device, unsigned* now, unsigned* pending) {
    (void)device;
    *now = *pending = 1;
    return fake_call("nvmlDeviceGetMigMode");
}

EXPORT int nvmlDeviceGetEccMode(void* device, int* now, int* pending) {
    (void)device;
    *now = *pending = 1;
    return fake_call("nvmlDeviceGetEccMode");
}
