// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The `trilby` program, callable from main().

#pragma once

namespace trilby::cli {

/// Parses the command line, runs the command, returns the exit code of docs/exit-codes.md.
[[nodiscard]] int run(int argc, char** argv);

}  // namespace trilby::cli
