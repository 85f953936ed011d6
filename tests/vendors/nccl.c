/* Copyright The Trilby Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Moves memory of the host between processes, or threads that each have a communicator: as files
 * in the folder TRILBY_FAKE_FOLDER. The file in TRILBY_FAKE_TABLE has lines for this library too,
 * also for one rank alone:
 *
 *     ncclCommInitRankConfig return 2
 *     ncclCommInitRankConfig@1 never     it never gets done
 *     ncclGroupEnd@1 fails 3             the third call
 *     ncclGroupEnd@0 never 3
 *     ncclRecv rubbish                   what arrives has a wrong bit
 *     ncclAllReduce@1 rubbish            so has a result; also of the other collectives
 *     ncclAllReduce@1 return 2
 */

#include <limits.h>
#include <sys/stat.h>

#include "fake.h"

#ifndef FAKE_VERSION
#define FAKE_VERSION 22105
#endif

enum { success = 0, system_error = 2, invalid_argument = 4, in_progress = 7 };
enum { bytes_type = 0, int64_type = 4, float16_type = 6, float32_type = 7, bfloat16_type = 9 };

struct id {
    char bytes[128];
};

struct config {
    size_t size;
    unsigned magic;
    unsigned version;
    int blocking;
    int cluster_size;
};

struct receive {
    void* bytes;
    size_t size;
    int from;
    int number;
};

/* What all ranks sent, to be added up when all of it is here. */
struct sum {
    void* terms; /* NULL: nothing is to be added up */
    void* result;
    size_t count;
    int type;
};

struct communicator {
    int rank, size;
    int groups;   /* that have ended */
    int is_stuck; /* its call never gets done */
    int is_finalized;
    int sent[64], received[64]; /* messages, by rank */
    struct receive receives[64];
    int waiting; /* receives that are not done */
    struct sum sum;
    unsigned char* spoiled; /* gets a wrong bit at the end, or NULL */
};

static _Thread_local int depth;
static _Thread_local struct communicator* grouped;

static void name_file(char path[512], const char* kind, int from, int to, int number) {
    snprintf(path, 512, "%s/%s-%d-%d-%d", getenv("TRILBY_FAKE_FOLDER"), kind, from, to, number);
}

static int write_file(const char* path, const void* bytes, size_t size) {
    char whole[520];
    snprintf(whole, sizeof whole, "%s.new", path);
    FILE* file = fopen(whole, "wb");
    if (file == NULL) {
        return system_error;
    }
    const int is_written = fwrite(bytes, 1, size, file) == size;
    return fclose(file) == 0 && is_written && rename(whole, path) == 0 ? success : system_error;
}

/* The action for this call of this rank: "function@rank" or "function". */
static int action_of(const struct communicator* one, const char* function, char action[32],
                     long long* number) {
    char name[160];
    snprintf(name, sizeof name, "%s@%d", function, one->rank);
    return fake_action(name, action, number) || fake_action(function, action, number);
}

static int acts(const struct communicator* one, const char* function, const char* wanted,
                long long* number) {
    char action[32];
    return action_of(one, function, action, number) && strcmp(action, wanted) == 0;
}

EXPORT int ncclGetVersion(int* version) {
    *version = (int)FAKE_VERSION;
    return fake_call("ncclGetVersion");
}

EXPORT const char* ncclGetErrorString(int status) {
    return status == invalid_argument ? "invalid argument" : "unhandled system error";
}

EXPORT int ncclGetUniqueId(struct id* id) {
    memset(id, 'u', sizeof *id);
    if (getenv("NCCL_SOCKET_IFNAME") == NULL) {
        return invalid_argument;
    }
    return fake_call("ncclGetUniqueId");
}

#ifndef FAKE_OLD_LIBRARY
EXPORT int ncclCommInitRankConfig(struct communicator** made, int size, struct id id, int rank,
                                  const struct config* config) {
    char path[512];
    long long number = 0;
    const int is_asked_well = config->size == 24 && config->magic == 0xcafebeef &&
                              config->version == 21400 && config->blocking == 0 &&
                              config->cluster_size == INT_MIN;
    struct communicator* const one = calloc(1, sizeof *one);
    one->rank = rank;
    one->size = size;
    if (!is_asked_well || size > 64 || id.bytes[0] != 'u' || id.bytes[127] != 'u') {
        free(one);
        return invalid_argument;
    }
    if (acts(one, "ncclCommInitRankConfig", "return", &number)) {
        free(one);
        return (int)number;
    }
    one->is_stuck = acts(one, "ncclCommInitRankConfig", "never", &number);
    *made = one;
    name_file(path, "joined", rank, 0, 0);
    return write_file(path, "", 0) == success ? in_progress : system_error;
}
#endif

static int are_all_here(const struct communicator* one) {
    char path[512];
    struct stat info;
    for (int rank = 0; rank < one->size; ++rank) {
        name_file(path, "joined", rank, 0, 0);
        if (stat(path, &info) != 0) {
            return 0;
        }
    }
    return 1;
}

