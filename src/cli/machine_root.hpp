// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What the commands that look at a machine share.

#pragma once

#include <chrono>
#include <optional>
#include <string>

#include <trilby/probe.hpp>
#include <trilby/result.hpp>

namespace trilby::cli {

/// Whether a folder that the user named holds a machine; errors as below.
[[nodiscard]] Result<void> check_root(const std::string& root);

/// Probes below a folder that the user named; ErrorCode::no_input if it is none, and
/// ErrorCode::bad_data if it is a recording whose notes cannot be read.
[[nodiscard]] Result<Machine> probe_root(
    const std::string& root,
    std::optional<std::chrono::milliseconds> runtimes_limit = std::nullopt);

}  // namespace trilby::cli
