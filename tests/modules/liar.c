/* Copyright The Trilby Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Breaks the contract without crashing, each job in another way.
 */
#include <stdlib.h>
#include <unistd.h>

#include "module.h"

static trilby_status lie_about_device(trilby_session* session, uint32_t index,
                                      trilby_device* device) {
    (void)session;
    if (index > 0) {
        return getenv("TRILBY_TEST_ANSWER") != NULL ? TRILBY_NOT_FOUND : 999;
    }
    device->name = "Ger\xe4t \x1b[31m";
    device->memory_total_bytes = TRILBY_UNKNOWN_U64 - 1;
    return TRILBY_OK;
}

/* One string that fills `size` bytes, in an object. */
static char* large_object(size_t size) {
    char* json = malloc(size);
    memset(json, 'x', size);
    memcpy(json, "{\"x\": \"", 7);
    memcpy(json + size - 2, "\"}", 2);
    return json;
}

static void send_large(void (*deliver)(void*, const char*, size_t)) {
    const size_t size = 20u << 20;
    char* json = large_object(size);
    deliver(host->context, json, size);
    free(json);
}

static void send_deep(void (*deliver)(void*, const char*, size_t), int depth) {
    char json[1024] = "";
    for (int i = 0; i < depth; ++i) {
        strcat(json, i + 1 < depth ? "{\"x\":" : "{");
    }
    for (int i = 0; i < depth; ++i) {
        strcat(json, "}");
    }
    deliver(host->context, json, strlen(json));
}

/* The answer that a test chooses. */
static const char* answer_in(const char* variable, const char* otherwise) {
    const char* answer = getenv(variable);
    return answer != NULL ? answer : otherwise;
}

static trilby_status run(trilby_session* session, const char* job, const char* params_json,
                         size_t params_size) {
    (void)session;
    (void)params_json;
    (void)params_size;
    if (is(job, "text")) {
        result("done!");
    } else if (is(job, "array")) {
        result("[1, 2]");
    } else if (is(job, "null")) {
        host->result(host->context, NULL, 7);
    } else if (is(job, "twice")) {
        result("{}");
        result("{}");
    } else if (is(job, "large")) {
        send_large(host->result);
    } else if (is(job, "deepest")) {
        send_deep(host->event, 32);
        send_deep(host->result, 32);
    } else if (is(job, "deeper")) {
        send_deep(host->result, 33);
    } else if (is(job, "events")) {
        event("rubbish");
        event("[]");
        host->event(host->context, NULL, 7);
        send_large(host->event);
        event("{\"x\": \"\xff\"}");
        event("{\"true\": 1}");
        result("{}");
    } else if (is(job, "bad_utf8")) {
        return fail(TRILBY_BAD_DATA, "file '\xff\xfe' \x1b[2J", "\xc0\xaf");
    } else if (is(job, "known_answer")) {
        result(answer_in("TRILBY_TEST_KNOWN_ANSWER", "{}"));
    } else if (is(job, "train") && getenv("TRILBY_TEST_HANG") != NULL) {
        pause();
    } else if (is(job, "train") || is(job, "check")) {
        result(answer_in("TRILBY_TEST_ANSWER", "{}"));
    } else if (is(job, "silent")) {
        return TRILBY_IO;
    } else if (is(job, "status")) {
        return 999;
    }
    return TRILBY_OK;
}

TRILBY_TEST_MODULE(open_session, lie_about_device)