/* Whether the message was there. */
static int take(const struct communicator* one, const struct receive* wanted) {
    char path[512];
    long long number = 0;
    name_file(path, "message", wanted->from, one->rank, wanted->number);
    FILE* const file = fopen(path, "rb");
    if (file == NULL) {
        return 0;
    }
    const size_t size = fread(wanted->bytes, 1, wanted->size, file);
    fclose(file);
    remove(path);
    if (size == wanted->size && acts(one, "ncclRecv", "rubbish", &number)) {
        ((unsigned char*)wanted->bytes)[size / 2] ^= 1;
    }
    return size == wanted->size;
}

static size_t width_of(int type) {
    return type == int64_type ? 8 : type == float32_type ? 4 : type == bytes_type ? 1 : 2;
}

static double power_of_two(int exponent) {
    double power = 1;
    for (; exponent > 0; --exponent) {
        power *= 2;
    }
    for (; exponent < 0; ++exponent) {
        power /= 2;
    }
    return power;
}

static double from_float16(uint16_t bits) {
    const int exponent = bits >> 10 & 31;
    const double size = exponent == 0 ? 0 : (1024 + (bits & 1023)) * power_of_two(exponent - 25);
    return bits >> 15 ? -size : size;
}

/* Of an integer that has the type, too. */
static uint16_t to_float16(double value) {
    const uint16_t sign = value < 0 ? 1 << 15 : 0;
    double size = value < 0 ? -value : value;
    int exponent = 25;
    if (size == 0) {
        return 0;
    }
    for (; size < 1024; size *= 2) {
        --exponent;
    }
    for (; size >= 2048; size /= 2) {
        ++exponent;
    }
    return (uint16_t)(sign | exponent << 10 | ((int)size - 1024));
}

static double load(const unsigned char* values, size_t index, int type) {
    int64_t integer;
    uint16_t bits = 0;
    uint32_t wide = 0;
    float real;
    switch (type) {
        case int64_type:
            memcpy(&integer, values + 8 * index, 8);
            return (double)integer;
        case float16_type:
            memcpy(&bits, values + 2 * index, 2);
            return from_float16(bits);
        case bfloat16_type:
            memcpy(&bits, values + 2 * index, 2);
            wide = (uint32_t)bits << 16;
            memcpy(&real, &wide, 4);
            return real;
        default:
            memcpy(&real, values + 4 * index, 4);
            return real;
    }
}

static void store(unsigned char* values, size_t index, int type, double value) {
    const int64_t integer = (int64_t)value;
    const float real = (float)value;
    uint16_t bits = 0;
    uint32_t wide = 0;
    switch (type) {
        case int64_type:
            memcpy(values + 8 * index, &integer, 8);
            return;
        case float16_type:
            bits = to_float16(value);
            memcpy(values + 2 * index, &bits, 2);
            return;
        case bfloat16_type:
            memcpy(&wide, &real, 4);
            bits = (uint16_t)(wide >> 16);
            memcpy(values + 2 * index, &bits, 2);
            return;
        default:
            memcpy(values + 4 * index, &real, 4);
    }
}

static void add_up(struct communicator* one) {
    struct sum* const sum = &one->sum;
    for (size_t i = 0; i < sum->count; ++i) {
        double total = 0;
        for (int rank = 0; rank < one->size; ++rank) {
            total += load(sum->terms, (size_t)rank * sum->count + i, sum->type);
        }
        store(sum->result, i, sum->type, total);
    }
    free(sum->terms);
    sum->terms = NULL;
}

/* All messages are here. */
static void finish(struct communicator* one) {
    if (one->sum.terms != NULL) {
        add_up(one);
    }
    if (one->spoiled != NULL) {
        *one->spoiled ^= 1;
        one->spoiled = NULL;
    }
}

/* A call in progress goes on only here, so that a caller who does not ask gets nothing. */
EXPORT int ncclCommGetAsyncError(struct communicator* one, int* state) {
    int left = 0;
    for (int i = 0; i < one->waiting; ++i) {
        if (!take(one, &one->receives[i])) {
            one->receives[left++] = one->receives[i];
        }
    }
    one->waiting = left;
    if (left == 0) {
        finish(one);
    }
    *state = one->is_stuck || left > 0 || !are_all_here(one) ? in_progress : success;
    return success;
}

EXPORT int ncclGroupStart(void) {
    ++depth;
    return fake_call("ncclGroupStart");
}

static int check(const struct communicator* one, size_t size, int type, int rank, void* stream) {
    return depth == 1 && size > 0 && type == 0 && rank >= 0 && rank < one->size && stream == NULL
               ? success
               : invalid_argument;
}

static int post(struct communicator* one, const void* bytes, size_t size, int to) {
    char path[512];
    name_file(path, "message", one->rank, to, one->sent[to]++);
    return write_file(path, bytes, size);
}

