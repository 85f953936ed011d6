/* Copyright The Trilby Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The common part of the fake vendor libraries. The file in TRILBY_FAKE_TABLE controls them:
 *
 *     device 0000:01:00.0 85899345920 9.0 NVIDIA H100 80GB
 *     instance 0000:01:00.0 3 MIG-00000000-... NVIDIA H100 80GB MIG 1g.10gb    after its device
 *     nvmlInit_v2 return 18
 *     cuDeviceGetName crash           also: hang, exit, rubbish (fills the caller's buffer)
 *     nvmlDeviceGetCount_v2 count 4000000000
 *     nvmlDeviceGetTemperature number 71
 *     nvmlDeviceGetPowerUsage@0000:41:00.0 return 3    only for this device
 */

#ifndef TRILBY_FAKE_H
#define TRILBY_FAKE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

struct fake_device {
    char pci_address[24];
    unsigned long long memory_bytes;
    int major, minor;
    char name[128];
};

/* A MIG instance of a device, in the GPU instance of that number. */
struct fake_instance {
    char pci_address[24];
    unsigned gpu_instance;
    char uuid[96];
    char name[128];
};

static struct fake_device fake_devices[64];
static int fake_device_count;
static struct fake_instance fake_instances[64];
static int fake_instance_count;

/* The line of the table for `function`, split into action and number; 0 if there is none. */
static inline int fake_action(const char* function, char action[32], long long* number) {
    const char* path = getenv("TRILBY_FAKE_TABLE");
    FILE* table = path != NULL ? fopen(path, "r") : NULL;
    char line[512];
    char name[128];
    int found = 0;
    while (table != NULL && fgets(line, sizeof line, table) != NULL) {
        *number = 0;
        if (sscanf(line, "%127s %31s %lld", name, action, number) >= 2 &&
            strcmp(name, function) == 0) {
            found = 1;
            break;
        }
    }
    if (table != NULL) {
        fclose(table);
    }
    return found;
}

static inline void fake_read_devices(void) {
    const char* path = getenv("TRILBY_FAKE_TABLE");
    FILE* table = path != NULL ? fopen(path, "r") : NULL;
    char line[512];
    fake_device_count = fake_instance_count = 0;
    while (table != NULL && fake_device_count < 64 && fake_instance_count < 64 &&
           fgets(line, sizeof line, table) != NULL) {
        struct fake_device* device = &fake_devices[fake_device_count];
        struct fake_instance* instance = &fake_instances[fake_instance_count];
        if (sscanf(line, "device %23s %llu %d.%d %127[^\n]", device->pci_address,
                   &device->memory_bytes, &device->major, &device->minor, device->name) == 5) {
            ++fake_device_count;
        }
        if (sscanf(line, "instance %23s %u %95s %127[^\n]", instance->pci_address,
                   &instance->gpu_instance, instance->uuid, instance->name) == 4) {
            ++fake_instance_count;
        }
    }
    if (table != NULL) {
        fclose(table);
    }
}

/* The result of a call of `function`, which may not return. */
static inline int fake_call(const char* function) {
    char action[32];
    long long number = 0;
    fake_read_devices();
    if (!fake_action(function, action, &number)) {
        return 0;
    }
    if (strcmp(action, "crash") == 0) {
        abort();
    }
    if (strcmp(action, "exit") == 0) {
        exit((int)number);
    }
    if (strcmp(action, "hang") == 0) {
        for (;;) {
            pause();
        }
    }
    return strcmp(action, "return") == 0 ? (int)number : 0;
}

static inline const struct fake_device* fake_device(long long index) {
    static const struct fake_device none = {"0000:00:00.0", 0, 0, 0, "none"};
    return index >= 0 && index < fake_device_count ? &fake_devices[index] : &none;
}

/* The device of a handle, which is its index plus one. */
static inline const struct fake_device* fake_device_of(void* handle) {
    return fake_device((long long)(uintptr_t)handle - 1);
}

/* The result of a call of `function` for one device. */
static inline int fake_call_of(void* handle, const char* function) {
    char action[32];
    char name[160];
    long long number = 0;
    snprintf(name, sizeof name, "%s@%s", function, fake_device_of(handle)->pci_address);
    return fake_call(fake_action(name, action, &number) ? name : function);
}

static inline long long fake_count(const char* function) {
    char action[32];
    long long number = 0;
    const int has_line = fake_action(function, action, &number);
    return has_line && strcmp(action, "count") == 0 ? number : fake_device_count;
}

static inline long long fake_number(const char* function, long long otherwise) {
    char action[32];
    long long number = 0;
    const int has_line = fake_action(function, action, &number);
    return has_line && strcmp(action, "number") == 0 ? number : otherwise;
}

/* The text of a device, or garbage without a final zero byte. */
static inline void fake_text(const char* function, char* buffer, size_t size, const char* text) {
    char action[32];
    long long number = 0;
    if (fake_action(function, action, &number) && strcmp(action, "rubbish") == 0) {
        memset(buffer, 0x1b, size);
    } else {
        snprintf(buffer, size, "%s", text);
    }
}

#endif
