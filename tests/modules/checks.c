/* Copyright The Trilby Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Answers the job "check" depending on the seed, so that every outcome of a check occurs: 1 pass
 * with a measurement, 2 fail, 3 a pass that compared nothing, 4 a crash, 5 silence, 6 out of
 * memory, 7 not supported, 8 exit, 9 a refusal; 10 fails the first time only; 11 is 1 with a second
 * of progress events, during which telemetry is read. Seeds 12 to 16 write to the trace and end in
 * round 3: 12 crashes in it, 13 is silent, 14 lacks memory, 15 writes garbage and crashes, 16
 * crashes as 12 does unless ONEDNN_MAX_CPU_ISA is set. 12 and 16 multiply matrices, whose sizes
 * they draw, and crash only if the inner one is 63. 17 goes on until it is cancelled, and reports
 * 1000 values in 3 rounds meanwhile. 18 is a pass that telemetry slowed down. The known answer
 * crashes, hangs or is wrong if TRILBY_TEST_KNOWN_ANSWER says so.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "module.h"

#define REPORT_OF(verdict, compared, wrong, measurements)                   \
    "{\"verdict\":\"" verdict                                               \
    "\",\"message\":\"made up\",\"rounds\":1,\"values_compared\":" compared \
    ",\"values_wrong\":" wrong                                              \
    ",\"mismatches\":[],\"covered\":[],\"lacking\":[],"                     \
    "\"measurements\":[" measurements "],\"series\":[],\"faults_injected\":0}"
#define REPORT(verdict, compared, wrong) REPORT_OF(verdict, compared, wrong, "")
#define SLOWED_BY_TELEMETRY                                                                   \
    "{\"verdict\":\"pass\",\"message\":\"\",\"rounds\":1,\"values_compared\":7,"              \
    "\"values_wrong\":0,\"mismatches\":[],\"covered\":[],\"lacking\":[],\"measurements\":[]," \
    "\"series\":[{\"name\":\"speed kept with telemetry\",\"x_label\":\"pair\","               \
    "\"y_label\":\"%\",\"points\":[[0,40],[1,41],[2,42],[3,43]]}],\"faults_injected\":0}"
#define MEASURED_PASS           \
    REPORT_OF("pass", "7", "0", \
              "{\"name\":\"speed\",\"unit\":\"GB/s\",\"value\":50,\"basis\":\"made\"}")

static trilby_status one_device(trilby_session* session, uint32_t index, trilby_device* device) {
    (void)session;
    if (index > 0) {
        return TRILBY_NOT_FOUND;
    }
    device->index = 0;
    device->name = "made device";
    device->pci_address = NULL;
    device->memory_total_bytes = TRILBY_UNKNOWN_U64;
    return TRILBY_OK;
}

/* Whether this is the first worker to create the file in the environment. */
static int is_first_time(void) {
    const char* path = getenv("TRILBY_TEST_ONCE");
    const int fd = path == NULL ? -1 : open(path, O_CREAT | O_EXCL | O_WRONLY, 0600);
    if (fd >= 0) {
        close(fd);
    }
    return fd >= 0;
}

static void progress(void) {
    for (int i = 0; i < 3; ++i) {
        event("{\"type\":\"progress\",\"progress\":0.5}");
        usleep(250 * 1000);
    }
}

/* As docs/jobs.md describes it. */
struct trace {
    uint64_t round;
    uint64_t draws;
    char text[496];
};

static void write_trace(const char* params_json, const struct trace* trace) {
    const char* at = strstr(params_json, "\"trace\":");
    if (at == NULL || pwrite(atoi(at + strlen("\"trace\":")), trace, sizeof *trace, 0) < 0) {
        printf("no trace\n");
    }
}

static int reduced(int size, int halvings) {
    return 1 + (halvings > 31 ? 0 : (size - 1) >> halvings);
}

