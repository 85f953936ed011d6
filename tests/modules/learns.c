/* Copyright The Trilby Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Does the jobs "examine" and "train" in no time, with an error that depends on the recipe: it is
 * least for a learning rate of 0.01, and depends a little on the seed. A learning rate above 1
 * diverges.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "module.h"

#define EXAMINATION                                                                     \
    "{\"layers\":[],\"parameters\":1,\"training_examples\":64,\"validation_examples\":" \
    "64,\"test_examples\":0,\"steps_per_epoch\":1,\"seconds_per_step\":0.0001,"         \
    "\"seconds_per_evaluation\":0.0001,\"memory_bytes\":1}"
#define START                                                                                  \
    "{\"type\":\"start\",\"libraries\":{\"libtorch\":\"none\",\"blas\":{\"kind\":\"unknown\"," \
    "\"path\":\"\"},\"onednn\":false,\"openmp\":false,\"threads\":1},\"parameters\":1,"        \
    "\"metric\":\"rmse\",\"unit\":\"rows\",\"training_examples\":64,"                          \
    "\"validation_examples\":64,\"test_examples\":0,\"steps_per_epoch\":1,"                    \
    "\"epochs\":%ld,\"step\":0,\"history\":[]}"
#define EPOCH                                                             \
    "{\"type\":\"epoch\",\"epoch\":%ld,\"step\":%ld,\"training_loss\":1," \
    "\"validation\":{\"loss\":1,\"rmse\":%.6f},\"learning_rate\":0.1,"    \
    "\"units_per_second\":1,\"seconds\":1}"
#define RESULT                                                                        \
    "{\"epochs\":%ld,\"steps\":%ld,\"seconds\":1,\"metric\":\"rmse\",\"validation\":" \
    "{\"rmse\":%.6f},\"test\":{},\"test_examples\":0,\"checkpoint\":\"made up\",\"graph\":null}"

/* The value of a key in the recipe, which is a text in the parameters. */
static double setting(const char* params_json, const char* key) {
    char start[64];
    snprintf(start, sizeof start, "\\n%s = ", key);
    const char* at = strstr(params_json, start);
    return at == NULL ? 0 : strtod(at + strlen(start), NULL);
}

/* Before each epoch, as long as the test wants. */
static void pause_for_test(void) {
    const char* text = getenv("TRILBY_TEST_PAUSE_MS");
    const long pause_ms = text == NULL ? 0 : strtol(text, NULL, 10);
    const struct timespec pause = {pause_ms / 1000, pause_ms % 1000 * 1000000};
    nanosleep(&pause, NULL);
}

static trilby_status train(const char* params_json) {
    char json[1024];
    const double rate = setting(params_json, "learning_rate");
    const long epochs = (long)setting(params_json, "epochs");
    const long seed = (long)setting(params_json, "seed");
    const double error = 1 + fabs(log10(rate / 0.01)) + 0.001 * (double)(seed % 3);
    snprintf(json, sizeof json, START, epochs);
    event(json);
    if (rate > 1) {
        return fail(TRILBY_FAILED, "the loss is not a number", "");
    }
    for (long epoch = 1; epoch <= epochs; ++epoch) {
        pause_for_test();
        if (host->is_cancelled(host->context)) {
            return fail(TRILBY_CANCELLED, "stopped as asked", "");
        }
        snprintf(json, sizeof json, EPOCH, epoch, epoch, error);
        event(json);
    }
    if (!write_checkpoint(params_json)) {
        return fail(TRILBY_IO, "cannot write the checkpoint", "");
    }
    snprintf(json, sizeof json, RESULT, epochs, epochs, error);
    result(json);
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
    if (is(job, "examine")) {
        result(EXAMINATION);
        return TRILBY_OK;
    }
    return train(params_json);
}

TRILBY_TEST_MODULE(open_session, no_device)
