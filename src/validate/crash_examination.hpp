// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Finds out more about a crash, a hang or a lack of memory, by trying the operation again in fresh
/// workers.

#pragma once

#include <optional>
#include <string>

#include "validate/run.hpp"

namespace trilby::validate {

struct CrashFindings {
    bool repeats_alone = false;           ///< its round ends this way without the rounds before it
    std::optional<std::string> smallest;  ///< the smallest operation that ends this way
};

/// Takes at most about half a minute. Tries nothing if the operation is not known.
[[nodiscard]] CrashFindings examine_crash(const CheckResult& result, const RunOptions& options);

/// If a known defect of a library explains a crash, and the check passes where the defect is
/// avoided, judges the device by that pass and blames the library for the crash.
void blame_library(CheckResult& result, const RunOptions& options);

}  // namespace trilby::validate
