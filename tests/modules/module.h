/* Copyright The Trilby Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The common part of the test modules. Each is one source file that defines run() and ends with
 * TRILBY_TEST_MODULE(). It uses only the ABI of Trilby.
 */
#ifndef TRILBY_TESTS_MODULE_H
#define TRILBY_TESTS_MODULE_H

#include <stdio.h>
#include <string.h>

#include <trilby/backend_abi.h>

/* A module has one session in its life, so it is in globals. */
static const trilby_host* host;

static inline int is(const char* job, const char* name) {
    return strcmp(job, name) == 0;
}

static inline void event(const char* json) {
    host->event(host->context, json, strlen(json));
}

static inline void result(const char* json) {
    host->result(host->context, json, strlen(json));
}

static inline trilby_status fail(trilby_status status, const char* message, const char* hint) {
    host->error(host->context, message, hint);
    return status;
}

/* Writes the file that the parameter "checkpoint" gives. */
static inline int write_checkpoint(const char* params_json) {
    const char* at = strstr(params_json, "\"checkpoint\":\"");
    char path[4096] = "";
    if (at == NULL || sscanf(at, "\"checkpoint\":\"%4095[^\"]", path) != 1) {
        return 0;
    }
    FILE* file = fopen(path, "w");
    if (file == NULL) {
        return 0;
    }
    const int is_written = fputs("made up", file) >= 0;
    return fclose(file) == 0 && is_written;
}

static inline trilby_status open_session(const trilby_host* offered, trilby_session** session) {
    host = offered;
    *session = (trilby_session*)&host;
    return TRILBY_OK;
}

static inline void close_session(trilby_session* session) {
    (void)session;
}

static inline trilby_status no_device(trilby_session* session, uint32_t index,
                                      trilby_device* device) {
    (void)session;
    (void)index;
    (void)device;
    return TRILBY_NOT_FOUND;
}

#define TRILBY_TEST_BACKEND(open_function, device_function)                                 \
    {                                                                                       \
        sizeof(trilby_backend), TRILBY_BACKEND_ABI_VERSION, "test", "0.1.0", open_function, \
            close_session, device_function, run                                             \
    }

#define TRILBY_TEST_MODULE(open_function, device_function)                                         \
    const trilby_backend* trilby_backend_get(uint32_t host_abi_version) {                          \
        static const trilby_backend backend = TRILBY_TEST_BACKEND(open_function, device_function); \
        return host_abi_version == TRILBY_BACKEND_ABI_VERSION ? &backend : NULL;                   \
    }

#endif /* TRILBY_TESTS_MODULE_H */
