/* Copyright The Trilby Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Allocates and touches memory until there is none left, frees it and reports that.
 */
#include <stdlib.h>

#include "module.h"

struct block {
    struct block* next;
};

static trilby_status run(trilby_session* session, const char* job, const char* params_json,
                         size_t params_size) {
    (void)session;
    (void)job;
    (void)params_json;
    (void)params_size;
    const size_t block_bytes = 16u << 20;
    struct block* taken = NULL;
    for (struct block* next = malloc(block_bytes); next != NULL; next = malloc(block_bytes)) {
        memset(next, 1, block_bytes);
        next->next = taken;
        taken = next;
    }
    while (taken != NULL) {
        struct block* rest = taken->next;
        free(taken);
        taken = rest;
    }
    return fail(TRILBY_OUT_OF_MEMORY, "no memory is left on the host", "use a smaller batch");
}

TRILBY_TEST_MODULE(open_session, no_device)
