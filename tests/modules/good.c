/* Copyright The Trilby Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A module that follows the whole contract; docs/backend-abi.md explains it. It needs no other file
 * of the tests, so that it can be copied as the start of a real module.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <trilby/backend_abi.h>

struct trilby_session {
    const trilby_host* host;
};

static trilby_status open_session(const trilby_host* host, trilby_session** session) {
    static struct trilby_session only;
    only.host = host;
    *session = &only;
    return TRILBY_OK;
}

static void close_session(trilby_session* session) {
    (void)session;
}

static trilby_status describe_device(trilby_session* session, uint32_t index,
                                     trilby_device* device) {
    (void)session;
    if (index > 1) {
        return TRILBY_NOT_FOUND;
    }
    device->index = index;
    device->name = index == 0 ? "Test Accelerator" : "Test Processor";
    device->pci_address = index == 0 ? "0000:03:00.0" : NULL;
    device->memory_total_bytes = index == 0 ? 16ull << 30 : TRILBY_UNKNOWN_U64;
    return TRILBY_OK;
}

/* Three steps, an event after each, and the parameters back as the result. */
static trilby_status count(const trilby_host* host, const char* params, size_t params_size) {
    for (int step = 1; step <= 3; ++step) {
        char json[32];
        const int size = snprintf(json, sizeof json, "{\"step\": %d}", step);
        host->event(host->context, json, (size_t)size);
    }
    host->result(host->context, params, params_size);
    return TRILBY_OK;
}

/* Runs until it is canceled. */
static trilby_status wait_for_cancel(const trilby_host* host) {
    const struct timespec step = {0, 1000000};
    const char* started = "{\"step\": 0}";
    host->event(host->context, started, strlen(started));
    while (!host->is_cancelled(host->context)) {
        nanosleep(&step, NULL);
    }
    host->error(host->context, "stopped as asked, after the step in progress", NULL);
    return TRILBY_CANCELLED;
}

static trilby_status run(trilby_session* session, const char* job, const char* params_json,
                         size_t params_size) {
    const trilby_host* host = session->host;
    if (strcmp(job, "count") == 0) {
        return count(host, params_json, params_size);
    }
    if (strcmp(job, "wait") == 0) {
        return wait_for_cancel(host);
    }
    host->error(host->context, "unknown job, expected count or wait", "see docs/jobs.md");
    return TRILBY_INVALID_ARGUMENT;
}

const trilby_backend* trilby_backend_get(uint32_t host_abi_version) {
    static const trilby_backend backend = {
        .struct_size = sizeof(trilby_backend),
        .abi_version = TRILBY_BACKEND_ABI_VERSION,
        .name = "good",
        .version = "0.1.0",
        .open = open_session,
        .close = close_session,
        .device = describe_device,
        .run = run,
    };
    return host_abi_version == TRILBY_BACKEND_ABI_VERSION ? &backend : NULL;
}
