/* Copyright The Trilby Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Says $TRILBY_TEST_TEXT wherever a module can say something: as bytes where the ABI takes text,
 * and as the JSON string $TRILBY_TEST_JSON in results. The job "check" depends on the seed: 1 fails
 * with a report, 4 passes with one, 3 ends the process, and the others are refused.
 */
#include <stdio.h>
#include <stdlib.h>

#include "module.h"

#define REPORT(verdict, wrong)                                                                     \
    "{\"verdict\":\"" verdict                                                                      \
    "\",\"message\":$,\"rounds\":1,\"values_compared\":7,\"values_wrong\":" wrong                  \
    ",\"mismatches\":[{\"where\":$,\"expected\":$,\"found\":$,\"expected_bits\":$,"                \
    "\"found_bits\":$}],\"covered\":[$],\"lacking\":[$],\"measurements\":[{\"name\":$,\"unit\":$," \
    "\"value\":50,\"basis\":$}],\"series\":[{\"name\":$,\"x_label\":$,\"y_label\":$,"              \
    "\"points\":[[1,2],[3,4]]}],\"faults_injected\":0}"

static const char* text(const char* variable) {
    const char* found = getenv(variable);
    return found != NULL ? found : "\"\"";
}

static trilby_status one_device(trilby_session* session, uint32_t index, trilby_device* device) {
    (void)session;
    if (index > 0) {
        return TRILBY_NOT_FOUND;
    }
    device->name = text("TRILBY_TEST_TEXT");
    device->pci_address = text("TRILBY_TEST_TEXT");
    device->memory_total_bytes = TRILBY_UNKNOWN_U64;
    return TRILBY_OK;
}

/* Sends `pattern` with each $ replaced with the JSON string. */
static void send(void (*deliver)(void*, const char*, size_t), const char* pattern) {
    static char json[1 << 20];
    size_t size = 0;
    for (; *pattern != '\0'; ++pattern) {
        const char* piece = *pattern == '$' ? text("TRILBY_TEST_JSON") : pattern;
        const size_t length = *pattern == '$' ? strlen(piece) : 1;
        memcpy(json + size, piece, length);
        size += length;
    }
    deliver(host->context, json, size);
}

static trilby_status refuse(void) {
    printf("%s\n", text("TRILBY_TEST_TEXT"));
    fprintf(stderr, "%s\n", text("TRILBY_TEST_TEXT"));
    return fail(TRILBY_FAILED, text("TRILBY_TEST_TEXT"), text("TRILBY_TEST_TEXT"));
}

static trilby_status check(const char* params_json) {
    if (strstr(params_json, "\"seed\":1,") != NULL) {
        send(host->result, REPORT("fail", "1"));
        return TRILBY_OK;
    }
    if (strstr(params_json, "\"seed\":4,") != NULL) {
        send(host->result, REPORT("pass", "0"));
        return TRILBY_OK;
    }
    const trilby_status status = refuse();
    if (strstr(params_json, "\"seed\":3,") != NULL) {
        exit(3);
    }
    return status;
}

static trilby_status train(void) {
    send(host->event,
         "{\"type\":\"start\",\"libraries\":{\"libtorch\":$,\"blas\":{\"kind\":$,\"path\":$},"
         "\"onednn\":true,\"openmp\":true,\"threads\":1},\"parameters\":1,\"metric\":\"accuracy\","
         "\"unit\":\"images\",\"training_examples\":1,"
         "\"validation_examples\":1,\"test_examples\":1,\"steps_per_epoch\":1,\"epochs\":1,"
         "\"step\":0,"
         "\"history\":[]}");
    return refuse();
}

static trilby_status run(trilby_session* session, const char* job, const char* params_json,
                         size_t params_size) {
    (void)session;
    (void)params_size;
    if (is(job, "known_answer")) {
        send(host->result, "{\"elements\":4,\"libraries\":{\"libtorch\":$,\"other\":{\"key\":$}}}");
        return TRILBY_OK;
    }
    return is(job, "train") ? train() : check(params_json);
}

TRILBY_TEST_MODULE(open_session, one_device)
