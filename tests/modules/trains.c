/* Copyright The Trilby Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Does the job "train" in no time: three epochs of one step, a checkpoint of one word, made-up
 * numbers.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "module.h"

#define START                                                                                  \
    "{\"type\":\"start\",\"libraries\":{\"libtorch\":\"none\",\"blas\":{\"kind\":\"unknown\"," \
    "\"path\":\"\"},\"onednn\":false,\"openmp\":false,\"threads\":1},\"parameters\":1,"        \
    "\"metric\":\"accuracy\",\"unit\":\"images\",\"training_examples\":1,"                     \
    "\"validation_examples\":1,\"test_examples\":1,\"steps_per_epoch\":1,"                     \
    "\"epochs\":3,\"step\":0,\"history\":[]}"
#define EPOCH(n)                                       \
    "{\"type\":\"epoch\",\"epoch\":" n ",\"step\":" n  \
    ",\"training_loss\":1,\"validation\":{\"loss\":1," \
    "\"accuracy\":0.5},\"learning_rate\":0.1,\"units_per_second\":1,\"seconds\":1}"
#define RESULT                                                                  \
    "{\"epochs\":3,\"steps\":3,\"seconds\":1,\"metric\":\"accuracy\","          \
    "\"validation\":{\"accuracy\":0.5},\"test\":{\"accuracy\":0.5,\"loss\":1}," \
    "\"test_examples\":1,\"checkpoint\":\"made up\","                           \
    "\"graph\":null}"

/* A library that crashes in bfloat16, if the test wants so. */
static void try_bfloat16(const char* params_json) {
    if (getenv("TRILBY_TEST_TRIAL") != NULL && strstr(params_json, "\"no_trial\"") == NULL) {
        event("{\"type\":\"trial\"}");
        raise(SIGILL);
    }
}

static trilby_status train(const char* params_json) {
    try_bfloat16(params_json);
    event(START);
    if (!write_checkpoint(params_json)) {
        return fail(TRILBY_IO, "cannot write the checkpoint", "");
    }
    event(EPOCH("1"));
    event(EPOCH("2"));
    event(EPOCH("3"));
    result(RESULT);
    return TRILBY_OK;
}

static trilby_status run(trilby_session* session, const char* job, const char* params_json,
                         size_t params_size) {
    (void)session;
    (void)params_size;
    if (is(job, "known_answer")) {
        result("{\"elements\":4,\"libraries\":{}}");
        return TRILBY_OK;
    }
    return train(params_json);
}

TRILBY_TEST_MODULE(open_session, no_device)
