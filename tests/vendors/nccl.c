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
 */

#include <limits.h>
#include <sys/stat.h>

#include "fake.h"

#ifndef FAKE_VERSION
#define FAKE_VERSION 22105
#endif

enum { success = 0, system_error = 2, invalid_argument = 4, in_progress = 7 };

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

struct communicator {
    int rank, size;
    int groups;   /* that have ended */
    int is_stuck; /* its call never gets done */
    int is_finalized;
    int sent[64], received[64]; /* messages, by rank */
    struct receive receives[64];
    int waiting; /* receives that are not done */
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

/* A call in progress goes on only here, so that a caller who does not ask gets nothing. */
EXPORT int ncclCommGetAsyncError(struct communicator* one, int* state) {
    int left = 0;
    for (int i = 0; i < one->waiting; ++i) {
        if (!take(one, &one->receives[i])) {
            one->receives[left++] = one->receives[i];
        }
    }
    one->waiting = left;
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

EXPORT int ncclSend(const void* bytes, size_t size, int type, int to, struct communicator* one,
                    void* stream) {
    char path[512];
    if (check(one, size, type, to, stream) != success) {
        return invalid_argument;
    }
    grouped = one;
    name_file(path, "message", one->rank, to, one->sent[to]++);
    return write_file(path, bytes, size);
}

EXPORT int ncclRecv(void* bytes, size_t size, int type, int from, struct communicator* one,
                    void* stream) {
    if (check(one, size, type, from, stream) != success || one->waiting == 64) {
        return invalid_argument;
    }
    grouped = one;
    one->receives[one->waiting++] = (struct receive){bytes, size, from, one->received[from]++};
    return success;
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
