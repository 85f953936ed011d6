/* Copyright The Trilby Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Takes longer than a short silence limit, but sends events more often.
 */
#include <time.h>

#include "module.h"

static trilby_status run(trilby_session* session, const char* job, const char* params_json,
                         size_t params_size) {
    (void)session;
    (void)job;
    (void)params_json;
    (void)params_size;
    const struct timespec step = {0, 100000000};
    for (int i = 0; i < 15; ++i) {
        nanosleep(&step, NULL);
        event("{}");
    }
    result("{}");
    return TRILBY_OK;
}

TRILBY_TEST_MODULE(open_session, no_device)
