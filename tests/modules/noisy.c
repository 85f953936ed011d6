/* Copyright The Trilby Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Prints megabytes; the job "rubbish" also writes to every descriptor that is not its own.
 */
#include <stdio.h>
#include <unistd.h>

#include "module.h"

static void fill(FILE* stream) {
    for (int i = 0; i < 40000; ++i) {
        fprintf(stream, "noise, noise, noise, noise, noise, noise, noise, noise, noise %d\n", i);
    }
}

static trilby_status run(trilby_session* session, const char* job, const char* params_json,
                         size_t params_size) {
    (void)session;
    (void)params_json;
    (void)params_size;
    fill(stdout);
    fill(stderr);
    const char* const rubbish = "rubbish, rubbish, rubbish";
    for (int fd = 3; is(job, "rubbish") && fd < 64; ++fd) {
        if (write(fd, rubbish, strlen(rubbish)) < 0) {
            continue;
        }
    }
    result("{}");
    return TRILBY_OK;
}

TRILBY_TEST_MODULE(open_session, no_device)
