/* Copyright The Trilby Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Several devices of one kind, TRILBY_TEST_DEVICES of them, or one. They pass every check and
 * measure the speeds of two. TRILBY_TEST_FAULTS has what is wrong with them, as
 * "DEVICE:FAULT:CHECK" or "DEVICE:FAULT:start" for the known answer, separated by commas. FAULT is
 * slow, wrong, bits, crash, hang or waits, which sends progress until it is cancelled. All rounds
 * but the first of a check with the fault bits give other bits; "bits:start" is other libraries. A
 * check of all devices together is that of the first of them.
 *
 * TRILBY_TEST_UUIDS has devices with UUIDs instead, as "UUID@PCI ADDRESS" separated by commas. As
 * in CUDA, CUDA_VISIBLE_DEVICES selects which of them a process sees, and it sees at most one MIG
 * instance, and no card beside it. DEVICE is then the place in the list.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "module.h"

enum { most_devices = 64 };

static struct device {
    char uuid[96];
    char pci_address[24];
} devices[most_devices];
static int device_count;

/* The places in `devices` of those that this process sees. */
static int shown[most_devices];
static int shown_count;

static int is_instance(int device) {
    return strncmp(devices[device].uuid, "MIG-", 4) == 0;
}

static void read_devices(const char* uuids) {
    const char* at = uuids;
    for (device_count = 0; at != NULL && device_count < most_devices; ++device_count) {
        struct device* device = &devices[device_count];
        if (sscanf(at, "%95[^@,]@%23[^,]", device->uuid, device->pci_address) != 2) {
            break;
        }
        const char* comma = strchr(at, ',');
        at = comma == NULL ? NULL : comma + 1;
    }
}

static int find_device(const char* uuid) {
    for (int i = 0; i < device_count; ++i) {
        if (strcmp(devices[i].uuid, uuid) == 0) {
            return i;
        }
    }
    return -1;
}

/* The first entry that is unknown ends the list. */
static void select_devices(const char* variable) {
    char uuid[96];
    for (const char* at = variable; at != NULL && sscanf(at, "%95[^,]", uuid) == 1;) {
        const int device = find_device(uuid);
        if (device < 0) {
            break;
        }
        shown[shown_count++] = device;
        const char* comma = strchr(at, ',');
        at = comma == NULL ? NULL : comma + 1;
    }
}

static void select_first(int count) {
    for (int i = 0; i < count; ++i) {
        shown[shown_count++] = i;
    }
}

static void keep_one_instance(void) {
    for (int i = 0; i < shown_count; ++i) {
        if (is_instance(shown[i])) {
            shown[0] = shown[i];
            shown_count = 1;
        }
    }
}

static trilby_status start(const trilby_host* offered, trilby_session** session) {
    const char* uuids = getenv("TRILBY_TEST_UUIDS");
    const char* count = getenv("TRILBY_TEST_DEVICES");
    const char* visible = getenv("CUDA_VISIBLE_DEVICES");
    read_devices(uuids);
    if (uuids == NULL) {
        select_first(count == NULL ? 1 : atoi(count));
    } else if (visible == NULL) {
        select_first(device_count);
    } else {
        select_devices(visible);
    }
    keep_one_instance();
    return open_session(offered, session);
}

static trilby_status made_device(trilby_session* session, uint32_t index, trilby_device* device) {
    (void)session;
    if ((int)index >= shown_count) {
        return TRILBY_NOT_FOUND;
    }
    const char* pci_address = devices[shown[index]].pci_address;
    device->index = index;
    device->name = is_instance(shown[index]) ? "made device MIG 1g.10gb" : "made device";
    device->pci_address = pci_address[0] == '\0' ? NULL : pci_address;
    device->memory_total_bytes = TRILBY_UNKNOWN_U64;
    return TRILBY_OK;
}

static int number_in(const char* params_json) {
    const char* at = strstr(params_json, "\"device\":");
    return at == NULL ? 0 : atoi(at + strlen("\"device\":"));
}

static int device_in(const char* params_json) {
    return shown[number_in(params_json) % most_devices];
}

static void check_in(const char* params_json, char name[64]) {
    const char* at = strstr(params_json, "\"check\":\"");
    name[0] = '\0';
    if (at != NULL) {
        sscanf(at, "\"check\":\"%63[^\"]", name);
    }
}

static int has_fault(int device, const char* fault, const char* check) {
    char wanted[128];
    snprintf(wanted, sizeof wanted, ",%d:%s:%s,", device, fault, check);
    char all[1024];
    const char* faults = getenv("TRILBY_TEST_FAULTS");
    snprintf(all, sizeof all, ",%s,", faults == NULL ? "" : faults);
    return strstr(all, wanted) != NULL;
}

static void hang(void) {
    for (;;) {
        pause();
    }
}

static trilby_status wait_for_cancellation(void) {
    while (!host->is_cancelled(host->context)) {
        event("{\"type\":\"progress\",\"progress\":0.5}");
        usleep(50 * 1000);
    }
    return fail(TRILBY_CANCELLED, "cancelled", "");
}

