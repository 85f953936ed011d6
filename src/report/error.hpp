// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// How every program of Trilby reports an error.

#pragma once

#include <trilby/result.hpp>

namespace trilby::report {

/// Prints an error for people on standard error and, if `as_json`, as {"error": {...}} on standard
/// output. Returns the exit code that belongs to it.
int print_error(const Error& error, bool as_json);

}  // namespace trilby::report
