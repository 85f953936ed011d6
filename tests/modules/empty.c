/* Copyright The Trilby Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Ends every job well, with a result that has no keys.
 */
#include "module.h"

static trilby_status run(trilby_session* session, const char* job, const char* params_json,
                         size_t params_size) {
    (void)session;
    (void)job;
    (void)params_json;
    (void)params_size;
    result("{}");
    return TRILBY_OK;
}

TRILBY_TEST_MODULE(open_session, no_device)
