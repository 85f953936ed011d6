/* Copyright The Trilby Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Dies of a signal: in run() of the job's signal, or in open() if the environment says so.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "module.h"

static trilby_status crash_or_open(const trilby_host* offered, trilby_session** session) {
    if (getenv("TRILBY_TEST_CRASH_IN_OPEN") != NULL) {
        raise(SIGSEGV);
    }
    return open_session(offered, session);
}

static trilby_status run(trilby_session* session, const char* job, const char* params_json,
                         size_t params_size) {
    (void)session;
    (void)params_json;
    (void)params_size;
    printf("last words\n");
    if (is(job, "abort")) {
        abort();
    }
    raise(SIGSEGV);
    return TRILBY_OK;
}

TRILBY_TEST_MODULE(crash_or_open, no_device)
