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

/// Calls `program`, which returns the exit code, and writes what is left of its output. An
/// exception is an error, and so is lost output of a program that returns 0: a closed pipe or a
/// full disk must not look like success. A copy of a large `program` would allocate memory before
/// that: pass std::ref().
[[nodiscard]] Result<int> run_to_end(const std::function<int()>& program);

}  // namespace trilby::platform
