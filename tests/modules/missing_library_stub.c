/* Copyright The Trilby Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What missing_library is linked against: its soname is not its file's name, so the loader will
 * never find it.
 */
__attribute__((visibility("default"))) int function_of_the_missing_library(void);

int function_of_the_missing_library(void) {
    return 0;
}