/* The name and the unit of what the check measures; empty for nothing. */
static const char* quantity_of(const char* check) {
    if (is(check, "compute")) {
        return "\"name\":\"matmul float64\",\"unit\":\"GFLOP/s\"";
    }
    if (is(check, "collectives")) {
        return "\"name\":\"all-reduce\",\"unit\":\"GB/s\"";
    }
    return is(check, "transfers") ? "\"name\":\"to the host\",\"unit\":\"GB/s\"" : "";
}

/* Copies to all other devices that the process sees, as fast as the numbers of both say. */
static void write_links(int device, char* text, size_t size) {
    text[0] = '\0';
    for (int peer = 0; peer < shown_count; ++peer) {
        if (peer != device) {
            const size_t used = strlen(text);
            snprintf(
                text + used, size - used,
                ",{\"name\":\"to device %d\",\"unit\":\"GB/s\",\"value\":%d,\"basis\":\"made\"}",
                peer, 100 + 10 * device + peer);
        }
    }
}

/* Who takes part in a check of the machine, and in how much memory; empty for one of a device. */
static void all_devices_in(const char* params_json, char text[512]) {
    const char* at = strstr(params_json, "\"devices\":[");
    const char* memory = strstr(params_json, "\"memory_bytes\":");
    char numbers[400] = "";
    text[0] = '\0';
    if (at != NULL && memory != NULL && sscanf(at, "\"devices\":[%399[0-9,]]", numbers) == 1) {
        snprintf(text, 512, "made by devices %s in %lld bytes each", numbers,
                 atoll(memory + strlen("\"memory_bytes\":")));
    }
}

/* Three rounds. */
static void write_digests(int device, const char* check, char* text, size_t size) {
    const int differs = has_fault(device, "bits", check);
    text[0] = '\0';
    for (int round = 0; round < 3; ++round) {
        const size_t used = strlen(text);
        snprintf(text + used, size - used,
                 "%s{\"round\":%d,\"inputs\":\"%s%d\",\"results\":\"%d\"}", round > 0 ? "," : "",
                 round, check, round, differs && round > 0 ? 100 + device : 7);
    }
}

static void pass(int device, const char* check, const char* message, double value) {
    char links[2048] = "";
    if (is(check, "transfers")) {
        write_links(device, links, sizeof links);
    }
    char measured[3072] = "";
    if (strlen(quantity_of(check)) > 0) {
        snprintf(measured, sizeof measured, "{%s,\"value\":%.17g,\"basis\":\"made\"}%s",
                 quantity_of(check), value, links);
    }
    char digests[1024];
    write_digests(device, check, digests, sizeof digests);
    char report[6144];
    snprintf(report, sizeof report,
             "{\"verdict\":\"pass\",\"message\":\"%s\",\"rounds\":1,\"values_compared\":7,"
             "\"values_wrong\":0,\"mismatches\":[],\"covered\":[],\"lacking\":[],"
             "\"measurements\":[%s],\"series\":[],\"faults_injected\":0,\"digests\":[%s]}",
             message, measured, digests);
    result(report);
}

static void report_wrong_value(void) {
    result(
        "{\"verdict\":\"fail\",\"message\":\"1 of 7 values is wrong\",\"rounds\":1,"
        "\"values_compared\":7,\"values_wrong\":1,\"mismatches\":[],\"covered\":[],\"lacking\":[],"
        "\"measurements\":[],\"series\":[],\"faults_injected\":0}");
}

static trilby_status check(const char* params_json) {
    const int device = device_in(params_json);
    char name[64];
    check_in(params_json, name);
    if (has_fault(device, "crash", name)) {
        abort();
    }
    if (has_fault(device, "hang", name)) {
        hang();
    }
    if (has_fault(device, "waits", name)) {
        return wait_for_cancellation();
    }
    if (has_fault(device, "wrong", name)) {
        report_wrong_value();
        return TRILBY_OK;
    }
    char message[512];
    all_devices_in(params_json, message);
    /* Healthy devices differ a little. */
    pass(device, name, message, (has_fault(device, "slow", name) ? 700 : 1000) + 10 * device);
    return TRILBY_OK;
}

static trilby_status known_answer(const char* params_json) {
    const int device = device_in(params_json);
    if (has_fault(device, "crash", "start")) {
        abort();
    }
    if (has_fault(device, "hang", "start")) {
        hang();
    }
    if (has_fault(device, "wrong", "start")) {
        return fail(TRILBY_FAILED, "3 of 4096 elements are wrong", "");
    }
    result(has_fault(device, "bits", "start")
               ? "{\"elements\":4,\"libraries\":{\"libtorch\":\"0\"}}"
               : "{\"elements\":4,\"libraries\":{}}");
    return TRILBY_OK;
}

static trilby_status run(trilby_session* session, const char* job, const char* params_json,
                         size_t params_size) {
    (void)session;
    (void)params_size;
    return is(job, "known_answer") ? known_answer(params_json) : check(params_json);
}

TRILBY_TEST_MODULE(start, made_device)
