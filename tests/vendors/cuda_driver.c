/* Copyright The Trilby Authors
 * SPDX-License-Identifier: Apache-2.0 */

#include "fake.h"

EXPORT int cuInit(unsigned flags) {
    (void)flags;
    return fake_call("cuInit");
}

EXPORT int cuDriverGetVersion(int* version) {
    *version = 13000;
    return fake_call("cuDriverGetVersion");
}

EXPORT int cuDeviceGetCount(int* count) {
    const int status = fake_call("cuDeviceGetCount");
    *count = (int)fake_count("cuDeviceGetCount");
    return status;
}

EXPORT int cuDeviceGet(int* device, int index) {
    *device = index;
    return fake_call("cuDeviceGet");
}

EXPORT int cuDeviceGetName(char* name, int size, int device) {
    const int status = fake_call("cuDeviceGetName");
    fake_text("cuDeviceGetName", name, (size_t)size, fake_device(device)->name);
    return status;
}

EXPORT int cuDeviceGetPCIBusId(char* address, int size, int device) {
    const int status = fake_call("cuDeviceGetPCIBusId");
    fake_text("cuDeviceGetPCIBusId", address, (size_t)size, fake_device(device)->pci_address);
    return status;
}

EXPORT int cuDeviceTotalMem_v2(size_t* bytes, int device) {
    *bytes = fake_device(device)->memory_bytes;
    return fake_call("cuDeviceTotalMem_v2");
}

EXPORT int cuDeviceGetAttribute(int* value, int attribute, int device) {
    const struct fake_device* fake = fake_device(device);
    *value = attribute == 75 ? fake->major : attribute == 76 ? fake->minor : 132;
    return fake_call("cuDeviceGetAttribute");
}

EXPORT int cuGetErrorName(int status, const char** name) {
    *name = status == 999 ? "CUDA_ERROR_UNKNOWN" : NULL;
    return 0;
}
