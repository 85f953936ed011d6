/* Copyright The Trilby Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A shared library that is not a module.
 */
extern const int nothing_of_interest;
const int nothing_of_interest = 1;
