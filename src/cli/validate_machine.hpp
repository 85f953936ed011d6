// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// `trilby validate --device all`: every device of the backend at the same time.

#pragma once

#include <vector>

#include "cli/validation_setup.hpp"

namespace trilby::cli {

/// Validates these devices, which the backend has listed. Prints and writes the reports, and
/// returns the exit code.
[[nodiscard]] int validate_machine(const ValidateOptions& options, const Prepared& prepared,
                                   const std::vector<validate::Subject>& listed);

}  // namespace trilby::cli
