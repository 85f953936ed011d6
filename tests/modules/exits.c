/* Copyright The Trilby Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Ends the process, as some vendor libraries do; the job "clean" with exit code 0.
 */
#include <stdio.h>
#include <stdlib.h>

#include "module.h"

static trilby_status run(trilby_session* session, const char* job, const char* params_json,
                         size_t params_size) {
    (void)session;
    (void)params_json;
    (void)params_size;
    fprintf(stderr, "fatal: no license\n");
    exit(is(job, "clean") ? 0 : 3);
}

TRILBY_TEST_MODULE(open_session, no_device)
