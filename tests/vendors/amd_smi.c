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
    clock[0] = domain == 0 ? (uint32_t)fake_number("amdsmi_get_clock_info", 2100) : 0;
    clock[1] = 500;
    return fake_call_of(device, "amdsmi_get_clock_info");
}

EXPORT int amdsmi_get_temp_metric(void* device, int sensor, int metric, int64_t* temperature) {
    *temperature = sensor == 1 && metric == 0 ? fake_number("amdsmi_get_temp_metric", 58) : -1;
    return fake_call_of(device, "amdsmi_get_temp_metric");
}

EXPORT int amdsmi_get_gpu_total_ecc_count(void* device, uint64_t* counts) {
    counts[0] = (uint64_t)fake_number("amdsmi_get_gpu_total_ecc_count", 4);
    counts[1] = 1;
    return fake_call_of(device, "amdsmi_get_gpu_total_ecc_count");
}

EXPORT int amdsmi_get_gpu_pci_replay_counter(void* device, uint64_t* count) {
    *count = (uint64_t)fake_number("amdsmi_get_gpu_pci_replay_counter", 7);
    return fake_call_of(device, "amdsmi_get_gpu_pci_replay_counter");
}

EXPORT int amdsmi_get_gpu_memory_total(void* device, int type, uint64_t* bytes) {
    *bytes = type == 0 ? fake_device_of(device)->memory_bytes : 0;
    return fake_call_of(device, "amdsmi_get_gpu_memory_total");
}

EXPORT int amdsmi_get_gpu_memory_usage(void* device, int type, uint64_t* bytes) {
    (void)type;
    *bytes = (uint64_t)fake_number("amdsmi_get_gpu_memory_usage",
                                   (long long)fake_device_of(device)->memory_bytes / 4);
    return fake_call_of(device, "amdsmi_get_gpu_memory_usage");
}

/* The counter, and under the name with ".step" the microjoules of one step. */
EXPORT int amdsmi_get_energy_count(void* device, uint64_t* count, float* step, uint64_t* time) {
    *count = (uint64_t)fake_number("amdsmi_get_energy_count", 1000000);
    *step = (float)fake_number("amdsmi_get_energy_count.step", 15);
    *time = 1;
    return fake_call_of(device, "amdsmi_get_energy_count");
}

struct gpu_metrics {
    uint16_t structure_size;
    uint8_t format_revision, content_revision;
    uint16_t temperatures[6];
    uint16_t activities[3];
    uint16_t average_socket_power;
    uint64_t energy_accumulator;
    uint64_t system_clock_counter;
    uint16_t average_clocks[7];
    uint16_t current_clocks[7];
    uint32_t throttle_status;
    uint16_t current_fan_speed, pcie_link_width, pcie_link_speed;
    uint32_t gfx_activity_acc, mem_activity_acc;
    uint16_t temperature_hbm[4];
    uint64_t firmware_timestamp;
    uint16_t voltage_soc, voltage_gfx, voltage_mem;
    uint64_t indep_throttle_status;
    uint16_t current_socket_power;
    uint16_t vcn_activity[4];
    uint32_t gfxclk_lock_status;
    uint16_t xgmi_link_width, xgmi_link_speed;
    uint64_t pcie_counters[5];
    uint64_t xgmi_read_data_acc[8], xgmi_write_data_acc[8];
    uint16_t current_gfxclks[8], current_socclks[4], current_vclk0s[4], current_dclk0s[4];
    uint16_t jpeg_activity[32];
    uint32_t pcie_nak_sent_count_acc, pcie_nak_rcvd_count_acc;
#ifndef FAKE_OLD_LIBRARY
    uint64_t accumulation_counter;
    uint64_t prochot_residency_acc, ppt_residency_acc, socket_thm_residency_acc;
    uint64_t vr_thm_residency_acc, hbm_thm_residency_acc;
    uint64_t later_members[500];
#endif
};

/* Metrics of a graphics card, or with the number 1 of an accelerator, or with 2 of a firmware that
 * reports nothing. */
EXPORT int amdsmi_get_gpu_metrics_info(void* device, struct gpu_metrics* metrics) {
    const long long kind = fake_number("amdsmi_get_gpu_metrics_info", 0);
    memset(metrics, 0xff, sizeof *metrics);
    metrics->format_revision = 1;
    metrics->content_revision = kind == 1 ? 8 : 3;
    if (kind == 0) {
        metrics->average_socket_power = 285;
        metrics->throttle_status = 0x10;
        metrics->indep_throttle_status = 1ULL << 0 | 1ULL << 36;
    } else if (kind == 1) {
        metrics->current_socket_power = 740;
        metrics->throttle_status = 0;
#ifndef FAKE_OLD_LIBRARY
        metrics->accumulation_counter = 1000;
        metrics->ppt_residency_acc = 250;
#endif
    }
    return fake_call_of(device, "amdsmi_get_gpu_metrics_info");
}