static void expect(struct communicator* one, void* bytes, size_t size, int from) {
    one->receives[one->waiting++] = (struct receive){bytes, size, from, one->received[from]++};
}

EXPORT int ncclSend(const void* bytes, size_t size, int type, int to, struct communicator* one,
                    void* stream) {
    if (check(one, size, type, to, stream) != success) {
        return invalid_argument;
    }
    grouped = one;
    return post(one, bytes, size, to);
}

EXPORT int ncclRecv(void* bytes, size_t size, int type, int from, struct communicator* one,
                    void* stream) {
    if (check(one, size, type, from, stream) != success || one->waiting == 64) {
        return invalid_argument;
    }
    grouped = one;
    expect(one, bytes, size, from);
    return success;
}

/* Whether the collective may begin. `result` is what it writes. */
static int begin(struct communicator* one, const char* function, void* result, size_t size,
                 int type, void* stream) {
    long long number = 0;
    const int is_number =
        type == int64_type || type == float16_type || type == float32_type || type == bfloat16_type;
    if (depth != 1 || size == 0 || !is_number || stream != NULL || one->waiting != 0) {
        return invalid_argument;
    }
    if (acts(one, function, "return", &number)) {
        return (int)number;
    }
    grouped = one;
    one->spoiled = acts(one, function, "rubbish", &number) ? (unsigned char*)result + size / 2 : 0;
    return success;
}

/* Adds up a block of each rank, when they are here. */
static int expect_sum(struct communicator* one, void* result, size_t count, int type) {
    const size_t size = count * width_of(type);
    one->sum = (struct sum){malloc((size_t)one->size * size), result, count, type};
    if (one->sum.terms == NULL) {
        return system_error;
    }
    for (int from = 0; from < one->size; ++from) {
        expect(one, (char*)one->sum.terms + (size_t)from * size, size, from);
    }
    return success;
}

EXPORT int ncclAllReduce(const void* sent, void* received, size_t count, int type, int operation,
                         struct communicator* one, void* stream) {
    const size_t size = count * width_of(type);
    int status = begin(one, "ncclAllReduce", received, size, type, stream);
    for (int to = 0; status == success && to < one->size; ++to) {
        status = operation == 0 ? post(one, sent, size, to) : invalid_argument;
    }
    return status == success ? expect_sum(one, received, count, type) : status;
}

EXPORT int ncclReduceScatter(const void* sent, void* received, size_t count, int type,
                             int operation, struct communicator* one, void* stream) {
    const size_t size = count * width_of(type);
    int status = begin(one, "ncclReduceScatter", received, size, type, stream);
    for (int to = 0; status == success && to < one->size; ++to) {
        status = operation == 0 ? post(one, (const char*)sent + (size_t)to * size, size, to)
                                : invalid_argument;
    }
    return status == success ? expect_sum(one, received, count, type) : status;
}

EXPORT int ncclAllGather(const void* sent, void* received, size_t count, int type,
                         struct communicator* one, void* stream) {
    const size_t size = count * width_of(type);
    int status = begin(one, "ncclAllGather", received, (size_t)one->size * size, type, stream);
    for (int other = 0; status == success && other < one->size; ++other) {
        status = post(one, sent, size, other);
        expect(one, (char*)received + (size_t)other * size, size, other);
    }
    return status;
}

EXPORT int ncclBroadcast(const void* sent, void* received, size_t count, int type, int root,
                         struct communicator* one, void* stream) {
    const size_t size = count * width_of(type);
    int status = begin(one, "ncclBroadcast", received, size, type, stream);
    for (int to = 0; status == success && root == one->rank && to < one->size; ++to) {
        status = post(one, sent, size, to);
    }
    if (status == success) {
        expect(one, received, size, root);
    }
    return status;
}

EXPORT int ncclGroupEnd(void) {
    long long number = 0;
    --depth;
    if (grouped == NULL) {
        return success;
    }
    struct communicator* const one = grouped;
    grouped = NULL;
    ++one->groups;
    if (acts(one, "ncclGroupEnd", "fails", &number) && one->groups >= number) {
        return system_error;
    }
    one->is_stuck = acts(one, "ncclGroupEnd", "never", &number) && one->groups >= number;
    return in_progress;
}

EXPORT int ncclCommFinalize(struct communicator* one) {
    one->is_finalized = 1;
    return in_progress;
}

/* Says in a file how the communicator ended. */
static int end(struct communicator* one, const char* how) {
    char path[512];
    name_file(path, how, one->rank, 0, 0);
    free(one);
    return write_file(path, "", 0);
}

EXPORT int ncclCommDestroy(struct communicator* one) {
    return one->is_finalized ? end(one, "destroyed") : invalid_argument;
}

EXPORT int ncclCommAbort(struct communicator* one) {
    return end(one, "aborted");
}
