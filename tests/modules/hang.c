/* Copyright The Trilby Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Never returns and ignores cancellation. The job "fork" first forks a child that sleeps and
 * blocks SIGTERM in both; the event {"child": PID} has its number.
 */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "module.h"

static void sleep_for_ever(void) {
    while (1) {
        pause();
    }
}

static void block_polite_signals(void) {
    sigset_t signals;
    sigfillset(&signals);
    sigprocmask(SIG_SETMASK, &signals, NULL);
}

static trilby_status run(trilby_session* session, const char* job, const char* params_json,
                         size_t params_size) {
    (void)session;
    (void)params_json;
    (void)params_size;
    pid_t child = 0;
    if (is(job, "fork")) {
        block_polite_signals();
        child = fork();
        if (child == 0) {
            sleep_for_ever();
        }
    }
    char json[64];
    snprintf(json, sizeof json, "{\"child\": %d}", (int)child);
    event(json);
    sleep_for_ever();
    return TRILBY_INTERNAL;
}

TRILBY_TEST_MODULE(open_session, no_device)
