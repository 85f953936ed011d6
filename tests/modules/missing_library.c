/* Copyright The Trilby Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Needs a shared library that does not exist.
 */
#include "module.h"

extern int function_of_the_missing_library(void);

static trilby_status run(trilby_session* session, const char* job, const char* params_json,
                         size_t params_size) {
    (void)session;
    (void)job;
    (void)params_json;
    (void)params_size;
    return function_of_the_missing_library();
}

TRILBY_TEST_MODULE(open_session, no_device)
