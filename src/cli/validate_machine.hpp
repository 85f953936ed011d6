// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// `trilby validate --device all`: every device of the backend at the same time.

#pragma once

#include <vector>

#include "cli/listed_devices.hpp"

namespace trilby::cli {

/// Validates these devices. Prints and writes the reports, and returns the exit code.
[[nodiscard]] int validate_machine(const ValidateOptions& options, const Prepared& prepared,
                                   const std::vector<ListedDevice>& listed);

}  // namespace trilby::cli
