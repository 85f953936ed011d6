/* Copyright The Trilby Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The library that missing_library links. Its soname is not its file's name, so the loader does not
 * find it.
 */
__attribute__((visibility("default"))) int function_of_the_missing_library(void);

int function_of_the_missing_library(void) {
    return 0;
}
