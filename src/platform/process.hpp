// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// How every program of Trilby starts and ends.

#pragma once

#include <functional>

#include <trilby/result.hpp>

namespace trilby::platform {

/// First in main(). Gives closed standard streams a descriptor on which reading or writing fails,
/// so that no file takes their numbers. Makes exceeding a file size limit an error of write(), like
/// a full disk, and lets the exit status of children be read even if our parent ignored SIGCHLD.
void prepare_process();

/// Prints an error and returns the exit code.
using ReportError = std::function<int(const Error&)>;

/// Calls `program`, which returns the exit code, and writes what is left of its output. An
/// exception is an error, and so is lost output of a program that returns 0: a closed pipe or a
/// full disk must not look like success. A lack of memory is reported even if a function of a
/// library is noexcept and allocates, which ends the process without destructors. Copies of large
/// functions would allocate memory before that: pass std::ref().
[[nodiscard]] int run_to_end(const std::function<int()>& program, const ReportError& report);

}  // namespace trilby::platform
