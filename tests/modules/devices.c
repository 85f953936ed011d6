/* Copyright The Trilby Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Several devices of one kind, TRILBY_TEST_DEVICES of them, or one. They pass every check and
 * measure the speeds of two. TRILBY_TEST_FAULTS has what is wrong with them, as
 * "DEVICE:FAULT:CHECK" or "DEVICE:FAULT:start" for the known answer, separated by commas. FAULT is
 * slow, wrong, crash, hang or waits, which sends progress until it is cancelled.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "module.h"

static int device_count(void) {
    const char* text = getenv("TRILBY_TEST_DEVICES");
    return text == NULL ? 1 : atoi(text);
}

static trilby_status made_device(trilby_session* session, uint32_t index, trilby_device* device) {
    (void)session;
    if ((int)index >= device_count()) {
        return TRILBY_NOT_FOUND;
    }
    device->index = index;
    device->name = "made device";
    device->pci_address = NULL;
    device->memory_total_bytes = TRILBY_UNKNOWN_U64;
    return TRILBY_OK;
}

static int device_in(const char* params_json) {
    const char* at = strstr(params_json, "\"device\":");
    return at == NULL ? 0 : atoi(at + strlen("\"device\":"));
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
    return is(check, "transfers") ? "\"name\":\"to the host\",\"unit\":\"GB/s\"" : "";
}

/* Copies to all other devices, as fast as the numbers of both say. */
static void write_links(int device, char* text, size_t size) {
    text[0] = '\0';
    for (int peer = 0; peer < device_count(); ++peer) {
        if (peer != device) {
            const size_t used = strlen(text);
            snprintf(
                text + used, size - used,
                ",{\"name\":\"to device %d\",\"unit\":\"GB/s\",\"value\":%d,\"basis\":\"made\"}",
                peer, 100 + 10 * device + peer);
        }
    }
}

static void pass(int device, const char* check, double value) {
    char links[2048] = "";
    if (is(check, "transfers")) {
        write_links(device, links, sizeof links);
    }
    char measured[3072] = "";
    if (strlen(quantity_of(check)) > 0) {
        snprintf(measured, sizeof measured, "{%s,\"value\":%.17g,\"basis\":\"made\"}%s",
                 quantity_of(check), value, links);
    }
    char report[4096];
    snprintf(report, sizeof report,
             "{\"verdict\":\"pass\",\"message\":\"\",\"rounds\":1,\"values_compared\":7,"
             "\"values_wrong\":0,\"mismatches\":[],\"covered\":[],\"lacking\":[],"
             "\"measurements\":[%s],\"series\":[],\"faults_injected\":0}",
             measured);
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
    /* Healthy devices differ a little. */
    pass(device, name, (has_fault(device, "slow", name) ? 700 : 1000) + 10 * device);
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
    result("{\"elements\":4,\"libraries\":{}}");
    return TRILBY_OK;
}

static trilby_status run(trilby_session* session, const char* job, const char* params_json,
                         size_t params_size) {
    (void)session;
    (void)params_size;
    return is(job, "known_answer") ? known_answer(params_json) : check(params_json);
}

TRILBY_TEST_MODULE(open_session, made_device)
