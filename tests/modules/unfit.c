/* Copyright The Trilby Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Modules that the worker must refuse. Compiled once per TRILBY_TEST_VARIANT.
 */
#include "module.h"

#define OLD_VERSION 1
#define SHORT_STRUCT 2
#define NULL_TABLE 3
#define NO_FUNCTIONS 4

static const trilby_backend backend = {
    .struct_size = TRILBY_TEST_VARIANT == SHORT_STRUCT ? 16 : sizeof(trilby_backend),
    .abi_version = TRILBY_TEST_VARIANT == OLD_VERSION ? 0 : TRILBY_BACKEND_ABI_VERSION,
    .name = "unfit",
    .version = "0.1.0",
};

const trilby_backend* trilby_backend_get(uint32_t host_abi_version) {
    (void)host_abi_version;
    return TRILBY_TEST_VARIANT == NULL_TABLE ? NULL : &backend;
}