/* A matrix product in round 3, or smaller as the parameters say. Returns its inner size. */
static int begin_product(const char* params_json) {
    int rows = 0;
    int inner = 0;
    int columns = 0;
    const char* at = strstr(params_json, "\"halvings\":");
    if (at != NULL) {
        sscanf(at, "\"halvings\":[%d,%d,%d]", &rows, &inner, &columns);
    }
    struct trace trace = {3, 3, ""};
    inner = reduced(63, inner);
    snprintf(trace.text, sizeof trace.text, "matmul bfloat16, NN %dx%dx%d", reduced(75, rows),
             inner, reduced(17, columns));
    write_trace(params_json, &trace);
    return inner;
}

static void crash_in_product(const char* params_json) {
    if (begin_product(params_json) == 63) {
        abort();
    }
}

static void write_garbage(const char* params_json) {
    struct trace garbage;
    memset(&garbage, 0x1b, sizeof garbage);
    write_trace(params_json, &garbage);
}

static trilby_status run_until_cancelled(void) {
    for (int step = 0; !host->is_cancelled(host->context); ++step) {
        if (step % 100 == 0) {
            event("{\"type\":\"progress\",\"progress\":0.5,\"rounds\":3,\"values_compared\":1000}");
        }
        usleep(1000);
    }
    return fail(TRILBY_CANCELLED, "stopped", "");
}

static trilby_status check(int seed, const char* params_json) {
    switch (seed) {
        case 12:
            crash_in_product(params_json);
            result(MEASURED_PASS);
            return TRILBY_OK;
        case 13:
            begin_product(params_json);
            return check(5, params_json);
        case 14:
            begin_product(params_json);
            return check(6, params_json);
        case 15:
            write_garbage(params_json);
            abort();
        case 16:
            if (getenv("ONEDNN_MAX_CPU_ISA") == NULL) {
                crash_in_product(params_json);
            }
            result(MEASURED_PASS);
            return TRILBY_OK;
        case 17:
            return run_until_cancelled();
        case 18:
            result(SLOWED_BY_TELEMETRY);
            return TRILBY_OK;
        case 11:
            progress();
            result(MEASURED_PASS);
            return TRILBY_OK;
        case 1:
            result(MEASURED_PASS);
            return TRILBY_OK;
        case 2:
            result(REPORT("fail", "7", "1"));
            return TRILBY_OK;
        case 3:
            result(REPORT("pass", "0", "0"));
            return TRILBY_OK;
        case 4:
            abort();
        case 5:
            for (;;) {
                pause();
            }
        case 6:
            return fail(TRILBY_OUT_OF_MEMORY, "no room", "");
        case 7:
            return fail(TRILBY_UNSUPPORTED, "no such check here", "");
        case 8:
            printf("going\n");
            exit(0);
        case 10:
            if (is_first_time()) {
                result(REPORT("fail", "7", "1"));
            } else {
                result(REPORT("pass", "7", "0"));
            }
            return TRILBY_OK;
        default:
            return fail(TRILBY_FAILED, "refused", "do better");
    }
}

static int shall(const char* what) {
    const char* how = getenv("TRILBY_TEST_KNOWN_ANSWER");
    return how != NULL && strcmp(how, what) == 0;
}

static trilby_status known_answer(void) {
    if (shall("crash")) {
        abort();
    }
    while (shall("hang")) {
        pause();
    }
    if (shall("wrong")) {
        return fail(TRILBY_FAILED, "3 of 4096 elements are wrong", "");
    }
    result("{\"elements\":4,\"libraries\":{}}");
    return TRILBY_OK;
}

static int seed_of(const char* params_json) {
    const char* at = strstr(params_json, "\"seed\":");
    return at == NULL ? 0 : atoi(at + strlen("\"seed\":"));
}

static trilby_status run(trilby_session* session, const char* job, const char* params_json,
                         size_t params_size) {
    (void)session;
    (void)params_size;
    if (is(job, "known_answer")) {
        return known_answer();
    }
    return check(seed_of(params_json), params_json);
}

TRILBY_TEST_MODULE(open_session, one_device)
