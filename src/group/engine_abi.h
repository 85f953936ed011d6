/* Copyright The Trilby Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The C ABI of an engine: a module that carries bytes between the processes of a group. It knows
 * nothing of tensors and sums. One function is enough: every process sends a block to every other
 * one.
 *
 * No exception may cross. Functions that return int return 0, or -1 after writing to `failure`.
 */
#ifndef TRILBY_GROUP_ENGINE_ABI_H
#define TRILBY_GROUP_ENGINE_ABI_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TRILBY_GROUP_ABI_VERSION 1u

/* Why a call failed. */
typedef struct trilby_group_failure {
    int32_t rank; /* of the process that could not be reached, or -1 */
    char message[1024];
} trilby_group_failure;

/* What a process needs in order to find the others. Lives until join() returns. */
typedef struct trilby_group_place {
    uint32_t struct_size;
    int32_t rank; /* from 0 */
    int32_t size;
    int32_t timeout_ms;    /* of join() and of each exchange() */
    const char* interface; /* of the network; NULL: this machine only */

    /* Values that all processes of the group see. An engine with a launcher of its own ignores
     * them. get() waits for the value; it returns its size and copies at most `capacity` bytes, or
     * returns -1 if the time is over. */
    void* store;
    int (*set)(void* store, const char* key, const void* value, size_t size);
    int64_t (*get)(void* store, const char* key, void* value, size_t capacity);
} trilby_group_place;

typedef struct trilby_group_engine {
    uint32_t struct_size;
    uint32_t abi_version;
    const char* name;

    /* Returns the group once all processes are connected, else NULL. */
    void* (*join)(const trilby_group_place* place, trilby_group_failure* failure);
    /* Sends sent_bytes[i] bytes from sent[i] to process i and receives received_bytes[i] bytes
     * from it into received[i], for every i, its own rank included. A size may be 0. Blocks. */
    int (*exchange)(void* group, const void* const* sent, const size_t* sent_bytes,
                    void* const* received, const size_t* received_bytes,
                    trilby_group_failure* failure);
    void (*leave)(void* group);
} trilby_group_engine;

/* The module's one exported symbol. */
__attribute__((visibility("default"))) const trilby_group_engine* trilby_group_engine_get(void);

#ifdef __cplusplus
}
#endif

#endif /* TRILBY_GROUP_ENGINE_ABI_H */
