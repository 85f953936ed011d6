/* Copyright The Trilby Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Ends the process, as some vendor libraries do; the job "clean" with exit code 0. The job "prints"
 * fills a pipe before, which has the size of those on a machine with pages of 64 KiB.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "module.h"

static void fill_large_pipe(void) {
    const int size_bytes = fcntl(STDERR_FILENO, F_SETPIPE_SZ, 1 << 20);
    event("{}");
    for (int line = 0; line < size_bytes / 20; ++line) {
        fprintf(stderr, "line %d\n", line);
    }
}

static trilby_status run(trilby_session* session, const char* job, const char* params_json,
                         size_t params_size) {
    (void)session;
    (void)params_json;
    (void)params_size;
    if (is(job, "prints")) {
        fill_large_pipe();
    }
    fprintf(stderr, "fatal: no license\n");
    exit(is(job, "clean") ? 0 : 3);
}

TRILBY_TEST_MODULE(open_session, no_device)
