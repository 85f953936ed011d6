/* Copyright The Trilby Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The C ABI between trilby-worker and a backend module.
 *
 * A module is a shared library that exports one symbol, trilby_backend_get(). The worker loads one
 * module in its life, calls it from one thread, and exits without unloading it.
 *
 * Rules for both sides:
 *  - struct_size comes first in every struct and is sizeof of the struct as its maker was compiled.
 *    Members are only ever appended; a reader must not touch a member past struct_size.
 *  - No exception may cross; strings are UTF-8 and end with a zero byte unless a size is given.
 *  - Standard output and error are captured, and shown only when something fails. A module uses
 *    only descriptors that it opened: one of the others is the worker's line to trilby.
 *  - Whoever makes memory frees it. A pointer that is handed out is valid until the call that got
 *    it returns, unless a comment says otherwise.
 *  - What changes often (jobs, parameters, results) is JSON, described in docs/jobs.md.
 */
#ifndef TRILBY_BACKEND_ABI_H
#define TRILBY_BACKEND_ABI_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Grows only when an old module can no longer be used; appended members do not change it. */
#define TRILBY_BACKEND_ABI_VERSION 1u

/* The quantity is not known; never write 0 for that. */
#define TRILBY_UNKNOWN_U64 UINT64_MAX

/* One of the values below; a reader takes any other for TRILBY_INTERNAL. */
typedef int32_t trilby_status;

enum {
    TRILBY_OK = 0,
    TRILBY_FAILED = 1,           /* none of the others */
    TRILBY_INVALID_ARGUMENT = 2, /* an unknown job, or parameters that break its schema */
    TRILBY_BAD_DATA = 3,         /* an input file is corrupt or does not fit the job */
    TRILBY_NOT_FOUND = 4,        /* an input file or a device does not exist */
    TRILBY_UNSUPPORTED = 5,      /* this device or library cannot do it */
    TRILBY_OUT_OF_MEMORY = 6,    /* on the host or on the device */
    TRILBY_CANCELLED = 7,        /* stopped because is_cancelled() said so */
    TRILBY_CANNOT_CREATE = 8,    /* an output could not be created */
    TRILBY_IO = 9,               /* reading or writing failed half-way, as on a full disk */
    TRILBY_INTERNAL = 10         /* a defect in the module */
};

/* What the worker offers the module. Valid from open() until close() returns. */
typedef struct trilby_host {
    uint32_t struct_size;
    uint32_t abi_version;
    void* context; /* passed back as the first argument of every function below */

    /* Reports progress of open() or of the running job: one JSON object of json_size bytes. Any
     * thread. What is not an object, nests deeper than 32 or is larger than 8 MiB is dropped. */
    void (*event)(void* context, const char* json, size_t json_size);

    /* Delivers the result of the running job: one JSON object, exactly once before run() returns
     * TRILBY_OK. The limits are those of event(). */
    void (*result)(void* context, const char* json, size_t json_size);

    /* Says why a call is about to return another status than TRILBY_OK. `message` says what was
     * found, what was expected and where; `hint` is the remedy, or NULL. Both are copied. */
    void (*error)(void* context, const char* message, const char* hint);

    /* Non-zero once the job should stop soon. Cheap enough for every step. Any thread. */
    int (*is_cancelled)(void* context);
} trilby_host;

typedef struct trilby_device {
    uint32_t struct_size;
    uint32_t index;              /* as the job parameter "device" counts them, from 0 */
    const char* name;            /* as the vendor's runtime calls it */
    const char* pci_address;     /* "0000:03:00.0", or NULL for a device that is not on a PCI bus */
    uint64_t memory_total_bytes; /* or TRILBY_UNKNOWN_U64 */
} trilby_device;

/* Opaque: the module's own state. */
typedef struct trilby_session trilby_session;

/* Lives in the module, immutable, for the life of the process. */
typedef struct trilby_backend {
    uint32_t struct_size;
    uint32_t abi_version; /* TRILBY_BACKEND_ABI_VERSION the module was compiled with */
    const char* name;     /* "cpu", "cuda" or "rocm" */
    const char* version;  /* of the module, as in its manifest */

    /* Starts the runtime. On TRILBY_OK *session is set; the caller passes it to close(). On any
     * other status *session is left alone and host->error() was called. */
    trilby_status (*open)(const trilby_host* host, trilby_session** session);
    void (*close)(trilby_session* session);

    /* Fills *device, whose struct_size the caller has set. Strings live until close(). Returns
     * TRILBY_NOT_FOUND past the last device, without calling host->error(). */
    trilby_status (*device)(trilby_session* session, uint32_t index, trilby_device* device);

    /* Runs one job to its end: see docs/jobs.md for names and parameters. Blocks; reports through
     * the host. */
    trilby_status (*run)(trilby_session* session, const char* job, const char* params_json,
                         size_t params_size);
} trilby_backend;

/* The module's one exported symbol. Returns NULL if the module cannot serve a worker of that ABI
 * version. Must not load or start anything. */
__attribute__((visibility("default"))) const trilby_backend* trilby_backend_get(
    uint32_t host_abi_version);

#ifdef __cplusplus
}
#endif

#endif /* TRILBY_BACKEND_ABI_H */
