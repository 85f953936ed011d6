/* Copyright The Trilby Authors
 * SPDX-License-Identifier: Apache-2.0 */

#include <stdint.h>

#include "fake.h"

EXPORT int amdsmi_init(uint64_t flags) {
    return flags == 2 ? fake_call("amdsmi_init") : 1;
}

EXPORT int amdsmi_status_code_to_string(int status, const char** text) {
    *text = status < 900 ? "Some error" : NULL;
    return fake_call("amdsmi_status_code_to_string");
}

static uint64_t packed(const char* address) {
    unsigned domain = 0, bus = 0, device = 0, function = 0;
    sscanf(address, "%x:%x:%x.%x", &domain, &bus, &device, &function);
    return (uint64_t)domain << 16 | bus << 8 | device << 3 | function;
}

EXPORT int amdsmi_get_processor_handle_from_bdf(uint64_t bdf, void** device) {
    const int status = fake_call("amdsmi_get_processor_handle_from_bdf");
    for (int i = 0; i < fake_device_count; ++i) {
        if (packed(fake_devices[i].pci_address) == bdf) {
            *device = (void*)(uintptr_t)(i + 1);
            return status;
        }
    }
    return 31;
}

EXPORT int amdsmi_get_clock_info(void* device, int domain, uint32_t* clock) {
    (void)device;
    clock[0] = domain == 0 ? 2100 : 0;
    clock[1] = 500;
    return fake_call("amdsmi_get_clock_info");
}

EXPORT int amdsmi_get_temp_metric(void* device, int sensor, int metric, int64_t* temperature) {
    (void)device;
    *temperature = sensor == 1 && metric == 0 ? fake_number("amdsmi_get_temp_metric", 58) : -1;
    return fake_call("amdsmi_get_temp_metric");
}

EXPORT int amdsmi_get_gpu_total_ecc_count(void* device, uint64_t* counts) {
    (void)device;
    counts[0] = (uint64_t)fake_number("amdsmi_get_gpu_total_ecc_count", 4);
    counts[1] = 1;
    return fake_call("amdsmi_get_gpu_total_ecc_count");
}

EXPORT int amdsmi_get_gpu_pci_replay_counter(void* device, uint64_t* count) {
    (void)device;
    *count = 7;
    return fake_call("amdsmi_get_gpu_pci_replay_counter");
}
