/* Copyright The Trilby Authors
 * SPDX-License-Identifier: Apache-2.0 */

#include <stdint.h>

#include "fake.h"

EXPORT int rsmi_init(uint64_t flags) {
    (void)flags;
    return fake_call("rsmi_init");
}

EXPORT int rsmi_status_string(int status, const char** text) {
    *text = status == 8 ? "RSMI_STATUS_INIT_ERROR" : NULL;
    return 0;
}

EXPORT int rsmi_num_monitor_devices(uint32_t* count) {
    const int status = fake_call("rsmi_num_monitor_devices");
    *count = (uint32_t)fake_count("rsmi_num_monitor_devices");
    return status;
}

EXPORT int rsmi_dev_name_get(uint32_t device, char* name, size_t size) {
    const int status = fake_call("rsmi_dev_name_get");
    fake_text("rsmi_dev_name_get", name, size, fake_device(device)->name);
    return status;
}

EXPORT int rsmi_dev_pci_id_get(uint32_t device, uint64_t* id) {
    unsigned domain = 0;
    unsigned bus = 0;
    unsigned slot = 0;
    unsigned function = 0;
    sscanf(fake_device(device)->pci_address, "%x:%x:%x.%x", &domain, &bus, &slot, &function);
    *id = (uint64_t)domain << 32 | bus << 8 | slot << 3 | function;
    return fake_call("rsmi_dev_pci_id_get");
}

EXPORT int rsmi_dev_memory_total_get(uint32_t device, int kind, uint64_t* bytes) {
    (void)kind;
    *bytes = (uint64_t)fake_number("rsmi_dev_memory_total_get",
                                   (long long)fake_device(device)->memory_bytes);
    return fake_call("rsmi_dev_memory_total_get");
}

EXPORT int rsmi_dev_memory_usage_get(uint32_t device, int kind, uint64_t* bytes) {
    (void)kind;
    *bytes = fake_device(device)->memory_bytes / 8;
    return fake_call("rsmi_dev_memory_usage_get");
}

EXPORT int rsmi_version_str_get(int component, char* version, uint32_t size) {
    (void)component;
    snprintf(version, size, "6.12.12");
    return fake_call("rsmi_version_str_get");
}
