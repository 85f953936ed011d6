/* Copyright The Trilby Authors
 * SPDX-License-Identifier: Apache-2.0 */

#include "fake.h"

EXPORT int hipInit(unsigned flags) {
    (void)flags;
    return fake_call("hipInit");
}

EXPORT int hipRuntimeGetVersion(int* version) {
    *version = 60342133;
    return fake_call("hipRuntimeGetVersion");
}

EXPORT int hipGetDeviceCount(int* count) {
    const int status = fake_call("hipGetDeviceCount");
    *count = (int)fake_count("hipGetDeviceCount");
    return status;
}

EXPORT int hipDeviceGetName(char* name, int size, int device) {
    const int status = fake_call("hipDeviceGetName");
    fake_text("hipDeviceGetName", name, (size_t)size, fake_device(device)->name);
    return status;
}

EXPORT int hipDeviceGetPCIBusId(char* address, int size, int device) {
    const int status = fake_call("hipDeviceGetPCIBusId");
    fake_text("hipDeviceGetPCIBusId", address, (size_t)size, fake_device(device)->pci_address);
    return status;
}

EXPORT int hipDeviceTotalMem(size_t* bytes, int device) {
    *bytes = (size_t)fake_number("hipDeviceTotalMem", (long long)fake_device(device)->memory_bytes);
    return fake_call("hipDeviceTotalMem");
}

EXPORT const char* hipGetErrorString(int status) {
    return status == 100 ? "no ROCm-capable device is detected" : "some error";
}
